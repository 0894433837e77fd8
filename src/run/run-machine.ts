/**
 * The run machine: the one authority on completion, failure and recovery of a run (KERNEL 2, 3).
 * Owns: phases and what may follow what. Must not: perform anything (its actions only emit descriptions of
 * effects, which the driver performs) nor hold data of single steps (guards read counters of the ledger, which
 * come with every event).
 */
import { and, assign, emit, not, or, setup, stateIn } from "xstate";
import type { EndStatus, EntryKind } from "../journal/entries.ts";
import { COUNTER_GUARDS, type Counters } from "./counters.ts";

/** An entry of the journal as the machine sees it. */
export interface MachineEvent {
  type: EntryKind;
  counters: Counters;
  /** decision.accepted */
  decision?: "plan" | "finish" | "ask" | "abandon";
  then?: "finish" | "replan";
  /** decision.rejected: no further try follows. */
  isLastTry?: boolean;
  /** approval.requested: of the whole plan that was just checked. */
  isPlan?: boolean;
  /** approval.*: a person has looked at that plan, or no one did in time. */
  isReviewed?: boolean;
  /** budget.settled */
  limit?: string;
  /** run.ended */
  status?: EndStatus;
}

/**
 * What the driver is to do. All but `announceResumed`, which belongs to leaving a state, belong to entering one, and
 * are done again on resume while that state lasts.
 */
export const RUN_EFFECTS = [
  "requestDecision",
  "callPlanner",
  "checkDecision",
  "askQuestion",
  "announceWaiting",
  "announceResumed",
  "finishRun",
  "abortRunning",
  "endRun",
] as const;
export type RunEffect = (typeof RUN_EFFECTS)[number];

interface MachineContext {
  then: "finish" | "replan";
  verdict: EndStatus;
  /** Code of the limit that ended the run. */
  limit: string | null;
}

const machineSetup = setup({
  types: {
    context: {} as MachineContext,
    events: {} as MachineEvent,
    emitted: {} as { type: "effect"; effect: RunEffect },
  },
  actions: {
    effect: emit((_, params: { effect: RunEffect }) => ({ type: "effect" as const, effect: params.effect })),
    keepThen: assign({ then: ({ event }) => event.then ?? "finish" }),
    stopAs: assign((_, params: { verdict: EndStatus; limit?: string }) => ({
      verdict: params.verdict,
      limit: params.limit ?? null,
    })),
    stopAtLimit: assign({ verdict: "exhausted" as const, limit: ({ event }) => event.limit ?? null }),
  },
  guards: {
    isQuestion: ({ event }) => event.decision === "ask",
    isAbandon: ({ event }) => event.decision === "abandon",
    isPlan: ({ event }) => event.isPlan === true,
    isReviewed: ({ event }) => event.isReviewed === true,
    isLastTry: ({ event }) => event.isLastTry === true,
    endsAs: ({ event }, params: { status: EndStatus }) => event.status === params.status,
    isFatal: ({ event }) => COUNTER_GUARDS.isFatal(event.counters),
    isQuiet: ({ event }) => COUNTER_GUARDS.isQuiet(event.counters),
    isBusy: ({ event }) => COUNTER_GUARDS.isBusy(event.counters),
    isDraining: ({ event }) => COUNTER_GUARDS.isDraining(event.counters),
    mustReplan: ({ event }) => COUNTER_GUARDS.mustReplan(event.counters),
    isPlanDone: ({ event }) => COUNTER_GUARDS.isPlanDone(event.counters),
    wantsReplan: ({ context }) => context.then === "replan",
    isOutOfSteps: ({ event }) => COUNTER_GUARDS.isOutOfSteps(event.counters),
    isOutOfReplans: ({ event }) => COUNTER_GUARDS.isOutOfReplans(event.counters),
    /** A held run calls no planner, wherever it was. */
    isHeld: ({ event }) => COUNTER_GUARDS.isHeld(event.counters),
    waitsForSomething: ({ event }) => COUNTER_GUARDS.waitsForSomething(event.counters),
    /** Waiting needs a planner that is not at work: no model call is open (KERNEL 3). */
    noDecisionOpen: stateIn({ active: { deciding: "idle" } }),
    hasQuestion: stateIn({ active: { deciding: "asked" } }),
    hasReview: stateIn({ active: { deciding: "reviewing" } }),
  },
});

const toEffect = (effect: RunEffect) => ({ type: "effect" as const, params: { effect } });
const stopAs = (verdict: EndStatus, limit?: string) => ({
  type: "stopAs" as const,
  params: limit === undefined ? { verdict } : { verdict, limit },
});
const endsAs = (status: EndStatus) => ({ type: "endsAs" as const, params: { status } });

const waitsForPerson = and([or(["hasQuestion", "hasReview"]), not("isFatal")]);
const waitsForCalls = and([or(["noDecisionOpen", "isHeld"]), "waitsForSomething"]);

