/**
 * Headings of any text. Owns: Markdown headings first, then the signs of headings in plain text: numbers, capitals.
 * Must not: guess beyond those; `outline` says which method it used.
 */
import { markdownHeadings } from "../../src/shared/markdown-headings.ts";

export interface Heading {
  /** 1 to 6. */
  level: number;
  title: string;
  /** Number of the line, from 0. */
  line: number;
}

const NUMBERED =
  /^ {0,3}((?:\d{1,2}\.){1,5}\d{0,2}|\d{1,2}\)|[IVX]{1,6}\.|(?:Chapter|Section|Part|Article|Appendix) [\dA-Z]{1,5}[.:]?)[ \t]+(\S.*)$/;
const MAX_TITLE_CHARS = 90;

/** Markdown headings, or an empty list. */
export function findMarkdownHeadings(text: string): Heading[] {
  return markdownHeadings(text);
}

/** Numbered lines and lines in capitals that stand apart from the running text. */
export function findPlainHeadings(text: string): Heading[] {
  const lines = text.split("\n");
  const headings: Heading[] = [];
  for (let index = 0; index < lines.length; index++) {
    const heading = plainHeading(lines, index);
    if (heading !== null) headings.push(heading);
  }
  return headings;
}

function plainHeading(lines: string[], index: number): Heading | null {
  const line = (lines[index] ?? "").trimEnd();
  if (line.trim() === "" || line.length > MAX_TITLE_CHARS || /[.;,!?]$/.test(line)) return null;
  if (!isApart(lines, index)) return null;
  const numbered = NUMBERED.exec(line);
  if (numbered !== null) return numberedHeading(numbered[1] ?? "", numbered[2] ?? "", index);
  const title = line.trim();
  return isInCapitals(title) ? { level: 1, title, line: index } : null;
}

/** A heading follows an empty line (or starts the text) and is not one line of a list: the next line isn't numbered too. */
function isApart(lines: string[], index: number): boolean {
  const before = index === 0 ? "" : (lines[index - 1] ?? "");
  const after = lines[index + 1] ?? "";
  return before.trim() === "" && !NUMBERED.test(after);
}

function numberedHeading(number: string, title: string, line: number): Heading | null {
  if (!/^["“(]?\p{Lu}/u.test(title)) return null;
  const digits = number.split(".").filter((part) => part !== "").length;
  const level = /^\d/.test(number) ? Math.min(6, Math.max(1, digits)) : 1;
  return { level, title: /^\d|^[IVX]+\./.test(number) ? title.trim() : `${number} ${title.trim()}`, line };
}

/** At least two letters in five are needed to tell capitals from abbreviations and figures. */
function isInCapitals(title: string): boolean {
  const letters = title.match(/\p{L}/gu) ?? [];
  return (
    letters.length >= 4 &&
    letters.length * 2 >= title.length &&
    title === title.toUpperCase() &&
    title !== title.toLowerCase()
  );
}
