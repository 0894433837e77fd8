/**
 * Rules of a workflow and of those nested in it, by ids of the plan. Owns: which steps a name stands for, and the order
 * of recovery rules: those of a nested workflow come before those of the file around it. Must not: carry them out.
 */
import { categoryOf, ERROR_CODES, type ErrorCode } from "../error/codes.ts";
import type { Criterion, ObservationPoint, RecoveryRule, RunRules } from "../goal/run-rules.ts";
import { runRulesSchema } from "../goal/run-rules.ts";
import { compileCondition } from "../plan/compile-condition.ts";
import { formatPath, parsePath } from "../plan/path.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { JsonObject } from "../shared/json.ts";
import type { Emission } from "./emit-steps.ts";
import { type Frame, locate, report } from "./expansion.ts";
import { allPlanIds, planIdsOf } from "./frame.ts";
import { rewriteCondition } from "./rewrite-condition.ts";
import { type Rewriting, rewriteFields, targetOf } from "./rewrite-value.ts";
import { pathOf } from "./walk-form.ts";

export function expandRules(emission: Emission, frame: Frame): RunRules {
  const { recovery, places, success, observe } = collectRules(emission, frame);
  for (const [at, place] of places.entries()) {
    const location = locate(place.frame, place.pointer);
    emission.expansion.sources.set(`/recovery/${at}`, { location, isWhole: false });
  }
  const targets = frame.workflow.targets ?? {};
  const parsed = runRulesSchema.safeParse({ steps: emission.rules, recovery, success, targets, observe });
  if (parsed.success) return parsed.data;
  const message = "With those of its nested workflows, the workflow has too many rules.";
  const hint =
    "At most 200 recovery rules, 50 success criteria and 200 observation points; give rules without a step, or fewer.";
  report(emission.expansion, { frame, pointer: "", code: "PLAN_TOO_LARGE", message, hint });
  return runRulesSchema.parse({});
}

/** `places`: where each of `recovery` was written. */
type Lists = Pick<RunRules, "recovery" | "success" | "observe"> & { places: RulePlace[] };

function collectRules(emission: Emission, frame: Frame): Lists {
  const lists: Lists = { recovery: [], places: [], success: [], observe: [] };
  for (const child of frame.nested.values()) {
    const inner = collectRules(emission, child);
    lists.recovery.push(...inner.recovery);
    lists.places.push(...inner.places);
    lists.success.push(...inner.success);
    lists.observe.push(...inner.observe);
  }
  const { recovery = [], success = [], observe = [] } = frame.workflow;
  for (const [at, rule] of recovery.entries()) {
    const place = { frame, pointer: `/recovery/${at}` };
    const expanded = expandRecovery(emission, { ...place, rule });
    lists.recovery.push(...expanded);
    lists.places.push(...expanded.map(() => place));
  }
  for (const [at, criterion] of success.entries())
    lists.success.push(...expandCriterion(emission, { frame, pointer: `/success/${at}`, criterion }));
  for (const [at, point] of observe.entries()) {
    const ids = stepsNamed(emission, { frame, pointer: `/observe/${at}/after`, name: point.after });
    lists.observe.push(...ids.map((after): ObservationPoint => ({ ...point, after })));
  }
  return lists;
}

interface RulePlace {
  frame: Frame;
  pointer: string;
}

function stepsNamed({ expansion }: Emission, { frame, pointer, name }: RulePlace & { name: string }): string[] {
  const ids = planIdsOf(frame, name);
  if (ids !== null) return ids;
  const known = [...frame.ids.keys(), ...frame.groups.keys(), ...frame.nested.keys()];
  const message = `There is no step '${name.slice(0, 64)}'.${meantName(didYouMean(name, known))}`;
  report(expansion, { frame, pointer, code: "PLAN_BAD_REF", message, hint: `It has: ${known.join(", ")}.` });
  return [];
}

function expandRecovery(
  emission: Emission,
  { frame, pointer, rule }: RulePlace & { rule: RecoveryRule },
): RecoveryRule[] {
  checkCause(emission, { frame, pointer: `${pointer}/on`, name: rule.on });
  checkVerb(emission, { frame, pointer, rule });
  const rewriting = rewritingOf(emission, frame);
  const input =
    rule.input === undefined
      ? {}
      : { input: rewriteFields(rule.input, { file: `${pointer}/input`, plan: null }, rewriting) };
  const { step, ...others } = rule;
  if (step === undefined && frame.parent === null) return [{ ...others, ...input }];
  const ids =
    step === undefined ? allPlanIds(frame) : stepsNamed(emission, { frame, pointer: `${pointer}/step`, name: step });
  return ids.map((id) => ({ step: id, ...others, ...input }));
}

const CATEGORIES = [...new Set(ERROR_CODES.map((code: ErrorCode) => categoryOf(code)))];
const CAUSES: readonly string[] = [...CATEGORIES, ...ERROR_CODES];

/** Also used for `retry.on`. */
export function checkCause(
  { expansion }: Pick<Emission, "expansion">,
  { frame, pointer, name }: RulePlace & { name: string },
): void {
  if (name === "*" || CAUSES.includes(name)) return;
  const message = `There is no error '${name.slice(0, 64)}'.${meantName(didYouMean(name, CAUSES))}`;
  const hint = `Write an error code such as TOOL_PERMANENT, a category (${CATEGORIES.join(", ")}), or "*" where any will do.`;
  report(expansion, { frame, pointer, code: "PLAN_BAD_VALUE", message, hint });
}

