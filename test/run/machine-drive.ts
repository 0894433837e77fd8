/** Sends single entries to the run machine, from any state. */
import { type AnyStateMachine, createActor, createMachine, type InspectionEvent } from "xstate";
import type { EndStatus } from "../../src/journal/entries.ts";
import type { Counters } from "../../src/run/counters.ts";
import { type MachineEvent, type MachineValue, runMachine } from "../../src/run/run-machine.ts";

/** Nothing runs, nothing is ready, nothing failed, everything is settled; another decision is within the budget. */
export const QUIET: Counters = {
  startable: 0,
  overBudget: 0,
  running: 0,
  asking: 0,
  retrying: 0,
  awaitingApproval: 0,
  unknown: 0,
  due: 0,
  unsettled: 0,
  toReplan: 0,
  fatal: 0,
  isHeld: false,
  canReplan: true,
};

export interface MachineContext {
  then: "finish" | "replan";
  verdict: EndStatus;
  limit: string | null;
}

export const CONTEXT: MachineContext = { then: "finish", verdict: "completed", limit: null };

export interface Outcome {
  to: string;
  effects: string[];
  context: MachineContext;
}

/** `finishing`, or `idle/executing` for the two regions of an active run. */
export function stateName(value: MachineValue): string {
  if (typeof value === "string") return value;
  const { deciding, executing } = value.active as { deciding: string; executing: string };
  return `${deciding}/${executing}`;
}

export function stateValue(name: string): MachineValue {
  const [deciding = "", executing] = name.split("/");
  return (executing === undefined ? deciding : { active: { deciding, executing } }) as MachineValue;
}

interface Sending {
  from: string;
  event: MachineEvent;
  context?: Partial<MachineContext>;
}

/** Where an entry takes the machine, and the effects on the way. */
export function send(
  machine: AnyStateMachine,
  { from, event, context = {} }: Sending,
  inspect: (event: InspectionEvent) => void = () => {},
): Outcome {
  const snapshot = machine.resolveState({ value: stateValue(from), context: { ...CONTEXT, ...context } });
  const actor = createActor(machine, { snapshot, inspect });
  const effects: string[] = [];
  actor.on("*", (emitted) => effects.push((emitted as unknown as { effect: string }).effect));
  actor.start();
  actor.send(event);
  const after = actor.getSnapshot();
  return { to: stateName(after.value as MachineValue), effects, context: after.context as MachineContext };
}

/** One transition as it stands in the definition: by state, event (null: follows by itself) and place among its like. */
export interface TransitionPlace {
  state: string;
  event: string | null;
  place: number;
}

interface StateConfig {
  on?: Record<string, unknown>;
  always?: unknown;
  states?: Record<string, StateConfig>;
}

const asList = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** Every transition of the definition. */
export function transitionPlaces(): TransitionPlace[] {
  const visit = (state: string, config: StateConfig): TransitionPlace[] => [
    ...Object.entries(config.on ?? {}).flatMap(([event, list]) =>
      asList(list).map((_, place) => ({ state, event, place })),
    ),
    ...asList(config.always).map((_, place) => ({ state, event: null, place })),
    ...Object.entries(config.states ?? {}).flatMap(([name, child]) =>
      visit(state === "" ? name : `${state}.${name}`, child),
    ),
  ];
  return visit("", runMachine.config as unknown as StateConfig);
}

/** The run machine without one of its transitions. */
export function machineWithout(gone: TransitionPlace): AnyStateMachine {
  const copy = (state: string, config: StateConfig): StateConfig => {
    const others = (list: unknown, event: string | null): unknown[] =>
      asList(list).filter((_, place) => state !== gone.state || event !== gone.event || place !== gone.place);
    const result: StateConfig = { ...config };
    if (config.on) {
      result.on = Object.fromEntries(Object.entries(config.on).map(([event, list]) => [event, others(list, event)]));
    }
    if (config.always) result.always = others(config.always, null);
    if (config.states) {
      const below = (name: string): string => (state === "" ? name : `${state}.${name}`);
      const children = Object.entries(config.states).map(([name, child]) => [name, copy(below(name), child)]);
      result.states = Object.fromEntries(children);
    }
    return result;
  };
  const config = copy("", runMachine.config as unknown as StateConfig);
  return createMachine(config as never, runMachine.implementations as never);
}
