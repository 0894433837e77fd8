/** How many columns text takes on a terminal, and cutting and wrapping by that. Text is free of control characters. */

/** East Asian wide and full-width ranges, and emoji (Unicode 16, UAX 11; the ambiguous ones count as narrow). */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const ZERO = /\p{Mn}|\p{Me}|\u200c|\u200d/u;
const PLAIN = /^[\u0020-\u007e\u00a0-\u02ff]*$/;

export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** At most `width` columns; what was cut ends in `…`. */
export function cutToWidth(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  let cut = "";
  let used = 1;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    cut += character;
  }
  return `${cut.trimEnd()}…`;
}

export function padText(text: string, width: number, side: "left" | "right" = "right"): string {
  const space = " ".repeat(Math.max(0, width - textWidth(text)));
  return side === "right" ? text + space : space + text;
}

/** Lines of at most `width` columns, broken at spaces where there are any; indents of the text's own lines are kept. */
export function wrapText(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line.trimEnd(), Math.max(1, width)));
}

function wrapLine(line: string, width: number): string[] {
  if (textWidth(line) <= width) return [line];
  const indent = /^\s*/.exec(line)?.[0].slice(0, Math.floor(width / 2)) ?? "";
  const lines: string[] = [];
  let current = indent;
  for (const word of line.trim().split(/\s+/)) {
    const isFirst = current === indent;
    if (textWidth(current) + textWidth(word) + (isFirst ? 0 : 1) <= width) {
      current += isFirst ? word : ` ${word}`;
      continue;
    }
    if (!isFirst) lines.push(current);
    const pieces = breakWord(word, width - textWidth(indent));
    lines.push(...pieces.slice(0, -1).map((piece) => indent + piece));
    current = indent + (pieces.at(-1) ?? "");
  }
  return [...lines, current];
}

/** A word that is longer than a line. */
function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const character of word) {
    if (piece !== "" && textWidth(piece) + characterWidth(character) > width) {
      pieces.push(piece);
      piece = "";
    }
    piece += character;
  }
  return [...pieces, piece];
}

function characterWidth(character: string): number {
  if (ZERO.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}
