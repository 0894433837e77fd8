/**
 * What the run machine knows of a run's steps: counters, and every question that its guards ask of them (KERNEL 2).
 * Owns: both. A guard sees the answers and nothing else of the counters, so that counters with the same answers are the
 * same to the machine (`phase.ts` rests on that, and a test holds it).
 */

/** What the guards may know of the ledger; all derived from the journal. */
export interface Counters {
  /** Calls that could start now: ready, within the step budget, not held back by a failure or a hold. */
  startable: number;
  /** Ready calls that only the step budget keeps from starting. */
  overBudget: number;
  /** Calls that are under way. */
  running: number;
  /** The open decision, where it is not settled what its answer has used. */
  asking: number;
  /** Failed attempts whose next attempt waits for its time. */
  retrying: number;
  /** Calls that wait for an approval. */
  awaitingApproval: number;
  /** Calls whose outcome a crash left unknown. */
  unknown: number;
  /** forEach steps whose elements are settled, while their own outcome is not journalled yet. */
  due: number;
  /** Steps of the current plan that are not settled. */
  unsettled: number;
  /** Failed steps that ask for a new plan. */
  toReplan: number;
  /** Failed steps that end the run. */
  fatal: number;
  /** Nothing starts until a person resumes the run. */
  isHeld: boolean;
  /** Another decision is within the budget. */
  canReplan: boolean;
}

/** Nothing runs or could start, nothing holds the run, and no failure ends it: the plan alone says what follows. */
function isAtRest({ running, startable, due, fatal, isHeld }: Counters): boolean {
  return running + startable + due + fatal === 0 && !isHeld;
}

function mustReplan(counters: Counters): boolean {
  return counters.toReplan > 0 && counters.retrying === 0 && isAtRest(counters);
}

function isOutOfSteps(counters: Counters): boolean {
  return counters.overBudget > 0 && counters.retrying === 0 && isAtRest(counters);
}

/** What ends the wait at once is no wait: else one would be announced, and journalled, on the way past it. */
function waitsForSomething(counters: Counters): boolean {
  const { isHeld, awaitingApproval, unknown, retrying, fatal } = counters;
  const isOpen = isHeld || awaitingApproval + unknown + retrying > 0;
  return isOpen && fatal === 0 && !mustReplan(counters) && !isOutOfSteps(counters);
}

/** The guards that look at counters; the machine has no others. */
export const COUNTER_GUARDS = {
  isQuiet: (counters: Counters) => counters.running + counters.asking === 0,
  isFatal: (counters: Counters) => counters.fatal > 0,
  isBusy: (counters: Counters) => counters.running + counters.startable + counters.due > 0,
  isDraining: (counters: Counters) => counters.toReplan > 0,
  mustReplan,
  isPlanDone: (counters: Counters) => counters.unsettled + counters.toReplan === 0 && isAtRest(counters),
  isOutOfSteps,
  isOutOfReplans: (counters: Counters) => !counters.canReplan,
  isHeld: (counters: Counters) => counters.isHeld,
  waitsForSomething,
};

const QUESTIONS = Object.values(COUNTER_GUARDS);

/** The answers of all guards as one number: equal numbers, equal answers. */
export function guardAnswers(counters: Counters): number {
  let answers = 0;
  for (const ask of QUESTIONS) answers = answers * 2 + (ask(counters) ? 1 : 0);
  return answers;
}
