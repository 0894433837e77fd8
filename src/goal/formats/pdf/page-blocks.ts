/**
 * Paragraphs, headings and tables out of the lines of one PDF page. Owns: where a paragraph ends, and how lines are
 * joined. A hyphen at the end of a line before a small letter is taken for one of word division.
 */
import type { FormatTable } from "../format-content.ts";
import { tableMarkdown } from "../table-markdown.ts";
import { type Line, textOfLine } from "./pdf-line.ts";
import { tableAt } from "./pdf-table.ts";

export interface Block {
  kind: "paragraph" | "table";
  text: string;
  size: number;
}

export interface PageBlocks {
  blocks: Block[];
  tables: FormatTable[];
}

/** A step down larger than this, in font sizes, parts paragraphs; single spacing is about 1.2, one and a half 1.8. */
const LOOSE_GAP = 1.9;
const BULLET = /^(?:[•●▪◦‣–*-]|\(?\d{1,3}[.)])\s/;
const SENTENCE_END = /[.!?:;…。！？]["'”’)\]]*$/;

export function blocksOf(lines: readonly Line[]): PageBlocks {
  const blocks: Block[] = [];
  const tables: FormatTable[] = [];
  const usual = usualPitch(lines);
  let open: Line[] = [];
  const close = (): void => {
    if (open.length > 0) blocks.push({ kind: "paragraph", text: joinLines(open), size: open[0]!.size });
    open = [];
  };
  for (let index = 0; index < lines.length; index++) {
    const found = tableAt(lines, index);
    const line = lines[index]!;
    if (found !== null) {
      close();
      tables.push(found.table);
      blocks.push({ kind: "table", text: tableMarkdown(found.table), size: line.size });
      index += found.lines - 1;
      continue;
    }
    if (open.length > 0 && startsParagraph(open, line, usual)) close();
    open.push(line);
  }
  close();
  return { blocks, tables };
}

/** The most frequent step from line to line, in font sizes. */
function usualPitch(lines: readonly Line[]): number {
  const counts = new Map<number, number>();
  for (const [place, line] of lines.entries()) {
    const above = lines[place - 1];
    const step = above === undefined ? 0 : Math.round(((above.y - line.y) / line.size) * 10) / 10;
    if (step > 0.8 && step < 3) counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const best = [...counts].sort((left, right) => right[1] - left[1] || left[0] - right[0])[0];
  return best?.[0] ?? 1.2;
}

function startsParagraph(open: readonly Line[], line: Line, usual: number): boolean {
  const above = open.at(-1)!;
  const first = open[0]!;
  const text = textOfLine(line);
  if (Math.abs(above.size - line.size) > 0.1 * Math.max(above.size, line.size)) return true;
  if (BULLET.test(text)) return true;
  const step = (above.y - line.y) / line.size;
  // Up: the next column. It goes on in the middle of a sentence only.
  if (step < 0) return SENTENCE_END.test(textOfLine(above)) || !/^\p{Ll}/u.test(text);
  if (step > Math.min(LOOSE_GAP, usual * 1.3)) return true;
  const left = Math.min(...open.map((one) => one.cells[0]!.from));
  const isIndented = line.cells[0]!.from > left + 0.8 * line.size && !BULLET.test(textOfLine(first));
  return isIndented && SENTENCE_END.test(textOfLine(above));
}

function joinLines(lines: readonly Line[]): string {
  let text = "";
  for (const line of lines) {
    const next = textOfLine(line).replace(/\u00ad(?=.)/g, "");
    const isDivided = /\p{L}[-\u00ad]$/u.test(text) && /^\p{Ll}/u.test(next);
    if (text === "") text = next;
    else text = isDivided ? text.slice(0, -1) + next : `${text} ${next}`;
  }
  return text.replaceAll("\u00ad", "").trim();
}

/** Whether a text stops in mid-sentence and the next one goes on with it. */
export function goesOn(text: string, next: string): boolean {
  return !SENTENCE_END.test(text) && /\p{L}|,$/u.test(text.slice(-1)) && /^\p{Ll}/u.test(next);
}
