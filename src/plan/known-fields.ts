/** Which fields the plan language has, and which one somebody meant. Owns: the names other systems use for them. */
import { didYouMean } from "../shared/did-you-mean.ts";
import {
  abandonDecisionSchema,
  askDecisionSchema,
  type Decision,
  finishDecisionSchema,
  planDecisionSchema,
  stepSchema,
} from "./decision.ts";

/** Fields of a decision, by kind. */
export const DECISION_FIELDS: Readonly<Record<Decision["kind"], readonly string[]>> = {
  plan: Object.keys(planDecisionSchema.shape),
  finish: Object.keys(finishDecisionSchema.shape),
  ask: Object.keys(askDecisionSchema.shape),
  abandon: Object.keys(abandonDecisionSchema.shape),
};

export const DECISION_KINDS = Object.keys(DECISION_FIELDS) as Decision["kind"][];

export const STEP_FIELDS: readonly string[] = Object.keys(stepSchema.shape);
export const FOR_EACH_FIELDS: readonly string[] = ["items", "max"];

/** Names that only a person's workflow may use (DESIGN, "Workflows"). */
export const WORKFLOW_FIELDS: ReadonlySet<string> = new Set([
  "params",
  "retry",
  "timeoutMs",
  "recovery",
  "success",
  "budget",
  "targets",
  "observe",
  "parallel",
  "workflow",
]);

const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    rationale: "reason reasoning thought thoughts thinking explanation why",
    steps: "tasks actions nodes calls plan",
    output: "result outputs results answer return response",
    id: "stepid key label",
    tool: "name action function toolname operation",
    input: "inputs args arguments parameters argument with",
    after: "dependson depends dependencies requires needs waitfor",
    when: "if condition runif unless",
    forEach: "loop map each iterate for",
    onFailure: "onerror iffails fallback",
    items: "list in over ref collection",
    max: "limit maximum maxitems",
    question: "message text prompt",
    reason: "rationale message why",
  }).flatMap(([name, others]) => others.split(" ").map((other): [string, string] => [other, name])),
);

/** The field out of `fields` that `key` was meant to be, or null. */
export function fieldMeant(key: string, fields: readonly string[]): string | null {
  const plain = key.toLowerCase().replace(/[_\-. ]/g, "");
  const known = OTHER_NAMES.get(plain);
  if (known !== undefined && fields.includes(known)) return known;
  return didYouMean(key, fields);
}

const KINDS: Readonly<Record<string, string>> = {
  string: "a string",
  array: "a list",
  record: "an object",
  object: "an object",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** What a field has to hold, as a message says it: the `expected` of zod's `invalid_type`. */
export function kindInWords(expected: string): string {
  return KINDS[expected] ?? expected;
}
