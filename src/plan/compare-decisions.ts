/** How a decision differs from another one on the same question. Owns: the lists, and the first input that differs. */
import { z } from "zod";
import { jsonPointer } from "../error/issue.ts";
import { diffSchema } from "../journal/entries.ts";
import { isJsonObject, type JsonValue } from "../shared/json.ts";
import { isSameJson } from "../shared/same-json.ts";
import { canonicalSteps } from "./canonical-step.ts";
import type { Decision, OnFailure, PlanDecision } from "./decision.ts";
import { diffPlans, noDiff } from "./diff-plans.ts";

export const comparisonSchema = z.strictObject({
  /** What is carried out is the same; the reasons given may differ. */
  isSame: z.boolean(),
  diff: diffSchema,
  /** First place, in the order of the plan before, at which a step of the same id gets something else. */
  firstInput: z.strictObject({ step: z.string(), path: z.string(), before: z.json(), after: z.json() }).nullable(),
  /** Parts beside the steps that differ: `kind`, `then`, `output`, `question`, `reason`, `order`. */
  others: z.array(z.string()),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** `onFailure`: what a failure does where a step does not say. */
export function compareDecisions(before: Decision, after: Decision, onFailure: OnFailure): Comparison {
  const others = otherParts(before, after);
  if (before.kind !== "plan" || after.kind !== "plan") {
    return { isSame: others.length === 0, diff: noDiff(), firstInput: null, others };
  }
  const diff = diffPlans(canonicalSteps(before.steps, onFailure), canonicalSteps(after.steps, onFailure));
  const isSame = others.length + diff.dropped.length + diff.added.length + diff.changed.length === 0;
  return { isSame, diff, firstInput: firstInput(before, after), others };
}

/** Steps are compared by id; everything else that decides what happens is compared as it stands. */
function otherParts(before: Decision, after: Decision): string[] {
  if (before.kind !== after.kind) return ["kind"];
  const ignored = new Set(["kind", "steps", "rationale"]);
  const [left, right] = [before as unknown as Fields, after as unknown as Fields];
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].filter((name) => !ignored.has(name) && !isSameJson(left[name] ?? null, right[name] ?? null));
}

type Fields = Record<string, JsonValue | undefined>;

function firstInput(before: PlanDecision, after: PlanDecision): Comparison["firstInput"] {
  for (const step of before.steps) {
    const other = after.steps.find(({ id }) => id === step.id);
    if (other === undefined) continue;
    const found = firstDifference(step as unknown as JsonValue, other as unknown as JsonValue, []);
    if (found !== null) return { step: step.id, ...found };
  }
  return null;
}

/** Depth is bounded by that of plans. */
function firstDifference(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path: (string | number)[],
): { path: string; before: JsonValue; after: JsonValue } | null {
  if (isSameJson(before, after)) return null;
  for (const key of sharedKeys(before, after)) {
    const found = firstDifference(at(before, key), at(after, key), [...path, key]);
    if (found !== null) return found;
  }
  return { path: jsonPointer(path), before: before ?? null, after: after ?? null };
}

/** Of two objects or two lists: where to look further; nothing for other values. */
function sharedKeys(before: JsonValue | undefined, after: JsonValue | undefined): (string | number)[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])];
  }
  if (!Array.isArray(before) || !Array.isArray(after)) return [];
  return Array.from({ length: Math.max(before.length, after.length) }, (_, place) => place);
}

function at(value: JsonValue | undefined, key: string | number): JsonValue | undefined {
  return (value as Record<string | number, JsonValue | undefined>)[key];
}
