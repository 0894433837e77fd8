/** Holds the checker to what it says about types and paths: values that conform to the schemas are the judge. */
import { hasErrors, type Issue } from "../../src/error/issue.ts";
import type { CheckContext } from "../../src/plan/check-context.ts";
import { examine } from "../../src/plan/check-examination.ts";
import { checkTypes } from "../../src/plan/check-types.ts";
import { type Reader, schemaOfValue, type Typing } from "../../src/plan/check-typing.ts";
import { type CompiledPlan, type CompiledStep, compilePlan } from "../../src/plan/compile-plan.ts";
import type { PlanDecision } from "../../src/plan/decision.ts";
import { evaluateCondition } from "../../src/plan/evaluate-condition.ts";
import { ABSENT, readPath } from "../../src/plan/path.ts";
import { topologicalOrder } from "../../src/plan/plan-graph.ts";
import { resolveValue } from "../../src/plan/resolve-value.ts";
import { schemaAtPath } from "../../src/plan/schema-path.ts";
import { relate } from "../../src/plan/schema-relation.ts";
import type { Scope } from "../../src/plan/scope.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { createToolRegistry } from "../../src/tool/tool-registry.ts";
import { contextWith } from "../plan/check-setup.ts";
import { scopeOf } from "../plan/scope-of.ts";
import { type Dice, type Span, tryCases } from "./dice.ts";
import { judge, judgeFixes } from "./judge-refusal.ts";
import { randomPlan } from "./random-plans.ts";
import { conformingValue } from "./random-schemas.ts";

export interface CheckerTally {
  cases: number;
  accepted: number;
  /** Inputs whose type was judged *yes*, and that fitted. */
  sure: number;
  /** Values that were put where the checker had said *no*, and that did not fit. */
  wrong: number;
  /** Values in which a path that the checker refused was looked for. */
  paths: number;
  fixes: number;
}

interface Case {
  dice: Dice;
  decision: PlanDecision;
  compiled: CompiledPlan;
  context: CheckContext;
  tools: ReadonlyMap<string, Tool>;
  tally: CheckerTally;
}

/** The samples of each claim. */
const SAMPLES = 6;

export function fuzzChecker(span: Span): CheckerTally {
  const tally: CheckerTally = { cases: 0, accepted: 0, sure: 0, wrong: 0, paths: 0, fixes: 0 };
  tally.cases = tryCases(span, (dice) => {
    const { tools, plan } = randomPlan(dice);
    const context = contextWith({ tools: createToolRegistry(tools), isPersonal: true, defaultOnFailure: "fail" });
    const judged = judge(plan, context);
    tally.fixes += judgeFixes(plan, judged, context);
    if (judged.decision?.kind !== "plan") return;
    const { decision } = judged;
    const byName = new Map(tools.map((tool) => [tool.name, tool]));
    const one: Case = { dice, decision, compiled: compilePlan(decision).plan, context, tools: byName, tally };
    try {
      if (hasErrors(judged.issues)) for (const issue of judged.issues) judgeClaim(issue, one);
      else walkThrough(one);
    } catch (cause) {
      throw new Error(`${cause instanceof Error ? cause.message : cause} in ${JSON.stringify(plan)}`, { cause });
    }
  });
  return tally;
}

/** Runs an accepted plan by hand: nothing throws, and an input whose type is *yes* fits. */
function walkThrough(one: Case): void {
  one.tally.accepted += 1;
  const examination = examine(one.decision, one.compiled, one.context);
  const { typing } = checkTypes(examination);
  const outputs: Record<string, JsonValue> = {};
  for (const id of topologicalOrder(examination.graph) ?? []) {
    const step = examination.steps.get(id)!;
    if (step.when !== null && !evaluateCondition(step.when, scopeOf(outputs)).holds) continue;
    const results = elementsOf(step, outputs)?.map((element, index) => {
      const scope = scopeOf(element === ABSENT ? outputs : { ...outputs, item: element, index }, index);
      return runByHand(step, scope, { one, typing });
    });
    if (results === undefined || results.includes(ABSENT)) continue;
    outputs[id] = (step.items === null ? results[0] : results) as JsonValue;
  }
}

