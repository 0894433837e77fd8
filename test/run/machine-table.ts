/**
 * What the run machine has to do, written by hand from KERNEL.md (K…) and SAFETY.md (R…): from a state, an entry and
 * the counters that come with it, to a state, the effects on the way in order, and how the run is going to end where
 * that is decided here. `deciding/executing` are the two regions of an active run. Counters that a row leaves out are
 * zero, and another decision is within the budget.
 */
import type { EndStatus } from "../../src/journal/entries.ts";
import type { Counters } from "../../src/run/counters.ts";
import type { MachineEvent } from "../../src/run/run-machine.ts";
import { CONTEXT, type MachineContext, QUIET } from "./machine-drive.ts";

export interface Row {
  says: string;
  from: string;
  context: MachineContext;
  event: MachineEvent;
  to: string;
  effects: string[];
  /** The context afterwards. */
  after: MachineContext;
}

const TABLE = `
from                         | entry                                       | counters                                    | to                 | effects                             | ends as                 | says
queued                       | run.started                                 |                                             | replanning/resting | requestDecision                     |                         | a started run asks for a decision
replanning/resting           | decision.requested                          |                                             | planning/resting   | callPlanner                         |                         | the planner is called once the request is journalled
planning/resting             | decision.received                           |                                             | checking/resting   | checkDecision                       |                         | an answer is checked
checking/resting             | decision.rejected                           |                                             | repairing/resting  | requestDecision                     |                         | a rejected try is repaired
repairing/resting            | decision.requested                          |                                             | planning/resting   | callPlanner                         |                         | a repair calls the planner again
checking/resting             | decision.rejected isLastTry                 |                                             | ending             | abortRunning endRun                 | failed                  | K8: the last rejected try fails the run
checking/resting             | decision.accepted decision=plan then=finish | startable=2 unsettled=3                     | idle/executing     |                                     | then=finish             | an accepted plan runs
checking/resting             | decision.accepted decision=plan then=replan | startable=1 unsettled=1                     | idle/executing     |                                     | then=replan             | a plan's 'then' is kept
checking/resting then=replan | decision.accepted decision=plan then=finish | startable=1 unsettled=1                     | idle/executing     |                                     | then=finish             | a later plan's 'then' replaces the earlier one's
checking/resting             | decision.accepted decision=finish           |                                             | finishing          | finishRun                           |                         | finish needs no steps
checking/executing           | decision.accepted decision=finish           | running=1 unsettled=1                       | idle/executing     |                                     |                         | a finish waits for what still runs
checking/resting then=replan | decision.accepted decision=finish           |                                             | finishing          | finishRun                           | then=finish             | a finish says so, whatever the plan before said
checking/resting             | decision.accepted decision=abandon          |                                             | ending             | abortRunning endRun                 | failed                  | a refusal fails the run
checking/resting             | decision.accepted decision=ask              |                                             | asking/resting     | askQuestion                         |                         | a question is journalled before anyone waits
checking/resting             | decision.accepted decision=plan then=finish |                                             | finishing          | finishRun                           |                         | K2: a plan of zero steps does not hang
checking/resting             | decision.accepted decision=plan then=replan |                                             | replanning/resting | requestDecision                     | then=replan             | K2: nor does one that asks on
checking/resting             | approval.requested isPlan                   |                                             | reviewing/waiting  | announceWaiting                     |                         | a plan that a person looks at waits, and nothing of it runs
checking/executing           | approval.requested isPlan                   | running=1 unsettled=1                       | reviewing/executing|                                     |                         | K3: but not while a step of the plan before runs
reviewing/executing          | step.completed                              |                                             | reviewing/waiting  | announceWaiting                     |                         | it waits when that step is done
reviewing/waiting            | approval.granted                            |                                             | reviewing/waiting  |                                     |                         | the approval of a step decides nothing about the plan
reviewing/waiting            | approval.granted isReviewed                 |                                             | checking/resting   | checkDecision announceResumed       |                         | a plan that was approved goes on
reviewing/waiting            | approval.denied isReviewed                  |                                             | checking/resting   | checkDecision announceResumed       |                         | so does one that was denied, to be rejected
reviewing/waiting            | approval.expired isReviewed                 |                                             | checking/resting   | checkDecision announceResumed       |                         | and one that nobody looked at in time
reviewing/executing          | step.failed                                 | fatal=1                                     | ending             | abortRunning endRun                 | failed                  | a failure that ends the run does not wait for a person
idle/executing               | step.completed                              |                                             | finishing          | finishRun                           |                         | the last step ends the plan
idle/executing then=replan   | step.completed                              |                                             | replanning/resting | requestDecision                     |                         | K7: then replan asks for the next decision
idle/executing               | step.completed                              | running=1                                   | idle/executing     |                                     |                         | a plan is not done while a dropped step's call still runs
idle/executing               | step.completed                              | startable=1 unsettled=1                     | idle/executing     |                                     |                         | a plan is not done while steps are open
idle/executing               | step.completed                              | due=1 unsettled=1                           | idle/executing     |                                     |                         | K10: a finished fan-out waits for its own outcome
finishing                    | decision.requested                          |                                             | planning/resting   | callPlanner                         |                         | K11: an output that does not fit asks again
finishing                    | run.ended status=completed                  |                                             | completed          |                                     |                         | a finished run is completed
finishing                    | run.ended status=failed                     |                                             | failed             |                                     |                         | a bad output that cannot be replanned fails
finishing                    | run.ended status=exhausted                  |                                             | exhausted          |                                     |                         | or exhausts
planning/resting             | step.started                                | running=1 unsettled=1                       | planning/executing |                                     |                         | K3: a step may run while the planner is at work
planning/executing           | step.completed                              | awaitingApproval=1 unsettled=1              | planning/resting   |                                     |                         | K3: no waiting while a model call is open
checking/executing           | approval.requested                          | awaitingApproval=1 unsettled=1              | checking/resting   |                                     |                         | K3: no waiting while the answer is checked
idle/executing               | approval.requested                          | awaitingApproval=1 running=1 unsettled=2    | idle/executing     |                                     |                         | K3: no waiting while a sibling runs
idle/executing               | approval.requested                          | awaitingApproval=1 startable=1 unsettled=2  | idle/executing     |                                     |                         | K3: no waiting while a sibling is ready
idle/executing               | step.completed                              | awaitingApproval=1 unsettled=1              | idle/waiting       | announceWaiting                     |                         | only an approval is left
idle/executing               | step.unknown                                | unknown=1 unsettled=1                       | idle/waiting       | announceWaiting                     |                         | only an unknown outcome is left
idle/executing               | step.failed                                 | retrying=1 unsettled=1                      | idle/waiting       | announceWaiting                     |                         | only a timer is left
checking/resting             | decision.accepted decision=plan then=finish | awaitingApproval=1 unsettled=1              | idle/waiting       | announceWaiting                     |                         | an accepted plan may have to wait at once
idle/waiting                 | run.waiting                                 | awaitingApproval=1 unsettled=1              | idle/waiting       |                                     |                         | the announcement itself changes nothing
idle/waiting                 | approval.requested                          | awaitingApproval=2 unsettled=2              | idle/waiting       |                                     |                         | one of two approvals is not enough to finish
idle/waiting                 | approval.granted                            | startable=1 unsettled=1                     | idle/executing     | announceResumed                     |                         | a granted approval goes on
idle/waiting                 | step.started                                | running=1 unsettled=1                       | idle/executing     | announceResumed                     |                         | a retry that starts goes on
idle/waiting                 | approval.denied                             |                                             | finishing          | announceResumed finishRun           |                         | a denied approval that is skipped may end the plan
idle/waiting                 | approval.denied                             | toReplan=1                                  | replanning/resting | announceResumed requestDecision     |                         | a denied approval may ask for a new plan
idle/waiting                 | step.completed                              |                                             | finishing          | announceResumed finishRun           |                         | K14: a person's answer settles an unknown outcome
asking/resting               | question.asked                              |                                             | asked/waiting      | announceWaiting                     |                         | an asked question waits
asking/executing             | question.asked                              | running=1 unsettled=1                       | asked/executing    |                                     |                         | K3: but not while a step runs
asked/executing              | step.completed                              |                                             | asked/waiting      | announceWaiting                     |                         | it waits when that step is done
asked/waiting                | approval.granted                            | startable=1 unsettled=1                     | asked/executing    | announceResumed                     |                         | a step that an approval sets free runs while the question is open
asked/waiting                | question.answered                           |                                             | replanning/resting | requestDecision announceResumed     |                         | an answer asks for the next decision
asked/waiting                | question.answered                           | awaitingApproval=1 unsettled=1              | replanning/resting | requestDecision announceResumed     |                         | K3: and stops waiting, although an approval is open
idle/executing               | step.failed                                 | toReplan=1 running=2 unsettled=2            | idle/draining      |                                     |                         | K8: after a failure running steps finish
idle/draining                | step.completed                              | toReplan=1 startable=1 unsettled=1          | idle/draining      |                                     |                         | K8: and ready reads go on
idle/draining                | step.failed                                 | toReplan=1 retrying=1 unsettled=1           | idle/waiting       | announceWaiting                     |                         | K8: and a retry is waited for
idle/draining                | step.failed                                 | toReplan=1 due=1 unsettled=1                | idle/draining      |                                     |                         | K8: and a fan-out's outcome is journalled
idle/draining                | step.completed                              | toReplan=2                                  | replanning/resting | requestDecision                     |                         | K8: then the planner is asked once
idle/executing               | step.failed                                 | toReplan=1                                  | replanning/resting | requestDecision                     |                         | K8: at once where nothing runs
idle/executing               | step.failed                                 | toReplan=1 awaitingApproval=1 unsettled=1   | replanning/resting | requestDecision                     |                         | K8: an open approval does not delay the replan, nor is a wait announced
planning/resting             | step.started                                | toReplan=1 running=1 unsettled=1            | planning/draining  |                                     |                         | K8: a read that is set free while the planner is at work goes on
checking/draining            | decision.accepted decision=plan then=finish | running=1 startable=1 unsettled=3           | idle/executing     |                                     |                         | the new plan ends the draining
idle/draining                | step.completed                              | toReplan=1 !canReplan                       | ending             | requestDecision abortRunning endRun | exhausted LIMIT_REPLANS | K15: no replan is left
idle/executing then=replan   | step.completed                              | !canReplan                                  | ending             | requestDecision abortRunning endRun | exhausted LIMIT_REPLANS | K15: no replan is left after a plan that asks on
idle/executing               | step.completed                              | !canReplan                                  | finishing          | finishRun                           |                         | a plan that finishes needs no replan
idle/executing               | step.failed                                 | fatal=1                                     | ending             | abortRunning endRun                 | failed                  | onFailure fail ends the run
idle/executing               | step.failed                                 | fatal=1 running=2 unsettled=2               | stopping           | abortRunning                        | failed                  | onFailure fail does not wait for siblings, they are aborted
idle/executing               | step.failed                                 | fatal=1 awaitingApproval=1 unsettled=1      | ending             | abortRunning endRun                 | failed                  | a failure that ends the run announces no wait for an open approval
asked/executing              | step.failed                                 | fatal=1                                     | ending             | abortRunning endRun                 | failed                  | nor for an open question
idle/draining                | step.failed                                 | fatal=1 toReplan=1                          | ending             | abortRunning endRun                 | failed                  | nor asks for another plan
idle/executing               | step.failed                                 | fatal=1 overBudget=1 unsettled=1            | ending             | abortRunning endRun                 | failed                  | nor is it taken for a used up budget
planning/executing           | step.failed                                 | fatal=1 running=1                           | stopping           | abortRunning                        | failed                  | it also ends a run whose planner is at work
idle/waiting                 | approval.denied                             | fatal=1                                     | ending             | announceResumed abortRunning endRun | failed                  | a denied approval may end the run
idle/executing               | run.waiting                                 | isHeld unsettled=1                          | idle/waiting       | announceWaiting                     |                         | K21: a held run waits
idle/executing               | run.waiting                                 | isHeld running=1 unsettled=2                | idle/executing     |                                     |                         | but lets running calls finish
idle/executing               | step.completed                              | isHeld                                      | idle/waiting       | announceWaiting                     |                         | a held run does not finish
idle/executing               | step.failed                                 | isHeld toReplan=1                           | idle/waiting       | announceWaiting                     |                         | a held run does not replan
idle/executing               | step.completed                              | isHeld overBudget=1 unsettled=1             | idle/waiting       | announceWaiting                     |                         | a held run is not exhausted
idle/waiting                 | run.resumed                                 | startable=1 unsettled=1                     | idle/executing     | announceResumed                     |                         | a person lets it go on
idle/waiting                 | run.resumed                                 | isHeld unsettled=1                          | idle/waiting       |                                     |                         | a takeover does not
planning/resting             | run.waiting                                 | isHeld                                      | planning/waiting   | announceWaiting                     |                         | K13: a held run waits wherever it was: no planner is called
replanning/resting           | run.waiting                                 | isHeld                                      | replanning/waiting | announceWaiting                     |                         | K13: nor is one asked for a replan
planning/waiting             | run.resumed                                 |                                             | planning/resting   | announceResumed                     |                         | K13: once a person lets it go on, the open decision is open again
queued                       | budget.settled limit=LIMIT_JOURNAL          |                                             | ending             | abortRunning endRun                 | exhausted LIMIT_JOURNAL | K15: a journal may be full before the run has started
idle/executing               | step.completed                              | overBudget=1 unsettled=1                    | ending             | abortRunning endRun                 | exhausted LIMIT_STEPS   | K15: no step is left
idle/executing               | step.completed                              | overBudget=1 running=1 unsettled=2          | idle/executing     |                                     |                         | K15: not while something runs
idle/executing               | step.failed                                 | overBudget=1 retrying=1 unsettled=2         | idle/waiting       | announceWaiting                     |                         | K15: nor while something retries
idle/executing               | step.completed                              | overBudget=1 due=1 unsettled=2              | idle/executing     |                                     |                         | K15: nor while a fan-out is due
checking/resting             | decision.accepted decision=plan then=finish | overBudget=2 unsettled=2                    | ending             | abortRunning endRun                 | exhausted LIMIT_STEPS   | K15: a plan may be over the budget from the start
idle/executing               | budget.settled limit=LIMIT_TIME             | running=1 unsettled=1                       | stopping           | abortRunning                        | exhausted LIMIT_TIME    | K15: wall time stops what runs
planning/resting             | budget.settled limit=LIMIT_TIME             |                                             | ending             | abortRunning endRun                 | exhausted LIMIT_TIME    | K15: wall time stops a planner
finishing                    | budget.settled limit=LIMIT_TIME             |                                             | ending             | abortRunning endRun                 | exhausted LIMIT_TIME    | K15: wall time stops a run that finishes
stopping                     | step.failed                                 | running=1                                   | stopping           |                                     |                         | stopping waits for what runs
stopping                     | step.failed                                 |                                             | ending             | endRun                              |                         | and ends when it is quiet
stopping                     | decision.received                           | running=1                                   | stopping           |                                     |                         | late answers of planners change nothing
stopping verdict=failed      | cancel.requested                            | running=1                                   | stopping           |                                     | failed                  | R10: a cancel does not change how a stopped run ends
ending                       | run.ended status=failed                     |                                             | failed             |                                     |                         | a stopped run is failed
ending                       | run.ended status=exhausted                  |                                             | exhausted          |                                     |                         | or exhausted
ending                       | run.ended status=cancelled                  |                                             | cancelled          |                                     |                         | or cancelled
checking/resting             | decision.accepted decision=plan then=finish | overBudget=1 awaitingApproval=1 unsettled=2 | ending             | abortRunning endRun                 | exhausted LIMIT_STEPS   | K15: a plan over the budget announces no wait for an older step's approval
`;

