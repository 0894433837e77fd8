/**
 * Lines of a PDF page out of its pieces of text. Owns: which pieces share a line, and where a line has a gap as wide as
 * between columns. Pieces are taken in the order in which the page draws them.
 */

/** A piece of text as pdf.js gives it. */
export interface TextItem {
  str: string;
  width: number;
  height: number;
  /** a b c d e f: scale and slope, then the place of the baseline's start. */
  transform: number[];
}

export interface Cell {
  text: string;
  /** Left and right edge, in points. */
  from: number;
  to: number;
}

export interface Line {
  cells: Cell[];
  /** Baseline, in points from the bottom. */
  y: number;
  /** Font size in points: that of its longest piece. */
  size: number;
}

/** A gap this wide, in font sizes, parts cells; spaces between words are about a quarter to a half. */
const CELL_GAP = 1.1;
const WORD_GAP = 0.15;
/** Pieces whose baselines differ by less, in font sizes, share a line (superscripts do). */
const SAME_LINE = 0.45;

interface Piece extends Cell {
  size: number;
  y: number;
}

export function linesOf(items: readonly TextItem[]): Line[] {
  const lines: Line[] = [];
  let open: Piece[] = [];
  for (const item of items) {
    const piece = pieceOf(item);
    if (piece === null) continue;
    const last = open.at(-1);
    if (last !== undefined && !isSameLine(last, piece)) {
      lines.push(closeLine(open));
      open = [];
    }
    open.push(piece);
  }
  if (open.length > 0) lines.push(closeLine(open));
  return lines;
}

function pieceOf({ str, width, transform }: TextItem): Piece | null {
  const text = str.replace(/[\s\u00ad\0]+/g, (gap) => (gap.includes("\u00ad") ? "\u00ad" : " "));
  const [, , c = 0, d = 0, x = 0, y = 0] = transform;
  const size = Math.hypot(c, d);
  const isUsable = text.trim() !== "" && [x, y, size, width].every(Number.isFinite) && size > 0;
  if (!isUsable) return null;
  return { text: text.toWellFormed(), from: x, to: x + Math.max(0, width), y, size };
}

function isSameLine(last: Piece, next: Piece): boolean {
  return Math.abs(last.y - next.y) < SAME_LINE * Math.max(last.size, next.size);
}

function closeLine(pieces: Piece[]): Line {
  const longest = pieces.reduce((best, piece) => (piece.text.length > best.text.length ? piece : best));
  const { y, size } = longest;
  const isLeftToRight = pieces.every((piece, place) => place === 0 || piece.from >= pieces[place - 1]!.from);
  const ordered = isLeftToRight ? pieces : [...pieces].sort((left, right) => left.from - right.from);
  const cells: Cell[] = [];
  for (const piece of ordered) addPiece(cells, piece);
  return { cells: cells.map((cell) => ({ ...cell, text: cell.text.trim() })), y, size };
}

function addPiece(cells: Cell[], piece: Piece): void {
  const cell = cells.at(-1);
  const gap = cell === undefined ? Number.POSITIVE_INFINITY : (piece.from - cell.to) / piece.size;
  if (cell === undefined || gap > CELL_GAP) {
    cells.push({ text: piece.text, from: piece.from, to: piece.to });
    return;
  }
  cell.text += gap > WORD_GAP && !cell.text.endsWith(" ") ? ` ${piece.text}` : piece.text;
  cell.to = Math.max(cell.to, piece.to);
}

export function textOfLine({ cells }: Line): string {
  return cells.map((cell) => cell.text).join(" ");
}
