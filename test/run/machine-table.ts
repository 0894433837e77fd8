/**
 * What the run machine has to do, written by hand from KERNEL.md (K…) and SAFETY.md (R…): from a state, an entry and
 * the counters that come with it, to a state and the effects in order. Counters that a row leaves out are zero.
 */
import type { Counters, MachineEvent, Verdict } from "../../src/run/run-machine.ts";
import type { MachineContext } from "./machine-drive.ts";

export interface Row {
  says: string;
  from: string;
  on: MachineEvent["type"];
  with?: Omit<Partial<MachineEvent>, "type" | "counters">;
  counters?: Partial<Counters>;
  context?: Partial<MachineContext>;
  to: string;
  effects?: string[];
  /** How the run is going to end, where that is decided here. */
  verdict?: Verdict;
  limit?: string;
  then?: "finish" | "replan";
}

const STOP = ["abortRunning", "endRun"];

const loop: Row[] = [
  { says: "a started run asks for a decision", from: "queued", on: "run.started", to: "replanning|resting", effects: ["requestDecision"] },
  { says: "the planner is called once the request is journalled", from: "replanning|resting", on: "decision.requested", to: "planning|resting", effects: ["callPlanner"] },
  { says: "an answer is checked", from: "planning|resting", on: "decision.received", to: "checking|resting", effects: ["checkDecision"] },
  { says: "a rejected try is repaired", from: "checking|resting", on: "decision.rejected", to: "repairing|resting", effects: ["requestDecision"] },
  { says: "a repair calls the planner again", from: "repairing|resting", on: "decision.requested", to: "planning|resting", effects: ["callPlanner"] },
  { says: "K8: the last rejected try fails the run", from: "checking|resting", on: "decision.rejected", with: { isLastTry: true }, to: "ending", effects: STOP, verdict: "failed" },
  { says: "an accepted plan runs", from: "checking|resting", on: "decision.accepted", with: { decision: "plan", then: "finish" }, counters: { startable: 2, unsettled: 3 }, to: "idle|executing", then: "finish" },
  { says: "a plan's `then` is kept", from: "checking|resting", on: "decision.accepted", with: { decision: "plan", then: "replan" }, counters: { startable: 1, unsettled: 1 }, to: "idle|executing", then: "replan" },
  { says: "a later plan's `then` replaces the earlier one's", from: "checking|resting", on: "decision.accepted", with: { decision: "plan", then: "finish" }, context: { then: "replan" }, counters: { startable: 1, unsettled: 1 }, to: "idle|executing", then: "finish" },
  { says: "finish needs no steps", from: "checking|resting", on: "decision.accepted", with: { decision: "finish" }, to: "finishing", effects: ["finishRun"] },
  { says: "a refusal fails the run", from: "checking|resting", on: "decision.accepted", with: { decision: "abandon" }, to: "ending", effects: STOP, verdict: "failed" },
  { says: "a question is journalled before anyone waits", from: "checking|resting", on: "decision.accepted", with: { decision: "ask" }, to: "asking|resting", effects: ["askQuestion"] },
];

const planEnd: Row[] = [
  { says: "K2: a plan of zero steps does not hang", from: "checking|resting", on: "decision.accepted", with: { decision: "plan", then: "finish" }, to: "finishing", effects: ["finishRun"] },
  { says: "K2: nor does one that asks on", from: "checking|resting", on: "decision.accepted", with: { decision: "plan", then: "replan" }, to: "replanning|resting", effects: ["requestDecision"] },
  { says: "the last step ends the plan", from: "idle|executing", on: "step.completed", to: "finishing", effects: ["finishRun"] },
  { says: "K7: then replan asks for the next decision", from: "idle|executing", on: "step.completed", context: { then: "replan" }, to: "replanning|resting", effects: ["requestDecision"] },
  { says: "a plan is not done while a dropped step's call still runs", from: "idle|executing", on: "step.completed", counters: { running: 1 }, to: "idle|executing" },
  { says: "a plan is not done while steps are open", from: "idle|executing", on: "step.completed", counters: { startable: 1, unsettled: 1 }, to: "idle|executing" },
  { says: "K10: a finished fan-out waits for its own outcome", from: "idle|executing", on: "step.completed", counters: { due: 1, unsettled: 1 }, to: "idle|executing" },
  { says: "K11: an output that does not fit asks again", from: "finishing", on: "decision.requested", to: "planning|resting", effects: ["callPlanner"] },
  { says: "a finished run is completed", from: "finishing", on: "run.ended", with: { status: "completed" }, to: "completed" },
  { says: "a bad output that cannot be replanned fails", from: "finishing", on: "run.ended", with: { status: "failed" }, to: "failed" },
  { says: "or exhausts", from: "finishing", on: "run.ended", with: { status: "exhausted" }, to: "exhausted" },
];

