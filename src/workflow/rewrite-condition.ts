/**
 * Conditions of one file in terms of the plan. Owns: subjects, which must be a path in the end, and conditions on what
 * is known before the run. Must not: judge what isn't well formed; the plan checker does.
 */
import { compileCondition } from "../plan/compile-condition.ts";
import { listConditionReferences } from "../plan/compile-plan.ts";
import { COMBINATORS } from "../plan/decision.ts";
import { evaluateCondition } from "../plan/evaluate-condition.ts";
import { ABSENT, parsePath } from "../plan/path.ts";
import { TRUSTED } from "../policy/label.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { below, type Place, type Rewriting, rewriteValue, targetOf, tell, textOf } from "./rewrite-value.ts";
import { constantOf, pathOf, refuseForm } from "./walk-form.ts";

const COMBINES: ReadonlySet<string> = new Set(COMBINATORS);

/** Conditions that hold always and never: they have no subject. */
const ALWAYS: JsonObject = { all: [] };
const NEVER: JsonObject = { any: [] };

export function rewriteCondition(condition: JsonObject, place: Place, rewriting: Rewriting): JsonObject {
  const rewritten = rewriteParts(condition, place, rewriting);
  if (typeof condition.ref !== "string") return rewritten;
  const parsed = parsePath(condition.ref);
  if (!parsed.ok) return rewritten;
  const target = targetOf(parsed.path, rewriting);
  if ("path" in target) return { ...rewritten, ref: textOf(parsed.path, target.path) };
  const path = "form" in target ? pathOf(target.form) : null;
  if (path !== null) return { ...rewritten, ref: path.text };
  const decided = "form" in target ? decide(rewritten, target.form) : null;
  if (decided !== null) return decided ? ALWAYS : NEVER;
  const hint = "Look at one part of it; what has a default or is put together can go through a compute step first.";
  const problem =
    "problem" in target ? target : refuseForm("PLAN_BAD_CONDITION", "a condition looks at one value", hint);
  tell(problem, { path: parsed.path, file: `${place.file}/ref` }, rewriting);
  return ALWAYS;
}

/** All but the subject: lists of conditions, operands, and conditions on elements. */
function rewriteParts(condition: JsonObject, place: Place, rewriting: Rewriting): JsonObject {
  const entries = Object.entries(condition).map(([key, part]): [string, JsonValue] => {
    const at = below(place, key);
    if (key === "ref" || key === "field") return [key, part];
    if (COMBINES.has(key) && Array.isArray(part))
      return [key, part.map((one, n) => rewriteAny(one, below(at, n), rewriting))];
    if ((key === "some" || key === "every") && isJsonObject(part)) return [key, rewriteCondition(part, at, rewriting)];
    return [key, rewriteValue(part, at, rewriting)];
  });
  return Object.fromEntries(entries);
}

function rewriteAny(value: JsonValue, place: Place, rewriting: Rewriting): JsonValue {
  return isJsonObject(value) ? rewriteCondition(value, place, rewriting) : value;
}

/** Whether the condition holds for a subject that is known already; null where its operand is not. */
function decide(condition: JsonObject, subject: JsonValue): boolean | null {
  const constant = constantOf(subject);
  const { ref: _, ...others } = condition;
  const { condition: compiled } = compileCondition({ ref: "params", ...others }, "", { inside: "when" });
  if (constant === null || compiled === null) return null;
  const isKnown = listConditionReferences(compiled).every(({ path }) => path.root === "params");
  const read = (root: string) => ({ value: root === "params" ? constant.value : ABSENT, label: TRUSTED }) as const;
  return isKnown ? evaluateCondition(compiled, { index: null, literalLabel: TRUSTED, read }).holds : null;
}

/** Whether a condition in terms of the plan looks at the element of a list. */
export function looksAtElement(condition: JsonObject): boolean {
  const { condition: compiled } = compileCondition(condition, "", { inside: "when" });
  if (compiled === null) return false;
  return listConditionReferences(compiled).some(
    ({ path }) => path.root === "item" || path.root === "index" || path.segments.some(({ kind }) => kind === "here"),
  );
}
