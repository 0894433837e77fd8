/**
 * Compiles the steps and the output of a decision and lists what they refer to. Owns: the compiled step.
 * Must not: judge references, tools or types (the checker does).
 */
import type { Issue } from "../error/issue.ts";
import { compileCondition } from "./compile-condition.ts";
import { type CompiledObject, compileInput, compileValue } from "./compile-value.ts";
import type { CompiledCondition, CompiledValue, Path, Reference } from "./compiled.ts";
import type { FinishDecision, PlanDecision, Step } from "./decision.ts";

export interface CompiledStep {
  step: Step;
  /** Place of the step in the decision, such as `/steps/2`. */
  pointer: string;
  /** Always a map with one field per argument, also where all of it is constant. */
  input: CompiledObject;
  /** Null where the step has none, or one that does not compile. */
  when: CompiledCondition | null;
  /** The list of `forEach`. */
  items: CompiledValue | null;
  after: readonly string[];
  /** Every reference of input, items and when, in that order. */
  references: Reference[];
}

export interface CompiledPlan {
  steps: CompiledStep[];
  /** Null where the decision has no output. */
  output: CompiledValue | null;
  /** References of the output. */
  references: Reference[];
}

interface Compilation {
  compiled: CompiledStep;
  issues: Issue[];
}

/** Steps never change, and the same ones are compiled to be checked, to be carried out, and for the output. */
const COMPILED = new WeakMap<Step, Compilation>();

/** Compiles one step that stands at `pointer`; issues are those of values, paths and conditions. */
export function compileStep(step: Step, pointer: string): Compilation {
  const known = COMPILED.get(step);
  if (known?.compiled.pointer === pointer) return known;
  const compilation = compile(step, pointer);
  COMPILED.set(step, compilation);
  return compilation;
}

function compile(step: Step, pointer: string): Compilation {
  const input = compileInput(step.input, `${pointer}/input`);
  const items = step.forEach === undefined ? null : compileValue(step.forEach.items, `${pointer}/forEach/items`);
  const when = step.when === undefined ? null : compileCondition(step.when, `${pointer}/when`, { inside: "when" });
  const compiled: CompiledStep = {
    step,
    pointer,
    input: input.value,
    when: when?.condition ?? null,
    items: items?.value ?? null,
    after: step.after ?? [],
    references: [
      ...listReferences(input.value, "input"),
      ...(items === null ? [] : listReferences(items.value, "items")),
      ...(when?.condition ? listConditionReferences(when.condition) : []),
    ],
  };
  return { compiled, issues: [...input.issues, ...(items?.issues ?? []), ...(when?.issues ?? [])] };
}

interface PlanCompilation {
  plan: CompiledPlan;
  issues: Issue[];
}

/** Decisions never change either; a run asks when it checks one and when it resolves its output. */
const COMPILED_PLANS = new WeakMap<PlanDecision | FinishDecision, PlanCompilation>();

/** Compiles all steps and the output; a `finish` decision is a plan without steps. */
export function compilePlan(decision: PlanDecision | FinishDecision): PlanCompilation {
  const known = COMPILED_PLANS.get(decision);
  if (known !== undefined) return known;
  const compilation = compileAll(decision);
  COMPILED_PLANS.set(decision, compilation);
  return compilation;
}

function compileAll(decision: PlanDecision | FinishDecision): PlanCompilation {
  const issues: Issue[] = [];
  const steps: CompiledStep[] = [];
  for (const [place, step] of (decision.kind === "plan" ? decision.steps : []).entries()) {
    const one = compileStep(step, `/steps/${place}`);
    steps.push(one.compiled);
    for (const issue of one.issues) issues.push(issue);
  }
  const output = decision.output === undefined ? null : compileValue(decision.output, "/output");
  for (const issue of output?.issues ?? []) issues.push(issue);
  const references = output === null ? [] : listReferences(output.value, "output");
  return { plan: { steps, output: output?.value ?? null, references }, issues };
}

/**
 * Every reference of a value, in the order written; those below a `default` have the use `fallback`, but stay
 * `when` inside a condition. A template's paths carry the template's pointer.
 */
export function listReferences(value: CompiledValue, use: Reference["use"]): Reference[] {
  const found: Reference[] = [];
  collect(value, use, found);
  return found;
}

function collect(value: CompiledValue, use: Reference["use"], found: Reference[]): void {
  if (value.kind === "ref") {
    found.push({ path: value.path, pointer: `${value.pointer}/ref`, use, hasFallback: value.fallback !== null });
    if (value.fallback !== null) collect(value.fallback, use === "when" ? "when" : "fallback", found);
  } else if (value.kind === "template") {
    const paths = value.parts.filter((part): part is Path => typeof part !== "string");
    for (const path of paths) found.push({ path, pointer: `${value.pointer}/template`, use, hasFallback: false });
  } else {
    for (const part of partsOf(value)) collect(part, use, found);
  }
}

function partsOf(value: CompiledValue): readonly CompiledValue[] {
  if (value.kind === "list") return value.items;
  return value.kind === "object" ? value.fields.map(([, field]) => field) : [];
}

/** Every reference of a condition: subjects and operands. */
export function listConditionReferences(condition: CompiledCondition): Reference[] {
  if (condition.kind === "combine") return condition.conditions.flatMap(listConditionReferences);
  const { subject, pointer } = condition;
  const found: Reference[] = [];
  if (subject.kind === "ref") {
    found.push({ path: subject.path, pointer: `${pointer}/ref`, use: "when", hasFallback: false });
  }
  if (condition.kind === "compare") collect(condition.operand, "when", found);
  else found.push(...listConditionReferences(condition.condition));
  return found;
}
