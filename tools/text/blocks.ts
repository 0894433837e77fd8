/**
 * The parts of a text: headings, paragraphs, list items, quotes, tables, code. Owns: which lines belong together.
 * Must not: copy text; a block is a span.
 */
import { frontMatterLines, markdownHeadings } from "../../src/shared/markdown-headings.ts";
import { findPlainHeadings } from "./headings.ts";

export interface Block {
  kind: "heading" | "paragraph" | "item" | "quote" | "table" | "code";
  /** UTF-16 code units; `end` is exclusive. Markers of lists and quotes are outside. */
  start: number;
  end: number;
}

interface Line {
  text: string;
  start: number;
}

const ITEM = /^[ \t]*(?:[-*+•–]|\(?\d{1,3}[.)]|\(?[a-z]\))[ \t]+(?=\S)/;
const QUOTE = /^ {0,3}(?:>[ \t]?)+/;
const FENCE = /^ {0,3}(?:```|~~~)/;
const RULE = /^ {0,3}(?:[-*_=][ \t]*){3,}$/;

/** Blocks in order. Front matter, rules and empty lines belong to none. */
export function findBlocks(text: string): Block[] {
  const lines = linesOf(text);
  const headings = new Set([...markdownHeadings(text), ...findPlainHeadings(text)].map((heading) => heading.line));
  const blocks: Block[] = [];
  let open: Block | null = null;
  let isFenced = false;
  for (let index = frontMatterLines(text); index < lines.length; index++) {
    const line = lines[index] as Line;
    if (FENCE.test(line.text)) isFenced = !isFenced;
    const next = isFenced || FENCE.test(line.text) ? blockAt(line, "code") : startBlock(line, headings.has(index));
    if (next === null) {
      open = null;
      continue;
    }
    if (open !== null && continues(open, next, line)) open.end = next.end;
    else {
      blocks.push(next);
      open = next;
    }
  }
  return blocks.map((block) => markLoneTitles(block, text));
}

function linesOf(text: string): Line[] {
  let start = 0;
  return text.split("\n").map((line) => {
    const at = start;
    start += line.length + 1;
    return { text: line, start: at };
  });
}

function startBlock(line: Line, isHeading: boolean): Block | null {
  const { text } = line;
  if (text.trim() === "" || RULE.test(text)) return null;
  if (isHeading) return blockAt(line, "heading");
  if (/^[ \t]*\|.*\|[ \t]*$/.test(text) || /^[ \t:|-]*-{3,}[ \t:|-]*$/.test(text)) return blockAt(line, "table");
  const item = ITEM.exec(text)?.[0];
  if (item !== undefined) return blockAt(line, "item", item.length);
  const quote = QUOTE.exec(text)?.[0];
  if (quote !== undefined) return text.length === quote.length ? null : blockAt(line, "quote", quote.length);
  return blockAt(line, "paragraph");
}

function blockAt(line: Line, kind: Block["kind"], marker = 0): Block {
  const indent = line.text.length - line.text.trimStart().length;
  return { kind, start: line.start + Math.max(marker, indent), end: line.start + line.text.trimEnd().length };
}

/** Tables, code and quotes join their like; a plain line goes on with the paragraph, item or quote above it. */
function continues(open: Block, next: Block, line: Line): boolean {
  if (next.kind === "paragraph") return open.kind === "paragraph" || open.kind === "item" || open.kind === "quote";
  if (next.kind === "item" && open.kind === "paragraph") return /^\s*[a-z]\)|^\s*[–-] [a-z]/.test(line.text);
  return next.kind === open.kind && (next.kind === "table" || next.kind === "code" || next.kind === "quote");
}

/** A short paragraph of one line without end punctuation is a title, a name or a label, not a sentence. */
function markLoneTitles(block: Block, text: string): Block {
  if (block.kind !== "paragraph" || block.end - block.start > 80) return block;
  const content = text.slice(block.start, block.end);
  const isTitle = !content.includes("\n") && /[\p{L}\p{N})"”*]$/u.test(content) && /^[\p{Lu}\d"“*]/u.test(content);
  return isTitle && /\p{Script=Latin}/u.test(content) ? { ...block, kind: "heading" } : block;
}
