/**
 * The run machine as a drawing and as data (`planwright machine`), read off its definition, so that neither can
 * disagree with what runs. Owns: the two forms. Must not: run the machine.
 */
import { runMachine } from "./run-machine.ts";

export interface MachineState {
  /** Place in the machine, such as `active.deciding.planning`. */
  id: string;
  parent: string | null;
  type: "atomic" | "compound" | "parallel" | "final";
  /** The state that a compound one starts in. */
  initial: string | null;
  /** Effects that are emitted on the way in and out. */
  entry: string[];
  exit: string[];
}

export interface MachineTransition {
  from: string;
  to: string;
  /** Kind of journal entry; null for transitions that follow by themselves as soon as their guard holds. */
  event: string | null;
  guard: string | null;
  actions: string[];
}

export interface MachineDescription {
  id: string;
  initial: string;
  states: MachineState[];
  /** Of one state and event the first whose guard holds is taken. */
  transitions: MachineTransition[];
}

/** A state or transition of XState, as far as it is read here; `AnyStateNode` would bring `any` with it. */
interface StateNode {
  path: readonly string[];
  type: string;
  states: Readonly<Record<string, StateNode>>;
  initial: { target: readonly StateNode[] };
  transitions: ReadonlyMap<string, readonly TransitionNode[]>;
  always?: readonly TransitionNode[] | undefined;
  entry: readonly unknown[];
  exit: readonly unknown[];
}

interface TransitionNode {
  target?: readonly StateNode[] | undefined;
  guard?: unknown;
  actions: readonly unknown[];
}

/** Every state and transition of the run machine, outer states before inner ones. */
export function machineJson(): MachineDescription {
  const root: StateNode = runMachine.root;
  const nodes = statesBelow(root);
  return {
    id: runMachine.id,
    initial: nameOf(root.initial.target[0] ?? root),
    states: nodes.map(describeState),
    transitions: nodes.flatMap(describeTransitions),
  };
}

function statesBelow(node: StateNode): StateNode[] {
  return Object.values(node.states).flatMap((child) => [child, ...statesBelow(child)]);
}

function nameOf(node: StateNode): string {
  return node.path.join(".");
}

function describeState(node: StateNode): MachineState {
  const isCompound = node.type === "compound";
  return {
    id: nameOf(node),
    parent: node.path.length > 1 ? node.path.slice(0, -1).join(".") : null,
    type: node.type as MachineState["type"],
    initial: isCompound ? nameOf(node.initial.target[0] ?? node) : null,
    entry: node.entry.map(describeAction),
    exit: node.exit.map(describeAction),
  };
}

function describeTransitions(node: StateNode): MachineTransition[] {
  const byEvent = [...node.transitions].map(([event, list]) => ({ event: event === "" ? null : event, list }));
  const found = [...byEvent.filter(({ event }) => event !== null), { event: null, list: node.always ?? [] }];
  return found.flatMap(({ event, list }) =>
    list.map((transition) => ({
      from: nameOf(node),
      to: nameOf(transition.target?.[0] ?? node),
      event,
      guard: transition.guard === undefined ? null : describeGuard(transition.guard),
      actions: transition.actions.map(describeAction),
    })),
  );
}

/** `isPlan`, `endsAs failed`, `noDecisionOpen and not isFatal`. */
function describeGuard(guard: unknown): string {
  const { guards } = guard as { guards?: readonly unknown[] };
  if (typeof guard !== "function" || guards === undefined) return describeAction(guard);
  const parts = guards.map(describeGuard);
  if (guard.name !== "not") return parts.join(` ${guard.name} `);
  return parts[0]?.includes(" ") === true ? `not (${parts[0]})` : `not ${parts[0]}`;
}

/** A name, with its parameters after it; an effect goes by its own name. */
function describeAction(action: unknown): string {
  if (typeof action === "string") return action;
  const { type, params = {} } = action as { type: string; params?: Record<string, unknown> };
  const values = Object.values(params).map(String);
  return type === "effect" ? values.join(" ") : [type, ...values].join(" ");
}

/** The machine as a Mermaid state diagram (`stateDiagram-v2`): regions, guards in brackets, actions after a slash. */
export function machineMermaid(): string {
  const machine = machineJson();
  const lines = [
    "stateDiagram-v2",
    `  [*] --> ${mermaidId(machine.initial)}`,
    ...drawStates(machine, null, "  "),
    ...machine.transitions.map((transition) => `  ${drawTransition(transition)}`),
    ...machine.states.filter(({ type }) => type === "final").map(({ id }) => `  ${mermaidId(id)} --> [*]`),
  ];
  return `${lines.join("\n")}\n`;
}

function drawStates(machine: MachineDescription, parent: string | null, indent: string): string[] {
  const isRegion = machine.states.find(({ id }) => id === parent)?.type === "parallel";
  const children = machine.states.filter((state) => state.parent === parent);
  return children.flatMap((state, place) => [
    ...(isRegion && place > 0 ? [`${indent}--`] : []),
    ...drawState(machine, state, indent),
  ]);
}

function drawState(machine: MachineDescription, state: MachineState, indent: string): string[] {
  const id = mermaidId(state.id);
  const head = `${indent}state "${state.id.slice(state.id.lastIndexOf(".") + 1)}" as ${id}`;
  if (state.type === "atomic" || state.type === "final") {
    const effects = [...state.entry.map((name) => `entry / ${name}`), ...state.exit.map((name) => `exit / ${name}`)];
    return [head, ...effects.map((effect) => `${indent}${id} : ${effect}`)];
  }
  const inner = `${indent}  `;
  const initial = state.initial === null ? [] : [`${inner}[*] --> ${mermaidId(state.initial)}`];
  return [`${head} {`, ...initial, ...drawStates(machine, state.id, inner), `${indent}}`];
}

function drawTransition({ from, to, event, guard, actions }: MachineTransition): string {
  const parts = [event, guard === null ? null : `[${guard}]`, actions.length === 0 ? null : `/ ${actions.join(", ")}`];
  return `${mermaidId(from)} --> ${mermaidId(to)} : ${parts.filter((part) => part !== null).join(" ")}`;
}

/** Names repeat in regions (`executing` in `executing`); ids may not. */
function mermaidId(state: string): string {
  return state.replaceAll(".", "_");
}
