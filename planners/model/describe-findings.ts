/**
 * What the prompt says of issues: code, path, words, and what stands at that path. Owns: its words and their number.
 * All of it is data: messages repeat what plans and outputs hold.
 */
import type { Issue } from "../../src/error/issue.ts";
import { frameData } from "../../src/prompt/frame-data.ts";
import { cutText } from "../../src/shared/cut-text.ts";
import { isJsonObject, type JsonValue } from "../../src/shared/json.ts";

/** Errors first; a model corrects a few at a time, and most follow from the first. */
const MOST_ISSUES = 20;
const LONGEST_PART = 200;

export function describeFindings(issues: readonly Issue[], decision: JsonValue): string {
  if (issues.length === 0) return "none";
  const errorsFirst = [...issues].sort((one, other) => rank(one) - rank(other));
  const lines = errorsFirst.slice(0, MOST_ISSUES).map((issue) => describeIssue(issue, decision));
  const more = issues.length - lines.length;
  if (more > 0) lines.push(`… and ${more} more`);
  return frameData(lines.join("\n"));
}

function rank({ severity }: Issue): number {
  return severity === "error" ? 0 : 1;
}

function describeIssue({ severity, code, path, message, hint }: Issue, decision: JsonValue): string {
  const what = severity === "error" ? code : `${code} (warning)`;
  const part = path.startsWith("/") ? valueAt(decision, path) : undefined;
  const there = part === undefined ? "" : ` Found: ${cutText(JSON.stringify(part), LONGEST_PART)}`;
  return `- ${what} at ${path === "" ? "the whole" : path}: ${message}${hint === "" ? "" : ` ${hint}`}${there}`;
}

/** What a JSON Pointer leads to, or undefined. */
function valueAt(whole: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = whole;
  for (const key of keysOf(pointer)) {
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isJsonObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

function keysOf(pointer: string): string[] {
  const keys = pointer.split("/").slice(1);
  return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
}
