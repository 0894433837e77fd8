/**
 * A prompt's text below its front matter, taken apart: sections, parts up to each cache line, placeholders.
 * Owns: the syntax (docs/prompts.md). Must not: know which inputs a file declares, or fill any in.
 */

export type Piece = { text: string } | { input: string };

export interface BodyPart {
  pieces: Piece[];
  /** A cache line follows: up to here everything is the same in later calls. */
  isStable: boolean;
}

export interface BodyProblem {
  /** Line of the body, from 1. */
  line: number;
  message: string;
  hint: string;
}

export interface PromptBody {
  system: BodyPart[];
  user: BodyPart[];
  problems: BodyProblem[];
}

type Section = "system" | "user";

/** Lines from one marker to the next; those before the first have none. */
interface Segment {
  marker: string | null;
  /** Line of the marker, from 1. */
  line: number;
  lines: string[];
}

const MARKER = /^--- (\w+) ---[ \t]*$/;
const PLACEHOLDER = /\{\{\{\{|\{\{([a-zA-Z][a-zA-Z0-9]*)\}\}|\{\{/g;
const HOW_TO_MARK = "Sections start with a line '--- system ---' or '--- user ---'; '--- cache ---' ends a part.";
const HOW_TO_BRACE = "A placeholder is '{{name}}'; a literal '{{' is written '{{{{'.";

export function parseBody(text: string): PromptBody {
  const segments = segmentsOf(text);
  const body: PromptBody = { system: [], user: [], problems: [] };
  let section: Section | null = null;
  for (const [place, { marker, line, lines }] of segments.entries()) {
    if (marker === "system" || marker === "user") section = marker;
    const part = partOf(lines, segments[place + 1]?.marker === "cache");
    if (part !== null && section !== null) body[section].push(part);
    const message = problemOf({ marker, section, hasText: part !== null, before: segments.slice(0, place) });
    if (message !== null) body.problems.push({ line: Math.max(1, line), message, hint: HOW_TO_MARK });
    body.problems.push(...strayBraces(lines, line));
  }
  return body;
}

function segmentsOf(text: string): Segment[] {
  const segments: Segment[] = [{ marker: null, line: 0, lines: [] }];
  for (const [place, content] of text.split("\n").entries()) {
    const marker = MARKER.exec(content)?.[1];
    if (marker === undefined) segments.at(-1)?.lines.push(content);
    else segments.push({ marker, line: place + 1, lines: [] });
  }
  return segments;
}

interface SegmentFacts {
  marker: string | null;
  /** The one that the segment belongs to. */
  section: Section | null;
  hasText: boolean;
  before: readonly Segment[];
}

function problemOf({ marker, section, hasText, before }: SegmentFacts): string | null {
  if (section === null && hasText) return "text stands outside of any section";
  if (marker === null) return null;
  if (marker === "cache") return section === null ? "a cache line stands outside of any section" : null;
  if (marker !== "system" && marker !== "user") return `there is no section '${marker}'`;
  return before.some((one) => one.marker === marker) ? `the section '${marker}' is there twice` : null;
}

function strayBraces(lines: readonly string[], above: number): BodyProblem[] {
  return lines.flatMap((content, place) => {
    const isStray = [...content.matchAll(PLACEHOLDER)].some(([found]) => found === "{{");
    return isStray ? [{ line: above + place + 1, message: "'{{' opens no placeholder", hint: HOW_TO_BRACE }] : [];
  });
}

/** Null for a part without text. Blank lines around it go; a blank line parts it from the next. */
function partOf(lines: readonly string[], isStable: boolean): BodyPart | null {
  const text = lines
    .join("\n")
    .replace(/^\s*\n/, "")
    .trimEnd();
  if (text.trim() === "") return null;
  return { pieces: piecesOf(isStable ? `${text}\n\n` : text), isStable };
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    const [found, input] = match;
    pieces.push({ text: text.slice(from, match.index) }, input === undefined ? { text: "{{" } : { input });
    from = match.index + found.length;
  }
  return [...pieces, { text: text.slice(from) }];
}

/** Names of all placeholders, once each, in order. */
export function inputsUsed({ system, user }: PromptBody): string[] {
  const names = [...system, ...user].flatMap(({ pieces }) => pieces).flatMap((p) => ("input" in p ? [p.input] : []));
  return [...new Set(names)];
}
