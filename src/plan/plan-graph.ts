/**
 * Who waits for whom in a plan. Owns: dependencies, cycles, orders and the critical path; all of it in O(n + e)
 * and without recursion. Must not: judge (unknown ids are simply no edges here; the checker reports them).
 */
import type { CompiledStep } from "./compile-plan.ts";
import type { Path, Reference } from "./compiled.ts";
import { ROOTS } from "./decision.ts";

export interface Dependencies {
  /** Steps whose output this one needs: if one of them has none, this step is skipped. */
  data: string[];
  /** Steps that must only be settled: `after`, references of `when`, `status.x`, fallbacks and what has one. */
  order: string[];
}

/** Members of groups (workflows): a group id in `after` or a reference stands for them. */
export type Groups = ReadonlyMap<string, readonly string[]>;

export interface PlanGraph {
  /** Step ids in the plan's order, without repeats. */
  ids: string[];
  /** Also names steps outside this plan (of earlier revisions). */
  dependencies: ReadonlyMap<string, Dependencies>;
  /** Steps of this plan that wait for the key, by data or order; plan order. */
  dependents: ReadonlyMap<string, readonly string[]>;
  /** `[from, to]`: `to` waits for `from`; both in this plan; by place of `to`, no repeats. */
  edges: [from: string, to: string][];
}

const ROOT_NAMES: ReadonlySet<string> = new Set(ROOTS);

/** Everything one step waits for, known or not; an id that is in `data` is not repeated in `order`. */
export function dependenciesOf(step: CompiledStep, groups?: Groups): Dependencies {
  const { data, order } = referencedSteps(step.references, groups);
  const needed = new Set(data);
  const settled = new Set([...order, ...step.after.flatMap((id) => groups?.get(id) ?? [id])]);
  return { data, order: [...settled].filter((id) => !needed.has(id)) };
}

/** Step ids that a list of references (such as those of an output) needs or looks at. */
export function referencedSteps(references: readonly Reference[], groups?: Groups): Dependencies {
  const data = new Set<string>();
  const order = new Set<string>();
  for (const reference of references) {
    const target = targetOf(reference.path, groups);
    const isNeeded = !reference.hasFallback && reference.use !== "when" && reference.use !== "fallback";
    const into = isNeeded && target.hasOutput ? data : order;
    for (const id of target.ids) into.add(id);
  }
  return { data: [...data], order: [...order].filter((id) => !data.has(id)) };
}

/**
 * Ids of the steps whose output nobody reads, in the plan's order: without an `output` the result is theirs (KERNEL 11).
 * Any reference of a step reads: in its input, its list, a `default`, a template or `when`; `after` and `status.x` do not.
 */
export function unreadSteps(steps: readonly CompiledStep[], groups?: Groups): string[] {
  const read = new Set<string>();
  for (const { path } of steps.flatMap((step) => step.references)) {
    if (path.root === "status") continue;
    for (const id of targetOf(path, groups).ids) read.add(id);
  }
  return [...new Set(steps.map((step) => step.step.id))].filter((id) => !read.has(id));
}

/**
 * The steps that a path stands for. `hasOutput` is false where it only needs them settled: `status.x`, and a whole
 * group, whose output is there whatever became of its members.
 */
function targetOf({ root, segments }: Path, groups?: Groups): { ids: readonly string[]; hasOutput: boolean } {
  const first = segments[0];
  const key = first?.kind === "key" ? first.key : null;
  if (root === "status") return { ids: key === null ? [] : (groups?.get(key) ?? [key]), hasOutput: false };
  if (ROOT_NAMES.has(root)) return { ids: [], hasOutput: false };
  const members = groups?.get(root);
  if (members === undefined) return { ids: [root], hasOutput: true };
  return key !== null && members.includes(key) ? { ids: [key], hasOutput: true } : { ids: members, hasOutput: false };
}

/** The graph of a plan's steps; of steps with the same id the first counts. */
export function buildPlanGraph(steps: readonly CompiledStep[], options: { groups?: Groups } = {}): PlanGraph {
  const dependencies = new Map<string, Dependencies>();
  for (const step of steps) {
    if (!dependencies.has(step.step.id)) dependencies.set(step.step.id, dependenciesOf(step, options.groups));
  }
  const dependents = new Map<string, string[]>([...dependencies.keys()].map((id) => [id, []]));
  const edges: [string, string][] = [];
  for (const [id, { data, order }] of dependencies) {
    for (const source of [...data, ...order]) {
      const waiting = dependents.get(source);
      if (waiting === undefined) continue;
      waiting.push(id);
      edges.push([source, id]);
    }
  }
  return { ids: [...dependencies.keys()], dependencies, dependents, edges };
}

