/** The plans that are measured, and the tools they call. */
import type { PlanDecision, Step } from "../src/plan/decision.ts";
import type { Random } from "../src/shared/random.ts";
import { defineTool } from "../src/tool/define-tool.ts";
import type { Tool } from "../src/tool/tool.ts";

export type Shape = "chain" | "independent" | "forEach";

/** `add` steps, each reading the one before, or none; or two fan-outs, of which the second reads the first. */
export function countingPlan(shape: Shape, steps: number): PlanDecision {
  if (shape === "forEach") return chainedFanOuts(steps >> 1);
  return planOf(Array.from({ length: steps }, (_, place) => countingStep(place, shape === "chain" && place > 0)));
}

function countingStep(place: number, readsLast: boolean): Step {
  const left = readsLast ? { ref: `s${place - 1}.sum` } : place;
  return { id: `s${place}`, tool: "add", input: { left, right: 1 } };
}

function chainedFanOuts(count: number): PlanDecision {
  const forEach = { items: { ref: "list.items" }, max: count };
  return planOf([
    { id: "list", tool: "count", input: { to: count } },
    { id: "first", tool: "add", input: { left: { ref: "item" }, right: 1 }, forEach },
    { id: "second", tool: "add", input: { left: { ref: "first[index].sum" }, right: 1 }, forEach },
  ]);
}

/** Steps in a random graph; each reads up to three earlier ones. Sources come before their readers. */
export function randomPlan(random: Random, steps: number): PlanDecision {
  const made: Step[] = [];
  for (let place = 0; place < steps; place++) {
    const sources = made.filter(() => random.next() < 2 / steps).slice(-3);
    made.push({ id: `s${place}`, tool: "pause", input: { place }, after: sources.map((step) => step.id) });
  }
  return planOf(made);
}

/** One step, two that read it, and one that reads both. */
export function diamondPlan(): PlanDecision {
  const step = (id: string, ...after: string[]): Step => ({ id, tool: "pause", input: { place: 0 }, after });
  return planOf([step("first"), step("left", "first"), step("right", "first"), step("last", "left", "right")]);
}

/** A list that is known only at run time, and a step that runs for each of its elements. */
export function fanOutPlan(count: number): PlanDecision {
  const forEach = { items: { ref: "list.items" }, max: count };
  return planOf([
    { id: "list", tool: "count", input: { to: count } },
    { id: "each", tool: "pause", input: { place: { ref: "item" } }, forEach },
  ]);
}

function planOf(steps: Step[]): PlanDecision {
  return { kind: "plan", rationale: "Measured.", steps, then: "finish" };
}

/** Number of steps on the longest way through the plan. */
export function longestPath(plan: PlanDecision): number {
  const lengths = new Map<string, number>();
  for (const { id, after = [] } of plan.steps) {
    lengths.set(id, 1 + Math.max(0, ...after.map((source) => lengths.get(source) ?? 0)));
  }
  return Math.max(0, ...lengths.values());
}

/** What a trivial call does: the same work for the runtime and for the floor. */
export function add({ left, right }: { left: number; right: number }): { sum: number } {
  return { sum: left + right };
}

/** What the `pause` tool takes, in milliseconds. */
export const PAUSE_MS = 20;

export function pause(): Promise<{ done: boolean }> {
  return new Promise((resolve) => setTimeout(() => resolve({ done: true }), PAUSE_MS));
}

const NUMBER = { type: "number" } as const;

export interface BenchTools {
  /** The tools; `onCall` is told of each call from now on. */
  withOnCall(onCall: () => void): Tool[];
}

export function createBenchTools(): BenchTools {
  let onCall = (): void => {};
  const pure = { effect: "read", idempotency: "pure" } as const;
  const tools = [
    defineTool({
      ...pure,
      name: "add",
      description: "Adds two numbers.",
      inputSchema: { type: "object", properties: { left: NUMBER, right: NUMBER }, required: ["left", "right"] },
      outputSchema: { type: "object", properties: { sum: NUMBER }, required: ["sum"] },
      execute(input) {
        onCall();
        return add(input as { left: number; right: number });
      },
    }),
    defineTool({
      ...pure,
      name: "count",
      description: "Gives the numbers from 0 on.",
      inputSchema: { type: "object", properties: { to: NUMBER }, required: ["to"] },
      outputSchema: { type: "object", properties: { items: { type: "array", items: NUMBER } }, required: ["items"] },
      execute: (input) => ({ items: Array.from({ length: (input as { to: number }).to }, (_, place) => place) }),
    }),
    defineTool({
      ...pure,
      name: "pause",
      description: "Waits.",
      inputSchema: { type: "object", properties: { place: NUMBER }, required: ["place"] },
      outputSchema: { type: "object", properties: { done: { type: "boolean" } }, required: ["done"] },
      execute() {
        onCall();
        return pause();
      },
    }),
  ];
  return {
    withOnCall(told) {
      onCall = told;
      return tools;
    },
  };
}