export const DECIDING = ["replanning", "planning", "checking", "repairing", "reviewing", "asking", "asked", "idle"];
export const EXECUTING = ["resting", "executing", "draining", "waiting"];
export const TERMINAL = ["completed", "failed", "exhausted", "cancelled"];
const ACTIVE = DECIDING.flatMap((deciding) => EXECUTING.map((executing) => `${deciding}/${executing}`));

/** K16, R11: cancel is obeyed everywhere, and waits for what it aborts. */
const CANCELS = ["queued", ...ACTIVE, "finishing"].flatMap((from) => {
  const left = from.endsWith("/waiting") ? "announceResumed " : "";
  return [
    `${from} | cancel.requested | | ending | ${left}abortRunning endRun | cancelled | K16: cancel ends a run: ${from}`,
    `${from} | cancel.requested | running=1 unsettled=1 | stopping | ${left}abortRunning | cancelled | K16: cancel waits: ${from}`,
  ];
});

export const ROWS: readonly Row[] = [...TABLE.trim().split("\n").slice(1), ...CANCELS].map(readRow);

function readRow(line: string): Row {
  const [from = "", entry = "", counters = "", to = "", effects = "", ends = "", says = ""] = line
    .split("|")
    .map((cell) => cell.trim());
  const [state = "", ...before] = words(from);
  const [type, ...facts] = words(entry);
  const context = { ...CONTEXT, ...assignments(before) };
  return {
    says,
    from: state,
    context,
    event: {
      type: type as MachineEvent["type"],
      ...assignments(facts),
      counters: { ...QUIET, ...(assignments(words(counters)) as Partial<Counters>) },
    },
    to,
    effects: words(effects),
    after: words(ends).reduce(readEnd, context),
  };
}

function readEnd(after: MachineContext, word: string): MachineContext {
  if (word.startsWith("then=")) return { ...after, ...assignments([word]) };
  return word.startsWith("LIMIT_") ? { ...after, limit: word } : { ...after, verdict: word as EndStatus };
}

function words(cell: string): string[] {
  return cell.split(" ").filter((word) => word !== "");
}

/** `running=1 isHeld !canReplan status=failed` as an object. */
function assignments(list: readonly string[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    list.map((word) => {
      const [name = "", value] = word.split("=");
      if (value === undefined) return name.startsWith("!") ? [name.slice(1), false] : [name, true];
      return [name, /^\d+$/.test(value) ? Number(value) : value];
    }),
  );
}