/**
 * A cycle as the ids along it, or null: each step waits for the one before it, the first for the last
 * (a step that refers to itself gives one id). Depth-first search with an explicit stack.
 */
export function findCycle(graph: PlanGraph): string[] | null {
  const state = new Map<string, "open" | "done">();
  for (const start of graph.ids) {
    if (state.has(start)) continue;
    const cycle = searchFrom(start, graph, state);
    if (cycle !== null) return cycle;
  }
  return null;
}

function searchFrom(start: string, graph: PlanGraph, state: Map<string, "open" | "done">): string[] | null {
  const trail: { id: string; next: number }[] = [{ id: start, next: 0 }];
  state.set(start, "open");
  for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
    const target = graph.dependents.get(top.id)?.[top.next++];
    if (target === undefined) {
      state.set(top.id, "done");
      trail.pop();
    } else if (state.get(target) === "open") {
      const ids = trail.map(({ id }) => id);
      return ids.slice(ids.indexOf(target));
    } else if (!state.has(target)) {
      state.set(target, "open");
      trail.push({ id: target, next: 0 });
    }
  }
  return null;
}

/** All ids, each after those it waits for, otherwise in the plan's order of readiness; null if there is a cycle. */
export function topologicalOrder(graph: PlanGraph): string[] | null {
  const waitsFor = new Map<string, number>(graph.ids.map((id) => [id, 0]));
  for (const [, to] of graph.edges) waitsFor.set(to, (waitsFor.get(to) ?? 0) + 1);
  const sorted = graph.ids.filter((id) => waitsFor.get(id) === 0);
  for (const id of sorted) {
    for (const dependent of graph.dependents.get(id) ?? []) {
      const left = (waitsFor.get(dependent) ?? 0) - 1;
      waitsFor.set(dependent, left);
      if (left === 0) sorted.push(dependent);
    }
  }
  return sorted.length === graph.ids.length ? sorted : null;
}

/** Steps of a plan never change, and a plan that many runs carry out is one list of them. */
const GRAPHS = new WeakMap<readonly CompiledStep[], PlanGraph>();

/** As `buildPlanGraph`, once for each list. */
export function graphOfPlan(steps: readonly CompiledStep[]): PlanGraph {
  const known = GRAPHS.get(steps);
  if (known !== undefined) return known;
  const graph = buildPlanGraph(steps);
  GRAPHS.set(steps, graph);
  return graph;
}

/** What a step weighs, such as its expected milliseconds; 1 by default. */
export type Weight = (id: string) => number;

/**
 * Weight of the longest way from each step to the end of the plan, the step included: what the driver sorts
 * ready steps by. Empty for a plan with a cycle.
 */
export function remainingWeights(graph: PlanGraph, weight: Weight = () => 1): Map<string, number> {
  const remaining = new Map<string, number>();
  for (const id of (topologicalOrder(graph) ?? []).reverse()) {
    let longest = 0;
    for (const dependent of graph.dependents.get(id) ?? []) longest = Math.max(longest, remaining.get(dependent) ?? 0);
    remaining.set(id, longest + weight(id));
  }
  return remaining;
}

/** Steps to go from each on, that one included, once for each graph. */
export function stepsToGo(graph: PlanGraph): ReadonlyMap<string, number> {
  const known = STEPS_TO_GO.get(graph);
  if (known !== undefined) return known;
  const remaining = remainingWeights(graph);
  STEPS_TO_GO.set(graph, remaining);
  return remaining;
}

const STEPS_TO_GO = new WeakMap<PlanGraph, ReadonlyMap<string, number>>();

/** The heaviest way through the plan, first step first; ties go to the earlier step. Empty if there is a cycle. */
export function criticalPath(graph: PlanGraph, weight: Weight = () => 1): string[] {
  const remaining = remainingWeights(graph, weight);
  if (remaining.size === 0) return [];
  const path: string[] = [];
  let choices: readonly string[] = graph.ids;
  while (choices.length > 0) {
    const next = heaviest(choices, remaining);
    path.push(next);
    choices = graph.dependents.get(next) ?? [];
  }
  return path;
}

function heaviest(ids: readonly string[], remaining: ReadonlyMap<string, number>): string {
  return ids.reduce((best, id) => ((remaining.get(id) ?? 0) > (remaining.get(best) ?? 0) ? id : best));
}
