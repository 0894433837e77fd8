/**
 * The text form `{"template": "… {{path}} …"}`. Owns: its syntax. Must not: render (the resolver does).
 */
import type { Issue } from "../error/issue.ts";
import type { Path } from "./compiled.ts";
import { parsePath } from "./path.ts";

const HINT = "Between {{ and }} stands one path and nothing else; a literal {{ is written {{{{.";

/** Further ones say nothing new, and a fix repeats the whole text. */
const MOST_ISSUES = 5;

/**
 * Splits a template into texts and paths; `{{{{` is a literal `{{`, a lone `}}` is text. Issues: PLAN_BAD_TEMPLATE
 * where braces don't match, PLAN_BAD_PATH for what is between them; then `parts` holds only what could be read.
 */
export function compileTemplate(text: string, pointer: string): { parts: (string | Path)[]; issues: Issue[] } {
  const parts: (string | Path)[] = [];
  const issues: Issue[] = [];
  let plain = "";
  let position = 0;
  while (position < text.length && issues.length < MOST_ISSUES) {
    const token = readToken(text, position, pointer);
    position = token.end;
    if ("issue" in token) issues.push(token.issue);
    else if ("plain" in token) plain += token.plain;
    else {
      if (plain !== "") parts.push(plain);
      plain = "";
      parts.push(token.path);
    }
  }
  if (plain !== "") parts.push(plain);
  return { parts, issues };
}

type Token = { end: number } & ({ plain: string } | { path: Path } | { issue: Issue });

/** What starts at `position`: text up to the next braces, a literal `{{`, or a path. */
function readToken(text: string, position: number, pointer: string): Token {
  const open = text.indexOf("{{", position);
  if (open === -1) return { plain: text.slice(position), end: text.length };
  if (open > position) return { plain: text.slice(position, open), end: open };
  if (text.startsWith("{{{{", open)) return { plain: "{{", end: open + 4 };
  const close = findClose(text, open + 2);
  if (close === -1) return { issue: unclosed(open, pointer), end: text.length };
  const inside = parseInside(text, { open, close, pointer });
  return "code" in inside ? { issue: inside, end: close + 2 } : { path: inside, end: close + 2 };
}

/** Where `}}` closes the path that starts at `from`; braces inside a quoted key don't count. */
function findClose(text: string, from: number): number {
  let isQuoted = false;
  for (let position = from; position < text.length; position++) {
    const character = text[position];
    if (isQuoted && character === "\\") position++;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === "}" && text[position + 1] === "}") return position;
  }
  return text.indexOf("}}", from);
}

function parseInside(text: string, place: { open: number; close: number; pointer: string }): Path | Issue {
  const { open, close, pointer } = place;
  const inside = text.slice(open + 2, close).trim();
  const at = `in the template at character ${open + 1}`;
  if (inside === "") {
    const message = `There is no path between {{ and }} ${at}.`;
    return { severity: "error", code: "PLAN_BAD_TEMPLATE", path: pointer, message, hint: HINT, fix: null };
  }
  const parsed = parsePath(inside);
  if (parsed.ok) return parsed.path;
  const message = `${parsed.message.slice(0, -1)}, ${at}.`;
  if (parsed.suggestion === null) {
    const hint = `${HINT} ${parsed.hint} To calculate or filter, add a compute or select step and refer to it.`;
    return { severity: "error", code: "PLAN_BAD_PATH", path: pointer, message, hint, fix: null };
  }
  const value = `${text.slice(0, open)}{{${parsed.suggestion}}}${text.slice(close + 2)}`;
  const fix = [{ op: "replace" as const, path: pointer, value }];
  return { severity: "error", code: "PLAN_BAD_PATH", path: pointer, message, hint: parsed.hint, fix };
}

function unclosed(open: number, pointer: string): Issue {
  const message = `The {{ at character ${open + 1} of the template is never closed by }}.`;
  return { severity: "error", code: "PLAN_BAD_TEMPLATE", path: pointer, message, hint: HINT, fix: null };
}
