/**
 * Decisions that were read before: a plan that many runs carry out is parsed once, and all of them share it. Owns: the
 * memory of that, which has an end, and that nobody can change what is shared. Must not: judge decisions.
 */
import type { JsonValue } from "../shared/json.ts";
import type { Decision } from "./decision.ts";
import { type ParsedDecision, type ParseLimits, parseDecision } from "./parse-decision.ts";

/** Of the decisions used last so many are kept; longer ones are no longer than others to parse, but to keep. */
const MOST_DECISIONS = 64;
const LONGEST_TEXT = 16 * 1024;

/** By limits and text, least recently used first. */
const KNOWN = new Map<string, Decision>();
const SHARED = new WeakSet<Decision>();

/** As `parseDecision`; a decision that was in order before is the same object again, and frozen. */
export function parseKnownDecision(raw: JsonValue, limits: ParseLimits): ParsedDecision {
  const text = JSON.stringify(raw);
  if (text.length > LONGEST_TEXT) return parseDecision(raw, limits);
  const key = `${limits.maxBytes} ${limits.maxDepth} ${limits.maxSteps} ${text}`;
  const known = KNOWN.get(key);
  if (known !== undefined) {
    KNOWN.delete(key);
    KNOWN.set(key, known);
    return { decision: known, issues: [] };
  }
  const parsed = parseDecision(raw, limits);
  if (parsed.decision !== null && parsed.issues.length === 0) keep(key, parsed.decision);
  return parsed;
}

/** Whether other runs may hold the same object. */
export function isShared(decision: Decision): boolean {
  return SHARED.has(decision);
}

/** For whoever hands a decision out of the library: a copy of its own, where others hold the same object. */
export function ownDecision<D extends Decision>(decision: D): D {
  return isShared(decision) ? (JSON.parse(JSON.stringify(decision)) as D) : decision;
}

function keep(key: string, decision: Decision): void {
  freeze(decision);
  SHARED.add(decision);
  KNOWN.set(key, decision);
  const [oldest] = KNOWN.keys();
  if (KNOWN.size > MOST_DECISIONS && oldest !== undefined) KNOWN.delete(oldest);
}

/** Parsed decisions are plain JSON of bounded depth. */
function freeze(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const part of Object.values(value)) freeze(part);
  Object.freeze(value);
}
