/**
 * What must come before what in a plan, seen between chosen steps only. Owns: closure and transitive reduction.
 * Must not: build the graph (src/plan/plan-graph.ts does).
 */
import type { PlanGraph } from "../plan/plan-graph.ts";

/** Stands for the decision's output among step ids; no step can be called so. */
export const OUTPUT = "";

export interface PlanOrder {
  nodes: readonly string[];
  /** True where `later` can't start before `earlier` has settled. */
  isBefore(earlier: string, later: string): boolean;
  /** Pairs of nodes with nothing in between: A. Aho, M. Garey, J. Ullman, "The Transitive Reduction of a Directed Graph" (1972). */
  reduction(): [earlier: string, later: string][];
  /** Steps of the longest chain; the output is no step. */
  longestChain(): number;
}

/**
 * The order between `nodes`, also where it goes through steps that are none of them. `feeds` are the steps that the
 * output reads, if OUTPUT is a node.
 */
export function orderBetween(graph: PlanGraph, nodes: readonly string[], feeds: readonly string[] = []): PlanOrder {
  const chosen = new Set(nodes);
  const later = new Map(nodes.map((node) => [node, reachable(node, { graph, feeds, chosen })]));
  const isBefore = (earlier: string, other: string): boolean => later.get(earlier)?.has(other) === true;
  return {
    nodes,
    isBefore,
    reduction: () =>
      [...later].flatMap(([from, all]) =>
        [...all]
          .filter((to) => ![...all].some((between) => between !== to && between !== from && isBefore(between, to)))
          .map((to): [string, string] => [from, to]),
      ),
    longestChain: () =>
      longestChain(
        nodes.filter((node) => node !== OUTPUT),
        later,
      ),
  };
}

interface Reach {
  graph: PlanGraph;
  feeds: readonly string[];
  chosen: ReadonlySet<string>;
}

/** Chosen nodes behind `start`, without itself unless it is on a cycle. */
function reachable(start: string, { graph, feeds, chosen }: Reach): Set<string> {
  const feeding = new Set(feeds);
  const seen = new Set<string>();
  const queue = [start];
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    const next = feeding.has(node) ? [...(graph.dependents.get(node) ?? []), OUTPUT] : graph.dependents.get(node);
    for (const one of next ?? []) {
      if (seen.has(one)) continue;
      seen.add(one);
      queue.push(one);
    }
  }
  return new Set([...seen].filter((node) => chosen.has(node)));
}

/** Nodes with fewer successors come later, so chains are counted from their ends; a cycle counts each node once. */
function longestChain(nodes: readonly string[], later: ReadonlyMap<string, ReadonlySet<string>>): number {
  const length = new Map<string, number>();
  const sorted = [...nodes].sort((left, right) => (later.get(left)?.size ?? 0) - (later.get(right)?.size ?? 0));
  for (const node of sorted) {
    let longest = 0;
    for (const next of later.get(node) ?? []) longest = Math.max(longest, length.get(next) ?? 0);
    length.set(node, longest + 1);
  }
  return Math.max(0, ...length.values());
}
