/** What the prompt says of the documents. Owns: its words. Facts stand in the open, content between fences. */
import type { DocumentDigest } from "../../src/goal/document.ts";
import { frameData } from "../../src/prompt/frame-data.ts";
import { cutText } from "../../src/shared/cut-text.ts";
import { cutToTokens, shareFairly, tokensOf } from "./preview-room.ts";

/** Further ones are only counted. */
const MOST_DOCUMENTS = 50;
const LONGEST_NAME = 120;

/** `scale`: part of its share that each text gets; 1, or less after the request turned out too long. */
export interface Showing {
  room: number;
  scale: number;
}

export function describeDocuments(documents: readonly DocumentDigest[], { room, scale }: Showing): string {
  if (documents.length === 0) return "none";
  const shown = documents.slice(0, MOST_DOCUMENTS);
  const contents = shown.map(contentOf);
  const shares = shareFairly(contents.map(tokensOf), room);
  const blocks = shown.map((document, place) => {
    const content = contents[place] ?? "";
    const visible = cutToTokens(content, Math.floor((shares[place] ?? 0) * scale));
    const heading = headingOf(document, place);
    if (visible === "") return heading;
    const isWhole = visible === content && (document.preview?.length ?? 0) >= document.chars;
    return `${heading}; ${isWhole ? "all of it" : "its beginning, cut"}:\n${frameData(visible)}`;
  });
  const more = documents.length - shown.length;
  if (more > 0) blocks.push(`… and ${more} more, up to documents[${documents.length - 1}]`);
  return blocks.join("\n\n");
}

function headingOf({ name, type, language, chars, pages, tables }: DocumentDigest, place: number): string {
  const path = `documents[${place}]${place === 0 ? " = document" : ""}`;
  const facts = [
    cutText(type.replace(/[^\w./+;= -]/g, "?"), LONGEST_NAME),
    language,
    count(chars, "character"),
    count(pages, "page"),
    tables === 0 ? null : count(tables, "table"),
  ];
  return `${path}: ${JSON.stringify(cutText(name, LONGEST_NAME))} (${facts.filter((fact) => fact !== null).join(", ")})`;
}

function contentOf({ title, headings, preview }: DocumentDigest): string {
  const facts = [
    ...(title === null ? [] : [`title: ${title}`]),
    ...(headings === null || headings.length === 0 ? [] : [`headings: ${headings.join(" | ")}`]),
  ];
  return `${facts.join("\n")}\n\n${preview ?? ""}`.trim();
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
