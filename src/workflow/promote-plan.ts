/**
 * A plan that was carried out, as a workflow that can be carried out again. Owns: which of its literals become params.
 * Must not: check the result (the compiler and the plan checker do), or read runs.
 */

import type { RunRules } from "../goal/run-rules.ts";
import { compileValue } from "../plan/compile-value.ts";
import { OPERATORS, type Step } from "../plan/decision.ts";
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
  /** False: only values of the run's own params become params. */
  withGoal: boolean;
}

/**
 * Every literal that equals a value of the run's params refers to that param; texts and numbers of inputs and conditions
 * that the goal mentions become params with that literal as default, and so does the goal where steps refer to it.
 */
export function promotePlan(promotion: Promotion): Workflow {
  const { name, steps, output, goal, params, withGoal } = promotion;
  const declared: Record<string, Param> = {};
  for (const [param, value] of Object.entries(params)) {
    const type = typeOf(value);
    if (type !== null) declared[param] = { type, default: value };
  }
  const literals = createLiterals({ goal: withGoal ? goal : "", params, declared });
  const promoted = steps.map((step) => promoteStep(step, promotion, literals));
  const result = output === undefined ? undefined : withoutGoal(output, promotion, declared);
  return {
    name,
    version: 1,
    description: `Made from a run: ${goal}`.slice(0, 300),
    ...(Object.keys(declared).length === 0 ? {} : { params: declared }),
    steps: promoted.map(
      (step) => withoutGoal(step as unknown as JsonValue, promotion, declared) as unknown as WorkflowStep,
    ),
    ...(result === undefined ? {} : { output: result }),
    ...rulesOf(promotion),
  };
}

/** All that name a step which is there, or none. */
function rulesOf({ rules, steps }: Promotion): Partial<Workflow> {
  const ids = new Set(steps.map(({ id }) => id));
  const recovery = rules.recovery.filter(({ step }) => step === undefined || ids.has(step));
  const observe = rules.observe.filter(({ after }) => ids.has(after));
  return {
    ...(recovery.length === 0 ? {} : { recovery }),
    ...(rules.success.length === 0 ? {} : { success: rules.success }),
    ...(observe.length === 0 ? {} : { observe }),
    ...(Object.keys(rules.targets).length === 0 ? {} : { targets: rules.targets }),
  };
}

export function typeOf(value: JsonValue): ParamType | null {
  if (value === null) return null;
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

/** The run's goal is a param of the workflow, whose own goal says something else. */
function withoutGoal(value: JsonValue, { goal }: Promotion, declared: Record<string, Param>): JsonValue {
  let name: string | null = null;
  const mapped = mapEverywhere(value, (path) => {
    if (path.root !== "goal") return path;
    name ??= goalParam(declared, goal);
    return { ...path, root: "params", segments: [{ kind: "key", key: name }, ...path.segments] };
  });
  return name === null ? value : mapped;
}

type Replace = Parameters<typeof mapPaths>[1];

/** A step is no value: its condition has subjects beside operators, its input may have an argument called `ref`. */
function mapEverywhere(value: JsonValue, replace: Replace): JsonValue {
  if (isForm(value) && compileValue(value, "").issues.length === 0) return mapPaths(value, replace) ?? value;
  if (Array.isArray(value)) return value.map((item) => mapEverywhere(item, replace));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([key, field]): [string, JsonValue] => {
    if (key !== "ref" || typeof field !== "string") return [key, mapEverywhere(field, replace)];
    const mapped = mapPaths({ ref: field }, replace);
    return [key, isJsonObject(mapped) ? (mapped.ref ?? field) : field];
  });
  return Object.fromEntries(entries);
}

function goalParam(declared: Record<string, Param>, goal: string): string {
  const known = Object.entries(declared).find(([, param]) => isSameJson(param.default, goal));
  if (known !== undefined) return known[0];
  const name = Object.hasOwn(declared, "goal") ? "goal_text" : "goal";
  declared[name] = { type: "string", default: goal };
  return name;
}
