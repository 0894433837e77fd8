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

const MARKER = /^--- (\w+) ---[ \t]*$/;
const PLACEHOLDER = /\{\{\{\{|\{\{([a-zA-Z][a-zA-Z0-9]*)\}\}|\{\{/g;
const HOW_TO_MARK = "Sections start with a line '--- system ---' or '--- user ---'; '--- cache ---' ends a part.";

export function parseBody(text: string): PromptBody {
  const body: PromptBody = { system: [], user: [], problems: [] };
  const seen = new Set<string>();
  let section: Section | null = null;
  let lines: string[] = [];
  const close = (isStable: boolean): void => {
    const part = section === null ? null : partOf(lines, isStable);
    if (part !== null && section !== null) body[section].push(part);
    lines = [];
  };
  const refuse = (line: number, message: string, hint = HOW_TO_MARK): void => {
    body.problems.push({ line, message, hint });
  };
  for (const [place, content] of text.split("\n").entries()) {
    const line = place + 1;
    const marker = MARKER.exec(content)?.[1];
    if (marker === undefined) {
      if (section === null && content.trim() !== "") refuse(line, "text stands outside of any section");
      if (hasStrayBraces(content)) refuse(line, "'{{' opens no placeholder", "A literal '{{' is written '{{{{'.");
      lines.push(content);
    } else if (marker === "cache") {
      if (section === null) refuse(line, "a cache line stands outside of any section");
      close(true);
    } else if (marker !== "system" && marker !== "user") {
      refuse(line, `there is no section '${marker}'`);
    } else {
      if (seen.has(marker)) refuse(line, `the section '${marker}' is there twice`);
      seen.add(marker);
      close(false);
      section = marker;
    }
  }
  close(false);
  return body;
}

/** Null for a part without text. Blank lines around it go; a blank line parts it from the next. */
function partOf(lines: readonly string[], isStable: boolean): BodyPart | null {
  const text = lines.join("\n").replace(/^\s*\n/, "").trimEnd();
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

function hasStrayBraces(line: string): boolean {
  return [...line.matchAll(PLACEHOLDER)].some(([found]) => found === "{{");
}

/** Names of all placeholders, once each, in order. */
export function inputsUsed({ system, user }: PromptBody): string[] {
  const names = [...system, ...user].flatMap(({ pieces }) => pieces).flatMap((p) => ("input" in p ? [p.input] : []));
  return [...new Set(names)];
}