function checkVerb({ expansion }: Emission, { frame, pointer, rule }: RulePlace & { rule: RecoveryRule }): void {
  const refuse = (key: string, message: string, hint: string): void =>
    report(expansion, { frame, pointer: `${pointer}${key}`, code: "PLAN_BAD_VALUE", message, hint });
  const hasValue = rule.value !== undefined;
  const hasTool = rule.tool !== undefined;
  if (rule.do === "fallback" && hasValue === hasTool) {
    refuse(
      "/do",
      `A fallback gives ${hasValue ? "both a value and a tool" : "neither a value nor a tool"}.`,
      "Give it one: value, or tool with its input.",
    );
  }
  for (const key of ["value", "tool", "input"] as const) {
    if (rule.do !== "fallback" && rule[key] !== undefined)
      refuse(`/${key}`, `'${key}' means nothing with 'do: ${rule.do}'.`, "It belongs to 'do: fallback'.");
  }
  if (rule.input !== undefined && rule.do === "fallback" && !hasTool)
    refuse("/input", "There is an input, but no tool.", "Name the tool, or leave the input out.");
  if (rule.retry !== undefined && rule.do !== "retry")
    refuse("/retry", `'retry' means nothing with 'do: ${rule.do}'.`, "It belongs to 'do: retry'.");
}

function expandCriterion(
  emission: Emission,
  { frame, pointer, criterion }: RulePlace & { criterion: Criterion },
): Criterion[] {
  const { expansion } = emission;
  const refuse = (
    code: "PLAN_BAD_SCOPE" | "PLAN_BAD_REF" | "PLAN_BAD_PATH",
    key: string,
    words: { message: string; hint: string },
  ): Criterion[] => {
    report(expansion, { frame, pointer: `${pointer}${key}`, code, ...words });
    return [];
  };
  const isNested = frame.parent !== null;
  if (frame.isRepeated) {
    const hint = "Check the list in the file around it: some and every look at elements.";
    return refuse("PLAN_BAD_SCOPE", "", {
      message: "A repeated workflow has no success criteria of its own in a plan.",
      hint,
    });
  }
  const guard = emission.guards.get(frame)?.when ?? [];
  const name = isNested ? `${frame.node?.id}: ${criterion.name}`.slice(0, 100) : criterion.name;
  if ("check" in criterion) {
    const check = rewriteCondition(
      criterion.check,
      { file: `${pointer}/check`, plan: null },
      criterionRewriting(emission, frame),
    );
    checkSyntax(emission, { frame, pointer: `${pointer}/check`, check });
    return [
      {
        name,
        check:
          guard.length === 0 ? check : { any: [{ none: [{ all: guard.map(({ condition }) => condition) }] }, check] },
      },
    ];
  }
  if (!isNested) return checkedSchema(emission, { frame, pointer, criterion }) ? [criterion] : [];
  const hint = "Write it as a check on the steps of this workflow; there the output is that of the whole run.";
  if ("judge" in criterion)
    return refuse("PLAN_BAD_SCOPE", "", {
      message: "A judge looks at the output of the run, not at that of a nested workflow.",
      hint,
    });
  if (guard.length > 0)
    return refuse("PLAN_BAD_SCOPE", "", {
      message: "A nested workflow that may not run has no schema to satisfy.",
      hint,
    });
  const ref = outputPath(emission, frame, criterion.ref ?? "output");
  if (ref === null)
    return refuse("PLAN_BAD_PATH", "", {
      message: "The schema is for something that is put together from several steps.",
      hint,
    });
  return [{ name, schema: criterion.schema, ref }];
}

function outputPath(emission: Emission, frame: Frame, ref: string): string | null {
  const parsed = parsePath(ref);
  if (!parsed.ok) return null;
  const target = targetOf(parsed.path, criterionRewriting(emission, frame));
  if ("path" in target) return formatPath(target.path);
  return "form" in target ? (pathOf(target.form)?.text ?? null) : null;
}

function checkedSchema(
  { expansion }: Emission,
  { frame, pointer, criterion }: RulePlace & { criterion: Criterion },
): boolean {
  if (!("schema" in criterion) || criterion.ref === undefined) return true;
  const parsed = parsePath(criterion.ref);
  if (parsed.ok) return true;
  report(expansion, {
    frame,
    pointer: `${pointer}/ref`,
    code: "PLAN_BAD_PATH",
    message: parsed.message,
    hint: parsed.hint,
  });
  return false;
}

/** Criteria are no part of the plan, so that the plan checker does not see them. */
function checkSyntax({ expansion }: Emission, { frame, pointer, check }: RulePlace & { check: JsonObject }): void {
  const { issues } = compileCondition(check, "", { inside: "when" });
  for (const { code, message, hint } of issues) report(expansion, { frame, pointer, code, message, hint });
}

function rewritingOf({ expansion, forms }: Emission, frame: Frame): Rewriting {
  return { expansion, frame, forms, hasElement: false, isStrict: true };
}

/** In criteria the root `output` is the run's; in those of a nested workflow its own. */
function criterionRewriting(emission: Emission, frame: Frame): Rewriting {
  const output = frame.parent === null ? { ref: "output" } : emission.forms.output(frame);
  return { ...rewritingOf(emission, frame), ...(output === undefined ? { lacksOutput: true } : { output }) };
}
