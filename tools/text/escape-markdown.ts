/**
 * Foreign text made harmless inside Markdown. Owns: what could forge structure there: headings, lists, tables, HTML,
 * code, links that run. Must not: drop words; everything stays readable.
 */

/** One line of text that stays text: HTML and Markdown marks lose their meaning, line breaks become spaces. */
export function escapeInline(text: string): string {
  const line = text.toWellFormed().replace(CONTROLS, "").replace(/\s+/g, " ").trim();
  const literal = line.replace(/&(?=#?\w{1,31};)/g, "&amp;");
  const marked = literal.replace(/[\\`*_[\]<>|~]/g, (mark) => escapeMark(mark));
  return escapeLineStart(marked);
}

/** Text of several paragraphs; empty lines between paragraphs stay, each paragraph is one line. */
export function escapeParagraphs(text: string): string {
  const paragraphs = text.split(/\n[ \t]*\n/).map(escapeInline);
  return paragraphs.filter((paragraph) => paragraph !== "").join("\n\n");
}

/** Invisible characters: controls but tab and line feed, and marks that reorder text (Unicode TR 9). */
const CONTROLS = /[\p{Cc}--[\t\n\r\f\v]]|[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gv;

function escapeMark(mark: string): string {
  if (mark === "<") return "&lt;";
  if (mark === ">") return "&gt;";
  return `\\${mark}`;
}

/** Headings, lists, rules, setext underlines and numbered items only count at the start of a line. */
function escapeLineStart(line: string): string {
  return line
    .replace(/^(?:#{1,6}(?=\s|$)|[-+](?=\s|$)|=+\s*$|-{2,})/, (mark) => `\\${mark}`)
    .replace(/^(\d{1,9})([.)])(?=\s|$)/, "$1\\$2");
}