/** One call: its output, or ABSENT where it is skipped or refused by the tool. */
function runByHand(step: CompiledStep, scope: Scope, { one, typing }: { one: Case; typing: Typing }) {
  const { tally, dice, tools } = one;
  const tool = tools.get(step.step.tool)!;
  const source = schemaOfValue(step.input, typing, { reader: readerOf(step, typing) });
  const isSure = relate(source, tool.inputSchema) === "yes";
  const input = resolveValue(step.input, scope);
  if (input.kind !== "value") return ABSENT;
  const { ok } = tool.checkInput(input.value);
  const shown = JSON.stringify(input.value);
  if (isSure && !ok) throw new Error(`step ${step.step.id}: judged 'yes', but ${shown} is refused`);
  if (isSure) tally.sure += 1;
  return ok ? conformingValue(tool.outputSchema, dice) : ABSENT;
}

function readerOf(step: CompiledStep, typing: Typing): Reader {
  if (step.items === null) return { step, item: null };
  const list = schemaOfValue(step.items, typing, { reader: { step, item: null } });
  const found = schemaAtPath(list, [{ kind: "at", index: 0 }]);
  if (found.kind === "missing") return { step, item: null };
  return { step, item: { schema: found.schema, isAdvisory: false, isUncertain: false } };
}

/** What a step runs for: its elements, `[ABSENT]` without forEach, null where it does not run. */
function elementsOf(step: CompiledStep, outputs: Record<string, JsonValue>): (JsonValue | typeof ABSENT)[] | null {
  if (step.items === null) return [ABSENT];
  const list = resolveValue(step.items, scopeOf(outputs));
  return list.kind === "value" && Array.isArray(list.value) ? list.value : null;
}

function judgeClaim(issue: Issue, one: Case): void {
  if (issue.severity !== "error") return;
  if (issue.code === "PLAN_TYPE_MISMATCH" || issue.code === "PLAN_BAD_VALUE") judgeType(issue, one);
  if (issue.code === "PLAN_BAD_REF") judgePath(issue, one);
}

/** Every conforming set of outputs makes an input that the tool refuses. */
function judgeType(issue: Issue, one: Case): void {
  const step = one.compiled.steps.find(({ pointer }) => issue.path.startsWith(`${pointer}/input`));
  // A default of the wrong type is refused although its source may be there.
  if (step === undefined || JSON.stringify(step.step.input).includes('"default"')) return;
  const tool = one.tools.get(step.step.tool)!;
  for (const input of sampleInputs(step, one)) {
    const shown = JSON.stringify(input);
    // Where nothing but an empty list would do, the checker says no as well (`onlyEmptyListFits`).
    if (shown.includes("[]")) continue;
    if (tool.checkInput(input).ok) throw new Error(`${issue.code} at ${issue.path}, but ${shown} fits`);
    one.tally.wrong += 1;
  }
}

function sampleInputs(step: CompiledStep, one: Case): JsonValue[] {
  const inputs: JsonValue[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const outputs = sampleOutputs(one);
    for (const [index, element] of (elementsOf(step, outputs) ?? []).entries()) {
      const roots = element === ABSENT ? outputs : { ...outputs, item: element, index };
      const input = resolveValue(step.input, scopeOf(roots, index));
      if (input.kind === "value") inputs.push(input.value);
    }
  }
  return inputs;
}

/** In no conforming value is anything at the path. */
function judgePath(issue: Issue, one: Case): void {
  const all = [...one.compiled.steps.flatMap(({ references }) => references), ...one.compiled.references];
  const found = all.filter(({ pointer, path }) => pointer === issue.path && issue.message.includes(`'${path.text}'`));
  for (const { path } of found.slice(0, 1)) {
    for (let sample = 0; sample < SAMPLES; sample++) {
      const root = sampleOutputs(one)[path.root];
      if (root === undefined) return;
      const value = readPath(root, path.segments, 0);
      const isNothing = value === ABSENT || (Array.isArray(value) && value.length === 0);
      if (!isNothing) throw new Error(`${issue.path}: '${path.text}' is ${JSON.stringify(value)} (${issue.message})`);
      one.tally.paths += 1;
    }
  }
}

/** An output for every step, as if all of them had run. */
function sampleOutputs({ compiled, tools, dice }: Case): Record<string, JsonValue> {
  const outputs: Record<string, JsonValue> = {};
  for (const { step } of compiled.steps) {
    const { outputSchema } = tools.get(step.tool)!;
    const isList = step.forEach !== undefined;
    const list = (): JsonValue[] => Array.from({ length: dice.number(4) }, () => conformingValue(outputSchema, dice));
    outputs[step.id] = isList ? list() : conformingValue(outputSchema, dice);
  }
  return outputs;
}