const waiting: Row[] = [
  { says: "K3: a step may run while the planner is at work", from: "planning|resting", on: "step.started", counters: { running: 1, unsettled: 1 }, to: "planning|executing" },
  { says: "K3: no waiting while a model call is open", from: "planning|executing", on: "step.completed", counters: { awaitingApproval: 1, unsettled: 1 }, to: "planning|resting" },
  { says: "K3: no waiting while the answer is checked", from: "checking|executing", on: "approval.requested", counters: { awaitingApproval: 1, unsettled: 1 }, to: "checking|resting" },
  { says: "K3: no waiting while a sibling runs", from: "idle|executing", on: "approval.requested", counters: { awaitingApproval: 1, running: 1, unsettled: 2 }, to: "idle|executing" },
  { says: "K3: no waiting while a sibling is ready", from: "idle|executing", on: "approval.requested", counters: { awaitingApproval: 1, startable: 1, unsettled: 2 }, to: "idle|executing" },
  { says: "only an approval is left", from: "idle|executing", on: "step.completed", counters: { awaitingApproval: 1, unsettled: 1 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "only an unknown outcome is left", from: "idle|executing", on: "step.unknown", counters: { unknown: 1, unsettled: 1 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "only a timer is left", from: "idle|executing", on: "step.failed", counters: { retrying: 1, unsettled: 1 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "an accepted plan may have to wait at once", from: "checking|resting", on: "decision.accepted", with: { decision: "plan", then: "finish" }, counters: { awaitingApproval: 1, unsettled: 1 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "the announcement itself changes nothing", from: "idle|waiting", on: "run.waiting", counters: { awaitingApproval: 1, unsettled: 1 }, to: "idle|waiting" },
  { says: "one of two approvals is not enough to finish", from: "idle|waiting", on: "approval.requested", counters: { awaitingApproval: 2, unsettled: 2 }, to: "idle|waiting" },
  { says: "a granted approval goes on", from: "idle|waiting", on: "approval.granted", counters: { startable: 1, unsettled: 1 }, to: "idle|executing", effects: ["announceResumed"] },
  { says: "a retry that starts goes on", from: "idle|waiting", on: "step.started", counters: { running: 1, unsettled: 1 }, to: "idle|executing", effects: ["announceResumed"] },
  { says: "a denied approval that is skipped may end the plan", from: "idle|waiting", on: "approval.denied", to: "finishing", effects: ["announceResumed", "finishRun"] },
  { says: "a denied approval may ask for a new plan", from: "idle|waiting", on: "approval.denied", counters: { toReplan: 1 }, to: "replanning|resting", effects: ["requestDecision", "announceResumed"] },
  { says: "K14: a person's answer settles an unknown outcome", from: "idle|waiting", on: "step.completed", to: "finishing", effects: ["announceResumed", "finishRun"] },
];

const questions: Row[] = [
  { says: "an asked question waits", from: "asking|resting", on: "question.asked", to: "asked|waiting", effects: ["announceWaiting"] },
  { says: "K3: but not while a step runs", from: "asking|executing", on: "question.asked", counters: { running: 1, unsettled: 1 }, to: "asked|executing" },
  { says: "it waits when that step is done", from: "asked|executing", on: "step.completed", to: "asked|waiting", effects: ["announceWaiting"] },
  { says: "a step that an approval sets free runs while the question is open", from: "asked|waiting", on: "approval.granted", counters: { startable: 1, unsettled: 1 }, to: "asked|executing", effects: ["announceResumed"] },
  { says: "an answer asks for the next decision", from: "asked|waiting", on: "question.answered", to: "replanning|resting", effects: ["requestDecision", "announceResumed"] },
  { says: "K3: and stops waiting, although an approval is open", from: "asked|waiting", on: "question.answered", counters: { awaitingApproval: 1, unsettled: 1 }, to: "replanning|resting", effects: ["requestDecision", "announceResumed"] },
];

const failures: Row[] = [
  { says: "K8: after a failure running steps finish", from: "idle|executing", on: "step.failed", counters: { toReplan: 1, running: 2, unsettled: 2 }, to: "idle|draining" },
  { says: "K8: and ready reads go on", from: "idle|draining", on: "step.completed", counters: { toReplan: 1, startable: 1, unsettled: 1 }, to: "idle|draining" },
  { says: "K8: and a retry is waited for", from: "idle|draining", on: "step.failed", counters: { toReplan: 1, retrying: 1, unsettled: 1 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "K8: and a fan-out's outcome is journalled", from: "idle|draining", on: "step.failed", counters: { toReplan: 1, due: 1, unsettled: 1 }, to: "idle|draining" },
  { says: "K8: then the planner is asked once", from: "idle|draining", on: "step.completed", counters: { toReplan: 2 }, to: "replanning|resting", effects: ["requestDecision"] },
  { says: "K8: at once where nothing runs", from: "idle|executing", on: "step.failed", counters: { toReplan: 1 }, to: "replanning|resting", effects: ["requestDecision"] },
  { says: "K8: an open approval does not delay the replan, nor is a wait announced", from: "idle|executing", on: "step.failed", counters: { toReplan: 1, awaitingApproval: 1, unsettled: 1 }, to: "replanning|resting", effects: ["requestDecision"] },
  { says: "K8: a read that is set free while the planner is at work goes on", from: "planning|resting", on: "step.started", counters: { toReplan: 1, running: 1, unsettled: 1 }, to: "planning|draining" },
  { says: "the new plan ends the draining", from: "checking|draining", on: "decision.accepted", with: { decision: "plan", then: "finish" }, counters: { running: 1, startable: 1, unsettled: 3 }, to: "idle|executing" },
  { says: "K15: no replan is left", from: "idle|draining", on: "step.completed", counters: { toReplan: 1, canReplan: false }, to: "ending", effects: ["requestDecision", ...STOP], verdict: "exhausted", limit: "LIMIT_REPLANS" },
  { says: "K15: no replan is left after a plan that asks on", from: "idle|executing", on: "step.completed", context: { then: "replan" }, counters: { canReplan: false }, to: "ending", effects: ["requestDecision", ...STOP], verdict: "exhausted", limit: "LIMIT_REPLANS" },
  { says: "a plan that finishes needs no replan", from: "idle|executing", on: "step.completed", counters: { canReplan: false }, to: "finishing", effects: ["finishRun"] },
  { says: "onFailure fail ends the run", from: "idle|executing", on: "step.failed", counters: { fatal: 1 }, to: "ending", effects: STOP, verdict: "failed" },
  { says: "onFailure fail does not wait for siblings, they are aborted", from: "idle|executing", on: "step.failed", counters: { fatal: 1, running: 2, unsettled: 2 }, to: "stopping", effects: ["abortRunning"], verdict: "failed" },
  { says: "a failure that ends the run announces no wait for an open approval", from: "idle|executing", on: "step.failed", counters: { fatal: 1, awaitingApproval: 1, unsettled: 1 }, to: "ending", effects: STOP, verdict: "failed" },
  { says: "nor for an open question", from: "asked|executing", on: "step.failed", counters: { fatal: 1 }, to: "ending", effects: STOP, verdict: "failed" },
  { says: "nor asks for another plan", from: "idle|draining", on: "step.failed", counters: { fatal: 1, toReplan: 1 }, to: "ending", effects: STOP, verdict: "failed" },
  { says: "nor is it taken for a used up budget", from: "idle|executing", on: "step.failed", counters: { fatal: 1, overBudget: 1, unsettled: 1 }, to: "ending", effects: STOP, verdict: "failed" },
  { says: "it also ends a run whose planner is at work", from: "planning|executing", on: "step.failed", counters: { fatal: 1, running: 1 }, to: "stopping", effects: ["abortRunning"], verdict: "failed" },
  { says: "a denied approval may end the run", from: "idle|waiting", on: "approval.denied", counters: { fatal: 1 }, to: "ending", effects: ["announceResumed", ...STOP], verdict: "failed" },
];

const held: Row[] = [
  { says: "K21: a held run waits", from: "idle|executing", on: "run.waiting", counters: { isHeld: true, unsettled: 1 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "but lets running calls finish", from: "idle|executing", on: "run.waiting", counters: { isHeld: true, running: 1, unsettled: 2 }, to: "idle|executing" },
  { says: "a held run does not finish", from: "idle|executing", on: "step.completed", counters: { isHeld: true }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "a held run does not replan", from: "idle|executing", on: "step.failed", counters: { isHeld: true, toReplan: 1 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "a held run is not exhausted", from: "idle|executing", on: "step.completed", counters: { isHeld: true, overBudget: 1, unsettled: 1 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "a person lets it go on", from: "idle|waiting", on: "run.resumed", counters: { startable: 1, unsettled: 1 }, to: "idle|executing", effects: ["announceResumed"] },
  { says: "a takeover does not", from: "idle|waiting", on: "run.resumed", counters: { isHeld: true, unsettled: 1 }, to: "idle|waiting" },
];

const limits: Row[] = [
  { says: "K15: no step is left", from: "idle|executing", on: "step.completed", counters: { overBudget: 1, unsettled: 1 }, to: "ending", effects: STOP, verdict: "exhausted", limit: "LIMIT_STEPS" },
  { says: "K15: not while something runs", from: "idle|executing", on: "step.completed", counters: { overBudget: 1, running: 1, unsettled: 2 }, to: "idle|executing" },
  { says: "K15: nor while something retries", from: "idle|executing", on: "step.failed", counters: { overBudget: 1, retrying: 1, unsettled: 2 }, to: "idle|waiting", effects: ["announceWaiting"] },
  { says: "K15: nor while a fan-out is due", from: "idle|executing", on: "step.completed", counters: { overBudget: 1, due: 1, unsettled: 2 }, to: "idle|executing" },
  { says: "K15: a plan may be over the budget from the start", from: "checking|resting", on: "decision.accepted", with: { decision: "plan", then: "finish" }, counters: { overBudget: 2, unsettled: 2 }, to: "ending", effects: STOP, verdict: "exhausted", limit: "LIMIT_STEPS" },
  { says: "K15: wall time stops what runs", from: "idle|executing", on: "budget.settled", with: { limit: "LIMIT_TIME" }, counters: { running: 1, unsettled: 1 }, to: "stopping", effects: ["abortRunning"], verdict: "exhausted", limit: "LIMIT_TIME" },
  { says: "K15: wall time stops a planner", from: "planning|resting", on: "budget.settled", with: { limit: "LIMIT_TIME" }, to: "ending", effects: STOP, verdict: "exhausted", limit: "LIMIT_TIME" },
  { says: "K15: wall time stops a run that finishes", from: "finishing", on: "budget.settled", with: { limit: "LIMIT_TIME" }, to: "ending", effects: STOP, verdict: "exhausted", limit: "LIMIT_TIME" },
];

const ends: Row[] = [
  { says: "stopping waits for what runs", from: "stopping", on: "step.failed", counters: { running: 1 }, to: "stopping" },
  { says: "and ends when it is quiet", from: "stopping", on: "step.failed", to: "ending", effects: ["endRun"] },
  { says: "late answers of planners change nothing", from: "stopping", on: "decision.received", counters: { running: 1 }, to: "stopping" },
  { says: "R10: a cancel does not change how a stopped run ends", from: "stopping", on: "cancel.requested", context: { verdict: "failed" }, counters: { running: 1 }, to: "stopping", verdict: "failed" },
  { says: "a stopped run is failed", from: "ending", on: "run.ended", with: { status: "failed" }, to: "failed" },
  { says: "or exhausted", from: "ending", on: "run.ended", with: { status: "exhausted" }, to: "exhausted" },
  { says: "or cancelled", from: "ending", on: "run.ended", with: { status: "cancelled" }, to: "cancelled" },
];

export const DECIDING = ["replanning", "planning", "checking", "repairing", "asking", "asked", "idle"];
export const EXECUTING = ["resting", "executing", "draining", "waiting"];
export const TERMINAL = ["completed", "failed", "exhausted", "cancelled"];
const ACTIVE = DECIDING.flatMap((deciding) => EXECUTING.map((executing) => `${deciding}|${executing}`));

/** K16, R11: from everywhere. */
const cancels: Row[] = ["queued", ...ACTIVE, "finishing"].flatMap((from): Row[] => {
  const left = from.endsWith("|waiting") ? ["announceResumed"] : [];
  const cancelled = { from, on: "cancel.requested", verdict: "cancelled" } as const;
  return [
    { ...cancelled, says: `K16: cancel ends a run that is ${from}`, to: "ending", effects: [...left, ...STOP] },
    { ...cancelled, says: `K16: cancel of a run that is ${from} waits for what it aborts`, counters: { running: 1, unsettled: 1 }, to: "stopping", effects: [...left, "abortRunning"] },
  ];
});

export const ROWS: readonly Row[] = [
  ...loop,
  ...planEnd,
  ...waiting,
  ...questions,
  ...failures,
  ...held,
  ...limits,
  ...ends,
  ...cancels,
];
