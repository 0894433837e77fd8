/**
 * What a schema check finds, in words that do not depend on the library that checked.
 * Owns: the shape, and turning it into issues. Must not: know which library found it.
 */

import type { ErrorCode } from "../error/codes.ts";
import type { Issue } from "../error/issue.ts";
import { didYouMean } from "../shared/did-you-mean.ts";

/** One thing that is wrong with a value. */
export interface SchemaFinding {
  /** JSON Pointer into the value; "" is the value itself. */
  path: string;
  /** Completes the sentence "Input '/text' of tool 'x' …", without the full stop. */
  problem: string;
  /** What would be right, as a sentence; "" where the problem says it all. */
  hint: string;
}

/** More findings than this help nobody. */
const MOST_FINDINGS = 20;

/** Findings as issues about one tool's input or output. */
export function findingsToIssues(
  findings: readonly SchemaFinding[],
  about: { tool: string; side: "input" | "output" },
): Issue[] {
  const code: ErrorCode = about.side === "input" ? "TOOL_INVALID_INPUT" : "TOOL_INVALID_OUTPUT";
  const noun = about.side === "input" ? "Input" : "Output";
  const fallback =
    about.side === "input"
      ? `Change the step's input so that it fits the input schema of tool '${about.tool}'.`
      : `Make execute of tool '${about.tool}' return what its outputSchema says, or change that schema.`;
  return findings.slice(0, MOST_FINDINGS).map(({ path, problem, hint }) => ({
    severity: "error",
    code,
    path,
    message: `${noun} ${path === "" ? "" : `'${path}' `}of tool '${about.tool}' ${problem}.`,
    hint: hint === "" ? fallback : hint,
    fix: null,
  }));
}

/** "a string", "a list", "null": what a JSON value is, in words. */
export function describeKind(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}

/** A schema's type name in the same words: "array" becomes "a list". */
export function describeType(type: string): string {
  if (type === "array") return "a list";
  if (type === "int" || type === "integer") return "a whole number";
  if (type === "null") return "null";
  if (type === "record") return "an object";
  return `${/^[aeiou]/.test(type) ? "an" : "a"} ${type}`;
}

/** Words for a value outside an enumeration; a mistyped one is told what it was probably meant to be. */
export function notAllowed(actual: unknown, allowed: readonly unknown[]): { problem: string; hint: string } {
  const texts = allowed.filter((one) => typeof one === "string");
  const near = typeof actual === "string" ? didYouMean(actual, texts) : null;
  const list = allowed.map((one) => JSON.stringify(one)).join(", ");
  const problem = allowed.length === 1 ? `must be ${list}` : "is not one of the allowed values";
  return { problem, hint: `${near === null ? "" : `Did you mean ${JSON.stringify(near)}? `}Allowed: ${list}.` };
}
