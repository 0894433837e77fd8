/**
 * Opening words of a text's parts, as a stand-in for headings. Owns: how many, and how they are cut.
 */
import { findBlocks } from "./blocks.ts";

const MAX_LEADS = 12;
const MAX_CHARS = 70;

/** Up to 12 leads, evenly spread over the paragraphs, in order. */
export function findLeads(text: string): string[] {
  const all = findBlocks(text).filter((block) => block.kind === "paragraph" || block.kind === "heading");
  const telling = all.filter((block) => block.end - block.start >= 60);
  const blocks = telling.length >= 3 ? telling : all;
  const step = Math.max(1, blocks.length / MAX_LEADS);
  const leads: string[] = [];
  for (let place = 0; place < blocks.length && leads.length < MAX_LEADS; place += step) {
    const block = blocks[Math.floor(place)];
    if (block !== undefined) leads.push(lead(text.slice(block.start, Math.min(block.end, block.start + 200))));
  }
  return leads;
}

/** The first clause, or as many whole words as fit. */
function lead(start: string): string {
  const line = start.replace(/\s+/g, " ").trim();
  const clause = /^.{20,70}?(?=[.!?;:,](?:\s|$)| [–—] )/u.exec(line)?.[0] ?? line;
  if (clause.length <= MAX_CHARS) return clause.replace(/[.!?;:,]+$/, "");
  const cut = clause.slice(0, MAX_CHARS);
  const space = cut.lastIndexOf(" ");
  return `${(space > 20 ? cut.slice(0, space) : cut).toWellFormed()}…`;
}
