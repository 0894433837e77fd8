/**
 * Compiles a workflow to the one plan language: groups and nested workflows become steps of one plan, params get their
 * values, everything else becomes the run's rules. Owns: the order of the passes and the hash. Must not: judge what the
 * plan checker judges (`relocate` brings its issues back into the file), or read files.
 */
import { hasErrors, type Issue } from "../error/issue.ts";
import type { Budget } from "../goal/run-request.ts";
import type { RunRules } from "../goal/run-rules.ts";
import { briefIssues } from "../plan/brief-issues.ts";
import type { PlanDecision } from "../plan/decision.ts";
import { examineJson } from "../plan/json-limits.ts";
import { PERSONAL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import { hashJson } from "../shared/hash.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { bindParams } from "./bind-params.ts";
import { type Emission, emitFrame } from "./emit-steps.ts";
import { checkCause, expandRules } from "./expand-rules.ts";
import { createExpansion, type Expansion, type Frame, nearest, relocate } from "./expansion.ts";
import { buildFrame } from "./frame.ts";
import { checkNestedParams, createForms } from "./nested-forms.ts";
import { type Outline, outlineOf } from "./outline.ts";
import type { Forms } from "./resolve-path.ts";
import { rewriteValue } from "./rewrite-value.ts";
import { isGroup, isNested, type Workflow, type WorkflowStep } from "./workflow.ts";
import {
  createWorkflowLibrary,
  entryOf,
  refuseIssues,
  type WorkflowEntry,
  type WorkflowLibrary,
} from "./workflow-library.ts";

export interface CompileOptions {
  /** Where nested workflows are found; nowhere by default. */
  library?: WorkflowLibrary;
  /** Values of its params, beside the defaults. */
  params?: JsonObject;
}

export interface CompiledWorkflow {
  name: string;
  version: number;
  /** `sha256:…` of the canonical file and of all that are nested in it. */
  hash: string;
  decision: PlanDecision;
  /** Every declared param with its value. */
  params: JsonObject;
  /** By ids of the plan. */
  rules: RunRules;
  /** Only what the file sets. */
  budget: Partial<Budget>;
  outline: Outline[];
  /** An issue that the plan checker found in `decision`, with its place in the file. */
  relocate(issue: Issue): Issue;
}

export interface Compilation {
  /** Null exactly where an issue is an error. */
  compiled: CompiledWorkflow | null;
  /** Paths lead into the file. */
  issues: Issue[];
}

/** Throws the first error's code, with all issues. */
export function compileWorkflow(given: Workflow | WorkflowEntry, options: CompileOptions = {}): CompiledWorkflow {
  const entry = "source" in given ? given : entryOf(given);
  refuseIssues(entry, entry.issues);
  if (entry.workflow === null) throw new Error("a workflow without issues is there");
  const { compiled, issues } = expandWorkflow(entry.workflow, options);
  refuseIssues(entry, issues);
  if (compiled === null) throw new Error("a workflow without errors compiles");
  return compiled;
}

/**
 * The same as a list of issues. PLAN_CYCLE, PLAN_DUPLICATE_ID, PLAN_RESERVED_ID, PLAN_BAD_REF, PLAN_BAD_SCOPE, PLAN_BAD_FORM,
 * PLAN_BAD_VALUE, PLAN_TOO_LARGE for what does not fit together; VALIDATION for params.
 */
export function expandWorkflow(
  workflow: Workflow,
  { library = createWorkflowLibrary([]), params: given = {} }: CompileOptions,
): Compilation {
  const expansion = createExpansion(library);
  const frame = buildFrame(expansion, workflow);
  checkRetries(expansion, frame);
  const params = bindParams(workflow, given);
  expansion.issues.push(...params.issues);
  if (hasErrors(expansion.issues)) return { compiled: null, issues: finish(expansion, workflow) };
  const forms = createForms(expansion);
  checkNestedParams(expansion, forms, frame);
  if (hasErrors(expansion.issues)) return { compiled: null, issues: finish(expansion, workflow) };
  const { decision, rules } = emitPlan(expansion, forms, frame);
  const tooLarge = examineJson(decision, PERSONAL_PLAN_LIMITS).finding;
  if (tooLarge !== null || decision.steps.length > PERSONAL_PLAN_LIMITS.maxSteps)
    expansion.issues.push(tooLargePlan(tooLarge?.what));
  const issues = finish(expansion, workflow);
  if (hasErrors(issues)) return { compiled: null, issues };
  const { name, version, budget = {} } = workflow;
  const compiled: CompiledWorkflow = {
    name,
    version,
    hash: hashOf(workflow, expansion),
    decision,
    params: params.values,
    rules,
    outline: outlineOf(frame),
    budget: budget as Partial<Budget>,
    relocate: (issue) => relocate(issue, expansion, workflow as JsonValue),
  };
  return { compiled, issues };
}

function emitPlan(expansion: Expansion, forms: Forms, frame: Frame): { decision: PlanDecision; rules: RunRules } {
  const { workflow } = frame;
  const emission: Emission = { expansion, forms, rules: {}, guards: new Map() };
  emitFrame(emission, frame);
  const rules = expandRules(emission, frame);
  const place = { file: "/output", plan: "/output" };
  const output =
    workflow.output === undefined
      ? {}
      : { output: rewriteValue(workflow.output, place, { expansion, frame, forms, hasElement: false }) };
  const rationale = workflow.description ?? `Workflow ${workflow.name}, version ${workflow.version}.`;
  return { decision: { kind: "plan", rationale, steps: expansion.steps, then: "finish", ...output }, rules };
}

function finish({ issues }: Expansion, workflow: Workflow): Issue[] {
  return briefIssues(issues.map((issue) => ({ ...issue, path: nearest(workflow as JsonValue, issue.path) })));
}

function tooLargePlan(what = "too many steps"): Issue {
  const message = `The plan that the workflow stands for holds ${what}.`;
  const hint = "Nest less, or split the work into several runs.";
  return { severity: "error", code: "PLAN_TOO_LARGE", path: "/steps", message, hint, fix: null };
}

function checkRetries(expansion: Expansion, frame: Frame): void {
  for (const { retry, pointer } of ownSteps(frame.workflow)) {
    for (const [place, name] of (retry?.on ?? []).entries()) {
      checkCause({ expansion }, { frame, pointer: `${pointer}/retry/on/${place}`, name });
    }
  }
  for (const child of frame.nested.values()) checkRetries(expansion, child);
}

/** Steps and members of groups, with their places. */
function ownSteps({ steps }: Workflow): (WorkflowStep & { pointer: string })[] {
  return steps.flatMap((node, place) => {
    const pointer = `/steps/${place}`;
    if (isNested(node)) return [];
    if (!isGroup(node)) return [{ ...node, pointer }];
    return node.parallel.map((step, at) => ({ ...step, pointer: `${pointer}/parallel/${at}` }));
  });
}

function hashOf(workflow: Workflow, { nested }: Expansion): string {
  return nested.size === 0 ? hashJson({ workflow }) : hashJson({ workflow, nested: Object.fromEntries(nested) });
}
