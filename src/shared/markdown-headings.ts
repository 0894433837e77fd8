/**
 * Headings of a Markdown text. Owns: what counts as a heading (ATX and setext, outside code fences and front matter;
 * CommonMark 0.31, sections 4.2 and 4.3). Must not: guess headings in plain text (tools/text does).
 */

export interface MarkdownHeading {
  /** 1 to 6. */
  level: number;
  title: string;
  /** Number of the line it stands on, from 0. */
  line: number;
}

const ATX = /^ {0,3}(#{1,6})(?:[ \t]+(.*))?$/;
const SETEXT = /^ {0,3}(=+|-+)[ \t]*$/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
/** Lines that cannot be the text of a setext heading: lists, quotes, tables, rules. */
const NOT_SETEXT_TEXT = /^ {0,3}(?:[-*+>|]|\d{1,9}[.)] )|^(?: {4}|\t)/;
const LONGEST_HEADING = 400;

/** Headings in order; `text` has `\n` line ends. Headings without text are left out. */
export function markdownHeadings(text: string): MarkdownHeading[] {
  const lines = text.split("\n");
  const headings: MarkdownHeading[] = [];
  let fence = "";
  for (let index = frontMatterLines(text); index < lines.length; index++) {
    const line = lines[index] ?? "";
    const mark = FENCE.exec(line)?.[1] ?? "";
    if (fence !== "") {
      if (mark.startsWith(fence) && line.trim() === mark) fence = "";
      continue;
    }
    if (mark !== "") fence = mark;
    else addHeading(headings, lines, index);
  }
  return headings;
}

/** How many lines the front matter takes, its two `---` lines included; 0 without one. */
export function frontMatterLines(text: string): number {
  if (!text.startsWith("---\n")) return 0;
  const end = /\n(?:---|\.\.\.)[ \t]*(?:\n|$)/.exec(text.slice(3, 64 * 1024));
  if (end === null) return 0;
  return text.slice(0, 3 + end.index).split("\n").length + 1;
}

/** Heading text without emphasis marks, code marks, links' addresses and closing hashes. */
export function plainInline(text: string): string {
  return text
    .slice(0, LONGEST_HEADING)
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__|`)/g, "")
    .replace(/(^|[\s(])[*_](\S[^*_]*)[*_](?=[\s).,:;!?]|$)/g, "$1$2")
    .replace(/\s+/g, " ")
    .trim();
}

function addHeading(headings: MarkdownHeading[], lines: string[], index: number): void {
  const line = lines[index] ?? "";
  const atx = ATX.exec(line);
  if (atx !== null) {
    const title = plainInline((atx[2] ?? "").replace(/(?:^|[ \t])#+[ \t]*$/, ""));
    if (title !== "") headings.push({ level: (atx[1] ?? "#").length, title, line: index });
    return;
  }
  const underline = SETEXT.exec(lines[index + 1] ?? "")?.[1];
  if (underline === undefined || line.trim() === "" || NOT_SETEXT_TEXT.test(line)) return;
  const isAlone = index === 0 || (lines[index - 1] ?? "").trim() === "" || /^ {0,3}#/.test(lines[index - 1] ?? "");
  if (!isAlone || line.length > LONGEST_HEADING) return;
  headings.push({ level: underline.startsWith("=") ? 1 : 2, title: plainInline(line), line: index });
}
