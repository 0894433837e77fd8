/**
 * A plan that was carried out, as a workflow that can be carried out again. Owns: which of its literals become params.
 * Must not: check the result (the compiler and the plan checker do), or read runs.
 */

import type { Budget } from "../goal/run-request.ts";
import type { Criterion, RecoveryRule, RunRules } from "../goal/run-rules.ts";
import { compileValue } from "../plan/compile-value.ts";
import { OPERATORS, type Step } from "../plan/decision.ts";
import { formatPath, parsePath } from "../plan/path.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { isSameJson } from "../shared/same-json.ts";
import { createLiterals, type Literals } from "./promote-literals.ts";
import { mapPaths } from "./walk-form.ts";
import type { Param, ParamType, Workflow, WorkflowStep } from "./workflow.ts";

export interface Promotion {
  name: string;
  /** In the order of the plan; ids as they were. */
  steps: Step[];
  output: JsonValue | undefined;
  goal: string;
  params: JsonObject;
  /** Whether what a step's tool gives follows from the very values of its input, which then must stay as they are. */
  hangsOnInput: (tool: string) => boolean;
  /** Of the run; a plan of a workflow keeps them. */
  rules: RunRules;
  /** Limits without which the workflow could not do what the run did. */
  budget: Partial<Budget>;
  /** False: only values of the run's own params become params. */
  withGoal: boolean;
}

/**
 * Every literal that equals a value of the run's params refers to that param; texts and numbers of inputs and conditions
 * that the goal mentions become params with that literal as default, and so does the goal where steps refer to it.
 */
export function promotePlan(promotion: Promotion): Workflow {
  const { name, steps, output, goal, params, withGoal, budget } = promotion;
  const declared: Record<string, Param> = {};
  for (const [param, value] of Object.entries(params)) declared[param] = { type: typeOf(value), default: value };
  const literals = createLiterals({ goal: withGoal ? goal : "", params, declared });
  const literal = steps.map((step) => promoteStep(step, promotion, literals));
  // Every part of it may declare the goal: the params are written last.
  const replace = createReplacement(promotion, declared);
  const promoted = literal.map((step) => mapEverywhere(step as unknown as JsonValue, replace));
  const result = output === undefined ? {} : { output: mapEverywhere(output, replace) };
  const rules = rulesOf(promotion, replace);
  return {
    name,
    version: 1,
    description: `Made from a run: ${goal}`.slice(0, 300),
    ...(Object.keys(declared).length === 0 ? {} : { params: declared }),
    ...(Object.keys(budget).length === 0 ? {} : { budget }),
    steps: promoted as unknown as WorkflowStep[],
    ...result,
    ...rules,
  };
}

/** All that name a step which is there, or none. */
function rulesOf({ rules, steps }: Promotion, replace: Replace): Partial<Workflow> {
  const ids = new Set(steps.map(({ id }) => id));
  const recovery = rules.recovery.filter(({ step }) => step === undefined || ids.has(step));
  const observe = rules.observe.filter(({ after }) => ids.has(after));
  return {
    ...(recovery.length === 0 ? {} : { recovery: recovery.map((rule) => mapRecovery(rule, replace)) }),
    ...(rules.success.length === 0 ? {} : { success: rules.success.map((one) => mapCriterion(one, replace)) }),
    ...(observe.length === 0 ? {} : { observe }),
    ...(Object.keys(rules.targets).length === 0 ? {} : { targets: rules.targets }),
  };
}

function mapRecovery(rule: RecoveryRule, replace: Replace): RecoveryRule {
  if (rule.input === undefined) return rule;
  return { ...rule, input: mapEverywhere(rule.input, replace) as JsonObject };
}

function mapCriterion(criterion: Criterion, replace: Replace): Criterion {
  if ("check" in criterion) return { ...criterion, check: mapEverywhere(criterion.check, replace) as JsonObject };
  if (!("schema" in criterion) || criterion.ref === undefined) return criterion;
  return { ...criterion, ref: mapReferenceText(criterion.ref, replace) };
}

export function typeOf(value: JsonValue): ParamType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
  return typeof value === "object" ? "object" : (typeof value as "string" | "boolean");
}

