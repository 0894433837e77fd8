/**
 * The JSON value in a model's answer: the whole of it, what a fence holds, or an object in prose. Owns: the order of
 * these and the caps (SAFETY, security rule 7). Must not: check it against a schema.
 */
import { examineJson } from "../../src/plan/json-limits.ts";
import { readJson } from "../../src/plan/parse-json.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { answerIssue, type ReadAnswer } from "./repaired-answer.ts";

const LIMITS = { maxBytes: 2 ** 20, maxDepth: 64 };
const FENCE = "```";

/** Never throws. */
export function readJsonAnswer(answer: string): ReadAnswer<JsonValue> {
  const whole = parse(answer) ?? parse(inFence(answer));
  const read = whole === undefined ? readJson(answer) : { ok: true as const, value: whole };
  if (!read.ok)
    return { ok: false, issues: [answerIssue(read.message, "Answer with one JSON value and nothing else.")] };
  const { finding } = examineJson(read.value, LIMITS);
  if (finding === null) return { ok: true, value: read.value as JsonValue };
  return { ok: false, issues: [answerIssue(`The answer holds ${finding.what}.`, "Answer without it.")] };
}

/** `undefined` where it is no JSON; JSON has no such value. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // the caller tries the next way
  }
}

/** What the last pair of fences holds. */
function inFence(answer: string): string {
  const end = answer.lastIndexOf(FENCE);
  const start = end < 1 ? -1 : answer.lastIndexOf(FENCE, end - 1);
  if (start < 0) return "";
  return answer.slice(answer.indexOf("\n", start) + 1, end);
}
