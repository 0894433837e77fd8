/**
 * How an accepted decision changes the ledger (KERNEL 7): finished steps stay, steps that the new plan does not
 * mention are dropped, failed ones that it names run again. Owns: the step table over revisions.
 */
import type { EntryOf } from "../journal/entries.ts";
import { storedValue } from "../journal/store.ts";
import { canonicalSteps } from "../plan/canonical-step.ts";
import { compileStep } from "../plan/compile-plan.ts";
import type { Decision, PlanDecision, Step } from "../plan/decision.ts";
import { buildPlanGraph, remainingWeights } from "../plan/plan-graph.ts";
import { joinLabels } from "../policy/label.ts";
import { confirmEarlySteps } from "./apply-early-step.ts";
import { type Call, type Ledger, type StepState, toolCalls } from "./ledger.ts";
import { setCallStatus } from "./ledger-tallies.ts";
import { repeatCall } from "./new-ledger.ts";
import { isSettled, startSources, tally } from "./settle-step.ts";
import { createStep, dropStep } from "./step-table.ts";

type Accepted = EntryOf<"decision.accepted">;

export function applyAccepted(ledger: Ledger, entry: Accepted): void {
  const decision = storedValue(entry.data.decision, ledger.readBlob) as Decision;
  ledger.lastDecision = decision;
  ledger.open = null;
  ledger.review = null;
  ledger.lastRejection = null;
  ledger.fruitlessOwners = 0;
  ledger.planLabel = entry.data.label;
  ledger.revision = entry.data.revision;
  if (decision.kind === "plan") applyPlan(ledger, entry, decision);
  if (decision.kind === "finish") dropUnfinished(ledger, new Set());
}

function applyPlan(ledger: Ledger, entry: Accepted, plan: PlanDecision): void {
  const definitions = canonicalSteps(plan.steps, entry.data.onFailure);
  ledger.lastProposal = { unfinished: unfinishedSteps(ledger, definitions), progress: ledger.progress };
  ledger.plan = plan;
  dropUnfinished(ledger, new Set(plan.steps.map((step) => step.id)));
  for (const [place, step] of plan.steps.entries()) {
    const known = ledger.steps.get(step.id);
    const definition = definitions.get(step.id) ?? "";
    if (known === undefined) addStep(ledger, step, { entry, place, definition });
    else if (!isFinished(known)) reopen(ledger, known, { entry, place });
  }
  confirmEarlySteps(ledger, plan, entry.data.revision);
  linkSteps(ledger, plan);
}

function dropUnfinished(ledger: Ledger, mentioned: ReadonlySet<string>): void {
  for (const state of ledger.steps.values()) {
    if (!mentioned.has(state.id) && !isDone(state)) dropStep(ledger, state);
  }
}

/** Nothing is left to do: such steps stay as they are, and may be referred to. */
function isDone({ status, isDropped }: StepState): boolean {
  return isDropped || status === "completed" || status === "unmet" || status === "skipped";
}

/** Finished steps are never run again, whatever a later plan says (SAFETY R3). */
export function isFinished(step: StepState): boolean {
  return step.status === "completed";
}

/** Definitions of a plan's unfinished steps as one text: two equal ones without progress between are stuck. */
export function unfinishedSteps(ledger: Ledger, definitions: ReadonlyMap<string, string>): string {
  const open = [...definitions].filter(([id]) => ledger.steps.get(id)?.status !== "completed");
  return open
    .map(([id, definition]) => `${id} ${definition}`)
    .sort()
    .join("\n");
}

function addStep(ledger: Ledger, step: Step, at: { entry: Accepted; place: number; definition: string }): void {
  const { data } = at.entry;
  const state = createStep({
    compiled: compileStep(step, `/steps/${at.place}`).compiled,
    definition: at.definition,
    onFailure: step.onFailure ?? data.onFailure,
    facts: Object.hasOwn(data.tools, step.tool) ? (data.tools[step.tool] ?? null) : null,
    literalLabel: data.label,
    revision: data.revision,
    place: at.place,
  });
  ledger.steps.set(step.id, state);
  tally(ledger, state, 1);
}

/** Failed, unmet and skipped steps that a plan names again are judged and run anew; open ones go on as they are. */
function reopen(ledger: Ledger, step: StepState, { entry, place }: { entry: Accepted; place: number }): void {
  step.place = place;
  step.literalLabel = joinLabels(step.literalLabel, entry.data.label);
  if (step.status === "pending" || step.status === "active") return;
  tally(ledger, step, -1);
  step.status = "pending";
  delete ledger.statuses[step.id];
  step.earlier = step.fanOut?.elements ?? step.earlier;
  step.fanOut = null;
  step.call = repeatCall(step, null, step.call);
  tally(ledger, step, 1);
}

/** Who waits for whom within the current plan, and who comes first. */
function linkSteps(ledger: Ledger, plan: PlanDecision): void {
  ledger.dependents = new Map();
  const states = plan.steps.flatMap((step) => ledger.steps.get(step.id) ?? []);
  const graph = buildPlanGraph(states.map((state) => state.compiled));
  const remaining = remainingWeights(graph);
  for (const state of states) {
    state.priority = remaining.get(state.id) ?? 1;
    const { data, order } = graph.dependencies.get(state.id) ?? { data: [], order: [] };
    const open = [...data, ...order].filter((id) => isOpen(ledger.steps.get(id)));
    state.openSources = open.length;
    for (const id of open) {
      const waiting = ledger.dependents.get(id);
      if (waiting === undefined) ledger.dependents.set(id, [state.id]);
      else waiting.push(state.id);
    }
  }
  for (const state of states) if (state.openSources > 0) waitAgain(ledger, state);
  startSources(ledger, states);
}

/** Whether a reader has to wait for it; what is dropped comes no more. */
function isOpen(source: StepState | undefined): boolean {
  return source !== undefined && !source.isDropped && !isSettled(source);
}

/** A step whose source runs anew is judged anew; an approval that was asked for its old input is void. */
function waitAgain(ledger: Ledger, { call, status }: StepState): void {
  if (status !== "pending" || (call.status !== "ready" && call.status !== "waiting")) return;
  setCallStatus(ledger, call, "idle");
}

/** Every call of the run that may be under way or open: what a new owner looks at. */
export function openCalls(ledger: Ledger): Call[] {
  return [...ledger.steps.values()].flatMap(toolCalls).filter((call) => call.status === "running");
}