function promoteStep(step: Step, { hangsOnInput, rules }: Promotion, literals: Literals): Step {
  const isFixed = hangsOnInput(step.tool);
  const fields = Object.entries(step.input).map(([key, value]): [string, JsonValue] => {
    return [key, promoteValue(value, { key, literals, step: step.id, mayUseGoal: !isFixed, isFixed })];
  });
  const when =
    step.when === undefined
      ? {}
      : { when: promoteCondition(step.when, { key: "", literals, step: step.id, mayUseGoal: false, isFixed: true }) };
  return { ...step, input: Object.fromEntries(fields), ...when, ...rules.steps[step.id] };
}

interface Place {
  /** Nearest key: what a param made here is called after. */
  key: string;
  step: string;
  literals: Literals;
  /** Values right here may become params of their own. */
  mayUseGoal: boolean;
  /** What stands here may be part of a query's shape: only operands, counts and lists of values are replaced. */
  isFixed: boolean;
}

const OPERANDS: ReadonlySet<string> = new Set([
  ...OPERATORS.filter((operator) => operator !== "exists" && operator !== "empty"),
  "take",
  "values",
]);

function promoteValue(value: JsonValue, place: Place): JsonValue {
  if (isForm(value)) return promoteLiteral(value, place);
  const isOpen = !place.isFixed || OPERANDS.has(place.key);
  const found = isOpen ? place.literals.find(value, { ...place, mayUseGoal: place.mayUseGoal || place.isFixed }) : null;
  if (found !== null) return found;
  if (Array.isArray(value)) {
    return value.map((item) =>
      promoteValue(item, { ...place, mayUseGoal: place.mayUseGoal && place.key === "values" }),
    );
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, promoteValue(field, { ...place, key, mayUseGoal: false })]),
  );
}

/** The operands of a condition are values; its subject is no literal. */
function promoteCondition(condition: JsonObject, place: Place): JsonObject {
  const entries = Object.entries(condition).map(([key, part]): [string, JsonValue] => {
    if (key === "ref" || key === "field") return [key, part];
    if (OPERANDS.has(key)) return [key, promoteValue(part, { ...place, key })];
    if (Array.isArray(part)) return [key, part.map((one) => (isJsonObject(one) ? promoteCondition(one, place) : one))];
    return [key, isJsonObject(part) ? promoteCondition(part, place) : part];
  });
  return Object.fromEntries(entries);
}

function isForm(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  return ["ref", "template", "literal"].some((key) => Object.hasOwn(value, key)) && Object.keys(value).length <= 2;
}

function promoteLiteral(value: JsonValue, { literals }: Place): JsonValue {
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, "literal")) return literals.param(value.literal ?? null) ?? value;
  if (!Object.hasOwn(value, "default")) return value;
  const fallback = literals.param(value.default ?? null);
  return fallback === null ? value : { ...value, default: fallback };
}

type Replace = Parameters<typeof mapPaths>[1];

/** The run's goal is a param of the workflow, whose own goal says something else. */
function createReplacement({ goal }: Promotion, declared: Record<string, Param>): Replace {
  let name: string | null = null;
  return (path) => {
    if (path.root !== "goal") return path;
    name ??= goalParam(declared, goal);
    return { ...path, root: "params", segments: [{ kind: "key", key: name }, ...path.segments] };
  };
}

/** A step is no value: its condition has subjects beside operators, its input may have an argument called `ref`. */
function mapEverywhere(value: JsonValue, replace: Replace): JsonValue {
  if (isForm(value) && compileValue(value, "").issues.length === 0) return mapPaths(value, replace) ?? value;
  if (Array.isArray(value)) return value.map((item) => mapEverywhere(item, replace));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, field]): [string, JsonValue] => {
    if (key !== "ref" || typeof field !== "string") return [key, mapEverywhere(field, replace)];
    return [key, mapReferenceText(field, replace)];
  });
  return Object.fromEntries(entries);
}

/** As it is where it does not change: a path may be written in several ways. */
function mapReferenceText(ref: string, replace: Replace): string {
  const parsed = parsePath(ref);
  if (!parsed.ok) return ref;
  const next = replace(parsed.path);
  return next === null || next === parsed.path ? ref : formatPath(next);
}

function goalParam(declared: Record<string, Param>, goal: string): string {
  const known = Object.entries(declared).find(([, param]) => isSameJson(param.default, goal));
  if (known !== undefined) return known[0];
  for (let number = 0; ; number++) {
    const name = number === 0 ? "goal" : number === 1 ? "goal_text" : `goal_text_${number}`;
    if (Object.hasOwn(declared, name)) continue;
    declared[name] = { type: "string", default: goal };
    return name;
  }
}
