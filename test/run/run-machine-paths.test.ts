import { describe, expect, test } from "vitest";
import type { ActorLogic, InspectionEvent, SnapshotFrom } from "xstate";
import { type AdjacencyMap, getAdjacencyMap, getShortestPaths } from "xstate/graph";
import type { Counters } from "../../src/run/counters.ts";
import { machineJson } from "../../src/run/describe-machine.ts";
import { type MachineEvent, type MachineValue, outstandingEffects, runMachine } from "../../src/run/run-machine.ts";
import { QUIET, send, stateName, stateValue } from "./machine-drive.ts";
import { DECIDING, EXECUTING, TERMINAL } from "./machine-table.ts";

/** Counters as ledgers have them: a step that is not settled is somewhere. */
const COUNTERS: Counters[] = [
  {},
  { canReplan: false },
  { startable: 1, unsettled: 1 },
  { running: 1, unsettled: 1 },
  { due: 1, unsettled: 1 },
  { retrying: 1, unsettled: 1 },
  { awaitingApproval: 1, unsettled: 1 },
  { unknown: 1, unsettled: 1 },
  { overBudget: 1, unsettled: 1 },
  { overBudget: 1, awaitingApproval: 1, unsettled: 2 },
  { isHeld: true },
  { isHeld: true, unsettled: 1 },
  { isHeld: true, running: 1, unsettled: 2 },
  { toReplan: 1 },
  { toReplan: 1, canReplan: false },
  { toReplan: 1, running: 1, unsettled: 1 },
  { toReplan: 1, retrying: 1, unsettled: 1 },
  { toReplan: 1, awaitingApproval: 1, unsettled: 1 },
  { asking: 1 },
  { asking: 1, fatal: 1 },
  { fatal: 1 },
  { fatal: 1, toReplan: 1, awaitingApproval: 1, overBudget: 1, unsettled: 2 },
  { fatal: 1, running: 1, unsettled: 1 },
].map((some) => ({ ...QUIET, ...some }));

/** One of each kind that the machine tells apart; `step.completed` stands for all that only bring counters. */
const KINDS: Omit<MachineEvent, "counters">[] = [
  { type: "run.started" },
  { type: "cancel.requested" },
  { type: "budget.settled", limit: "LIMIT_TIME" },
  { type: "decision.requested" },
  { type: "decision.received" },
  { type: "decision.rejected" },
  { type: "decision.rejected", isLastTry: true },
  { type: "decision.accepted", decision: "plan", then: "finish" },
  { type: "decision.accepted", decision: "plan", then: "replan" },
  { type: "decision.accepted", decision: "finish" },
  { type: "decision.accepted", decision: "ask" },
  { type: "decision.accepted", decision: "abandon" },
  { type: "approval.requested", isPlan: true },
  { type: "approval.granted", isReviewed: true },
  { type: "approval.denied", isReviewed: true },
  { type: "approval.expired", isReviewed: true },
  { type: "question.asked" },
  { type: "question.answered" },
  { type: "run.ended", status: "completed" },
  { type: "run.ended", status: "failed" },
  { type: "run.ended", status: "exhausted" },
  { type: "run.ended", status: "cancelled" },
  { type: "step.completed" },
];

const ALL = KINDS.flatMap((kind) => COUNTERS.map((counters) => ({ ...kind, counters })));

/** Those that the state does not answer are left out: to it they are like `step.completed`. */
const options = {
  events: (state: RunSnapshot) => {
    const answered = new Set(state._nodes.flatMap((node) => [...node.transitions.keys()]));
    return ALL.filter(({ type }) => type === "step.completed" || answered.has(type));
  },
  serializeState: (snapshot: { value: unknown; context: unknown }) =>
    JSON.stringify([snapshot.value, snapshot.context]) as never,
  serializeEvent: (event: object) => JSON.stringify(event) as never,
};

/** XState's own machine type and its graph functions disagree under exactOptionalPropertyTypes. */
type RunSnapshot = SnapshotFrom<typeof runMachine>;
const logic = runMachine as unknown as ActorLogic<RunSnapshot, MachineEvent>;

interface Edge {
  from: string;
  event: MachineEvent;
  to: string;
  /** Where the same entry leads on the path that came here; XState's order of regions depends on the path. */
  toByPath: string;
  effects: string[];
  verdict: string;
  limit: string | null;
  /** `state event place` of every transition on the way. */
  taken: string[];
}

const reachable: AdjacencyMap<RunSnapshot, MachineEvent> = getAdjacencyMap(logic, options);

/** Every entry from every reachable state. */
const edges: Edge[] = Object.values(reachable).flatMap(({ state, transitions }): Edge[] => {
  if (state.status === "done") return [];
  const from = stateName(state.value);
  const followed = Object.values(transitions) as { event: MachineEvent; state: RunSnapshot }[];
  return followed.map(({ event, state: next }) => {
    const taken: string[] = [];
    const outcome = send(runMachine, { from, event, context: state.context }, (seen) => taken.push(...namesOf(seen)));
    return {
      from,
      event,
      to: outcome.to,
      toByPath: stateName(next.value),
      effects: outcome.effects,
      ...outcome.context,
      taken,
    };
  });
});

