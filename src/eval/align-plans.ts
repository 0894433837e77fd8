/**
 * Which step of a plan stands for which of a gold plan. Owns: the likeness of steps and the best assignment by it.
 * Must not: score.
 */
import type { CompiledStep } from "../plan/compile-plan.ts";
import { buildPlanGraph, topologicalOrder } from "../plan/plan-graph.ts";
import type { Scope } from "../plan/scope.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import type { AcceptedInput } from "./case.ts";
import { assignBest } from "./optimal-assignment.ts";
import { compareParts } from "./step-parts.ts";
import { tellStepsApart } from "./tell-steps-apart.ts";

export interface Alignment {
  got: readonly CompiledStep[];
  gold: readonly CompiledStep[];
  /** Ids of the steps that the outputs read. */
  gotFeeds: readonly string[];
  goldFeeds: readonly string[];
  tools: Pick<ToolRegistry, "get">;
  accepted: readonly AcceptedInput[];
  gotScope: Scope;
  goldScope: Scope;
}

/** Places of steps that go together, in the order of `got`. Only steps of the same tool ever do. */
export function alignSteps(alignment: Alignment): { got: number; gold: number }[] {
  const { got, gold } = alignment;
  const likeness = likenessTable(alignment);
  const bonus = createBonus(alignment, likeness);
  const weights = got.map((_, row) =>
    gold.map((_, column) => {
      const own = likeness[row]![column]!;
      return own === 0 ? 0 : own + bonus(row, column);
    }),
  );
  return assignBest(weights)
    .filter(({ weight }) => weight > 0)
    .map(({ row, column }) => ({ got: row, gold: column }));
}

/**
 * 0 for different tools, else 1/2 plus half the mean likeness of inputs, condition and list, where a reference is as
 * alike as the steps it names: so equal steps on different branches are told apart by where their data comes from.
 */
function likenessTable(alignment: Alignment): number[][] {
  const { got, gold } = alignment;
  const table = got.map(() => gold.map(() => 0));
  const gotPlaces = firstPlaces(got);
  const goldPlaces = firstPlaces(gold);
  const goldIds = new Set(goldPlaces.keys());
  const sourceLikeness = (left: string, right: string): number => {
    const [row, column] = [gotPlaces.get(left), goldPlaces.get(right)];
    if (row === undefined || column === undefined) return left === right && !goldIds.has(right) ? 1 : 0;
    return table[row]![column]!;
  };
  const goldOrder = sourcesFirst(gold);
  for (const row of sourcesFirst(got)) {
    for (const column of goldOrder) {
      const [left, right] = [got[row]!, gold[column]!];
      if (left.step.tool !== right.step.tool) continue;
      const tool = alignment.tools.get(left.step.tool);
      const parts = compareParts(left, right, { ...alignment, sourceLikeness, tool });
      const mean = parts.length === 0 ? 1 : parts.reduce((sum, part) => sum + part.likeness, 0) / parts.length;
      table[row]![column] = (1 + mean) / 2;
    }
  }
  return table;
}

function firstPlaces(steps: readonly CompiledStep[]): Map<string, number> {
  const places = new Map<string, number>();
  for (const [place, { step }] of steps.entries()) if (!places.has(step.id)) places.set(step.id, place);
  return places;
}

/** Places of all steps, sources before those that read them; as written where there is a cycle. */
function sourcesFirst(steps: readonly CompiledStep[]): number[] {
  const order = topologicalOrder(buildPlanGraph(steps));
  const rank = new Map((order ?? []).map((id, place) => [id, place]));
  return [...steps.keys()].sort(
    (left, right) => (rank.get(steps[left]!.step.id) ?? 0) - (rank.get(steps[right]!.step.id) ?? 0),
  );
}

/** Breaks ties between equal steps: first by what surrounds them, then by id, then by place; never outweighs a likeness. */
function createBonus(
  { got, gold, gotFeeds, goldFeeds }: Alignment,
  likeness: readonly (readonly number[])[],
): (row: number, column: number) => number {
  const nearness = tellStepsApart({ steps: got, feeds: gotFeeds }, { steps: gold, feeds: goldFeeds }, likeness);
  return (row, column) => {
    const id = got[row]!.step.id === gold[column]!.step.id ? 1e-6 : 0;
    return 1e-4 * nearness(row, column) + id + (row === column ? 1e-8 : 0);
  };
}
