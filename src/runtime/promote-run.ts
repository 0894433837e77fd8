/**
 * A run's plan as a workflow. Owns: which of its limits it needs, and that the workflow is a right one. Must not: write
 * files.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Document } from "../goal/document.ts";
import { type Budget, DEFAULT_BUDGET } from "../goal/run-request.ts";
import { NO_RULES } from "../goal/run-rules.ts";
import { readDocument } from "../run/ledger-scope.ts";
import { parseWorkflow } from "../workflow/parse-workflow.ts";
import { promotePlan } from "../workflow/promote-plan.ts";
import { WORKFLOW_NAME, type Workflow } from "../workflow/workflow.ts";
import { refuseIssues } from "../workflow/workflow-library.ts";
import { carriedOutPlan } from "./carried-out-plan.ts";
import { readState } from "./command-run.ts";
import { checkRequest, withoutUndefined } from "./run-request.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";
import { useWorkflow } from "./use-workflow.ts";

export interface PromoteOptions {
  /** Of the workflow; made from the goal by default. */
  name?: string;
}

/** Throws NOT_FOUND, JOURNAL_CORRUPT; VALIDATION for a run that has not ended, and one without a plan. */
export async function promoteRun(
  environment: RuntimeEnvironment,
  run: string,
  { name }: PromoteOptions,
): Promise<Workflow> {
  const { state } = await readState(environment, run);
  const { ledger } = state;
  const { goal, params, rules = NO_RULES } = ledger.accepted;
  if (name !== undefined && !WORKFLOW_NAME.test(name)) {
    throw refuse(
      run,
      `'${name.slice(0, 80)}' is no name for a workflow.`,
      "Write a letter, then letters, digits, - and _, all in lower case.",
    );
  }
  if (ledger.ended === null)
    throw refuse(run, `Run '${run}' has not ended.`, "Promote it once it has; planwright runs lists those that have.");
  const { steps, output } = carriedOutPlan(ledger);
  if (steps.length === 0)
    throw refuse(run, `Run '${run}' carried out no plan.`, "Only plans with steps become workflows.");
  const hangsOnInput = (tool: string): boolean => environment.tools.get(tool)?.inferOutput != null;
  const budget = budgetOf(ledger.accepted.budget, environment.budget);
  const known = { name: name ?? nameFrom(goal), steps, output, goal, params, rules, budget, hangsOnInput };
  const promote = (withGoal: boolean): Workflow => checked(promotePlan({ ...known, withGoal }));
  const documents = ledger.accepted.documents.map((_, place) => readDocument(ledger, place) as unknown as Document);
  const bold = promote(true);
  if ((await whyRefused(environment, bold, documents)) === null) return bold;
  const plain = promote(false);
  const problem = await whyRefused(environment, plain, documents);
  if (problem !== null) throw problem;
  return plain;
}

/** What a request would not have by itself: a workflow has to be able to do what the run did. */
function budgetOf(budget: Budget, defaults: Partial<Budget>): Partial<Budget> {
  const usual = { ...DEFAULT_BUDGET, ...withoutUndefined(defaults) };
  const names = Object.keys(DEFAULT_BUDGET) as (keyof Budget)[];
  return Object.fromEntries(names.filter((name) => budget[name] > usual[name]).map((name) => [name, budget[name]]));
}

function checked(workflow: Workflow): Workflow {
  const parsed = parseWorkflow(workflow);
  refuseIssues({ name: workflow.name, lineOf: () => null }, parsed.issues);
  return parsed.workflow ?? workflow;
}

/** Why it would be refused on the same documents, or null. */
async function whyRefused(
  environment: RuntimeEnvironment,
  workflow: Workflow,
  documents: Document[],
): Promise<PlanwrightError | null> {
  try {
    await useWorkflow(environment, checkRequest({ workflow, documents }, environment.budget));
    return null;
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return thrown;
    throw thrown;
  }
}

/** The first words of the goal. */
function nameFrom(goal: string): string {
  const words = goal.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const name = words
    .slice(0, 5)
    .join("_")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40);
  return WORKFLOW_NAME.test(name) ? name : "promoted";
}

function refuse(runId: string, message: string, hint: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", message, { hint, runId });
}