function namesOf(seen: InspectionEvent): string[] {
  if (seen.type !== "@xstate.microstep") return [];
  return seen._transitions.map((transition) => {
    const { source, eventType } = transition;
    const list = eventType === "" ? source.always : source.transitions.get(eventType);
    return `${source.path.join(".")} ${eventType === "" ? null : eventType} ${list?.indexOf(transition)}`;
  });
}

describe("paths through the run machine", () => {
  test("reach every state", () => {
    const reached = new Set(getShortestPaths(logic, options).map(({ state }) => stateName(state.value)));
    for (const name of ["queued", "finishing", "stopping", "ending", ...TERMINAL]) expect(reached).toContain(name);
    const names = [...reached].flatMap((name) => name.split("/"));
    for (const name of [...DECIDING, ...EXECUTING]) expect(names).toContain(name);
    const listed = machineJson().states.filter(({ type }) => type === "atomic" || type === "final");
    expect(new Set(names)).toEqual(new Set(listed.map(({ id }) => id.slice(id.lastIndexOf(".") + 1))));
  });

  test("take every transition, those that follow by themselves included", () => {
    const { transitions } = machineJson();
    const places = new Map<string, number>();
    const all = transitions.map(({ from, event }) => {
      const place = places.get(`${from} ${event}`) ?? 0;
      places.set(`${from} ${event}`, place + 1);
      return `${from} ${event} ${place}`;
    });
    const taken = new Set(edges.flatMap((edge) => edge.taken));
    expect(all.filter((name) => !taken.has(name))).toEqual([]);
    expect(taken.size).toBe(all.length);
  });

  test("lead to the same state, whichever path came before", () => {
    expect(edges.filter((edge) => edge.to !== edge.toByPath)).toEqual([]);
  });

  test("never wait while something is ready or running, nor while a model call is open, unless held (K3)", () => {
    for (const { event, to } of edges.filter((edge) => edge.to.endsWith("/waiting"))) {
      const { running, startable, due } = event.counters;
      expect(running + startable + due).toBe(0);
      // A held run waits in any phase: it calls no planner until a person resumes it.
      if (!event.counters.isHeld) expect(["idle/waiting", "asked/waiting", "reviewing/waiting"]).toContain(to);
    }
  });

  test("announce a wait exactly where they come to one, and its end where they leave it", () => {
    const isWaiting = (state: string): boolean => state.endsWith("/waiting");
    const count = (edge: Edge, name: string): number => edge.effects.filter((effect) => effect === name).length;
    const wrong = edges.filter((edge) => {
      const [before, after] = [isWaiting(edge.from), isWaiting(edge.to)];
      const announced = count(edge, "announceWaiting") === (after && !before ? 1 : 0);
      return !announced || count(edge, "announceResumed") !== (before && !after ? 1 : 0);
    });
    expect(wrong).toEqual([]);
  });

  test("never rest without anything to do or to wait for (R6)", () => {
    expect(edges.filter((edge) => edge.to === "idle/resting")).toEqual([]);
  });

  test("a failure that ends the run ends it whatever else is open", () => {
    const fatal = edges.filter(({ from, event }) => from.includes("/") && event.counters.fatal > 0);
    const others = fatal.filter(({ event }) => event.type !== "cancel.requested" && event.type !== "budget.settled");
    expect(others.length).toBeGreaterThan(100);
    for (const edge of others) {
      expect(["stopping", "ending", "finishing"]).toContain(edge.to);
      if (edge.to !== "finishing") expect(edge.verdict).toMatch(/failed|exhausted/);
      expect(edge.limit).not.toBe("LIMIT_STEPS");
    }
  });

  test("use up the steps only where nothing runs, starts or retries (K15)", () => {
    const exhausted = edges.filter(({ from, limit }) => from.includes("/") && limit === "LIMIT_STEPS");
    expect(exhausted.length).toBeGreaterThan(0);
    for (const { event } of exhausted) {
      const { running, startable, due, retrying } = event.counters;
      expect(running + startable + due + retrying).toBe(0);
    }
  });

  test("cancel is obeyed everywhere before the end (K16)", () => {
    const cancels = edges.filter(
      ({ from, event }) => event.type === "cancel.requested" && !/^(stopping|ending)$/.test(from),
    );
    for (const edge of cancels) {
      expect(edge.to).toBe(edge.event.counters.running + edge.event.counters.asking > 0 ? "stopping" : "ending");
      expect(edge.verdict).toBe("cancelled");
    }
  });
});

describe("effects of a state", () => {
  const entry = new Map(machineJson().states.map((state) => [state.id, state.entry]));
  const names = (state: string): string[] => {
    const [deciding, executing] = state.split("/");
    return executing === undefined ? [state] : [`active.deciding.${deciding}`, `active.executing.${executing}`];
  };

  test.each([...new Set(edges.map(({ to }) => to))])("%s: a new owner does what entering it asks for", (state) => {
    const expected = names(state).flatMap((name) => entry.get(name) ?? []);
    expect(outstandingEffects(stateValue(state) as MachineValue)).toEqual(expected);
  });
});