export const runMachine = machineSetup.createMachine({
  id: "run",
  initial: "queued",
  context: { then: "finish", verdict: "completed", limit: null },
  states: {
    queued: {
      on: {
        "run.started": "active",
        "cancel.requested": { target: "stopping", actions: stopAs("cancelled") },
        "budget.settled": { target: "stopping", actions: "stopAtLimit" },
      },
    },
    active: {
      type: "parallel",
      on: {
        "cancel.requested": { target: "stopping", actions: stopAs("cancelled") },
        "budget.settled": { target: "stopping", actions: "stopAtLimit" },
      },
      always: { guard: "isFatal", target: "stopping", actions: stopAs("failed") },
      states: {
        deciding: {
          initial: "replanning",
          states: {
            replanning: {
              entry: toEffect("requestDecision"),
              always: {
                guard: "isOutOfReplans",
                target: "#run.stopping",
                actions: stopAs("exhausted", "LIMIT_REPLANS"),
              },
              on: { "decision.requested": "planning" },
            },
            planning: { entry: toEffect("callPlanner"), on: { "decision.received": "checking" } },
            checking: {
              entry: toEffect("checkDecision"),
              on: {
                "decision.accepted": [
                  { guard: "isQuestion", target: "asking" },
                  { guard: "isAbandon", target: "#run.stopping", actions: stopAs("failed") },
                  // A finish is a plan without steps: it, too, waits for what still runs.
                  { target: "idle", actions: "keepThen" },
                ],
                "decision.rejected": [
                  { guard: "isLastTry", target: "#run.stopping", actions: stopAs("failed") },
                  { target: "repairing" },
                ],
                "approval.requested": { guard: "isPlan", target: "reviewing" },
              },
            },
            // A person looks at the plan before any of it runs; what comes of that is checked again.
            reviewing: {
              on: {
                "approval.granted": { guard: "isReviewed", target: "checking" },
                "approval.denied": { guard: "isReviewed", target: "checking" },
                "approval.expired": { guard: "isReviewed", target: "checking" },
              },
            },
            repairing: { entry: toEffect("requestDecision"), on: { "decision.requested": "planning" } },
            asking: { entry: toEffect("askQuestion"), on: { "question.asked": "asked" } },
            asked: { on: { "question.answered": "replanning" } },
            idle: {
              always: [
                { guard: "mustReplan", target: "replanning" },
                { guard: and(["isPlanDone", "wantsReplan"]), target: "replanning" },
                { guard: "isPlanDone", target: "#run.finishing" },
                { guard: "isOutOfSteps", target: "#run.stopping", actions: stopAs("exhausted", "LIMIT_STEPS") },
              ],
            },
          },
        },
        executing: {
          initial: "resting",
          states: {
            resting: {
              always: [
                { guard: "isBusy", target: "executing" },
                { guard: waitsForCalls, target: "waiting" },
                { guard: waitsForPerson, target: "waiting" },
              ],
            },
            executing: {
              always: [
                { guard: not("isBusy"), target: "resting" },
                { guard: "isDraining", target: "draining" },
              ],
            },
            draining: {
              always: [
                { guard: not("isBusy"), target: "resting" },
                { guard: not("isDraining"), target: "executing" },
              ],
            },
            waiting: {
              entry: toEffect("announceWaiting"),
              exit: toEffect("announceResumed"),
              always: [
                { guard: "isBusy", target: "executing" },
                { guard: and([not(waitsForPerson), not(waitsForCalls)]), target: "resting" },
              ],
            },
          },
        },
      },
    },
    finishing: {
      entry: toEffect("finishRun"),
      on: {
        "decision.requested": "active.deciding.planning",
        "run.ended": [
          { guard: endsAs("completed"), target: "completed" },
          { guard: endsAs("failed"), target: "failed" },
          { guard: endsAs("exhausted"), target: "exhausted" },
        ],
        "cancel.requested": { target: "stopping", actions: stopAs("cancelled") },
        "budget.settled": { target: "stopping", actions: "stopAtLimit" },
      },
    },
    stopping: {
      entry: toEffect("abortRunning"),
      always: { guard: "isQuiet", target: "ending" },
    },
    ending: {
      entry: toEffect("endRun"),
      on: {
        "run.ended": [
          { guard: endsAs("failed"), target: "failed" },
          { guard: endsAs("exhausted"), target: "exhausted" },
          { guard: endsAs("cancelled"), target: "cancelled" },
        ],
      },
    },
    completed: { type: "final" },
    failed: { type: "final" },
    exhausted: { type: "final" },
    cancelled: { type: "final" },
  },
});

/** Where a run is, as plain data. */
export type MachineValue = ReturnType<typeof runMachine.getInitialSnapshot>["value"];

/** A state of the machine, as far as it is read here. */
interface EffectState {
  readonly key: string;
  readonly entry: readonly unknown[];
  readonly states: Readonly<Record<string, EffectState>>;
}

/** By name of the state: names of states with effects are not used twice. */
const ENTRY_EFFECTS: ReadonlyMap<string, RunEffect[]> = new Map(entryEffects(runMachine.root));

function entryEffects({ key, entry, states }: EffectState): [string, RunEffect[]][] {
  const effects = (entry as readonly ReturnType<typeof toEffect>[]).map(({ params }) => params.effect);
  return [
    ...(effects.length === 0 ? [] : [[key, effects] as [string, RunEffect[]]]),
    ...Object.values(states).flatMap(entryEffects),
  ];
}

/** Effects that the present states stand for: what a new owner has to do first. */
export function outstandingEffects(value: MachineValue): RunEffect[] {
  const names = typeof value === "string" ? [value] : Object.values(value.active ?? {});
  return names.flatMap((name) => (typeof name === "string" ? (ENTRY_EFFECTS.get(name) ?? []) : []));
}
