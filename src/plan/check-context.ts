/**
 * What the plan checker is told about the run. Owns: the shapes that callers fill in and get back.
 * Must not: hold anything of one pass.
 */
import type { Issue } from "../error/issue.ts";
import type { Verdict } from "../policy/authorize.ts";
import type { Label } from "../policy/label.ts";
import type { JsonObject, JsonSchema } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import type { CompiledPlan } from "./compile-plan.ts";
import type { OnFailure } from "./decision.ts";
import type { Groups, PlanGraph } from "./plan-graph.ts";

/** A step that the run had before this decision. */
export interface KnownStep {
  /** Hash of its canonical definition (`canonicalStep`). */
  definition: string;
  /** `pending`, `active` and `unknown` ones are dropped by a plan that does not name them; `dropped` ones are gone. */
  status: "completed" | "unmet" | "skipped" | "failed" | "pending" | "active" | "unknown" | "dropped";
  /** Its tool was called, must not be called twice and did not complete: the step cannot run again. */
  isSpent?: boolean;
  /** Schema of its output (a list for forEach); null where it is not known. */
  outputSchema: JsonSchema | null;
  /** Label of its output, where it has one. */
  label?: Label;
}

/** A step as the policy sees it before the run: `input` still holds its forms, `label` is a forecast. */
export interface StepFacts {
  step: string;
  tool: Tool;
  input: JsonObject;
  /** Join of everything the input can be made of. */
  label: Label;
  /** Label of the plan's own literals. */
  planLabel: Label;
}

export interface CheckContext {
  tools: Pick<ToolRegistry, "get" | "names">;
  /** Steps of earlier plans, by id. */
  known: ReadonlyMap<string, KnownStep>;
  /** How many documents the run has; null where that is not known yet. */
  documents: number | null;
  /** Types of the parameters; null: as they are in `params`. */
  paramsSchema: JsonSchema | null;
  params: JsonObject;
  /** What the run's output must satisfy, or null. */
  outputSchema: JsonSchema | null;
  /** Most steps that one plan may have. */
  maxSteps: number;
  /** Which steps would need an approval, or never run. */
  policy: (facts: StepFacts) => Verdict;
  /** A person's plan: its literals are trusted unless `planLabel` says otherwise. */
  isPersonal: boolean;
  /** Label of the plan's literals; by default trusted for a person's plan, else untrusted with origin `planner`. */
  planLabel?: Label;
  /** What a failure does where the step does not say; `replan` by default. */
  defaultOnFailure?: OnFailure;
  /** Groups of a workflow: id → ids of its members. */
  groups?: Groups;
}

export interface CheckResult {
  /** Errors and warnings, in the order of the passes: what comes first is likelier the cause. */
  issues: Issue[];
  /** Null where the decision is no plan and no finish, or has errors. */
  compiled: CompiledPlan | null;
  /** Null where there is no plan to draw; also there for plans with errors. */
  graph: PlanGraph | null;
  /** Steps that will wait for a person, with the rule that says so. */
  approvals: { step: string; rule: string }[];
}
