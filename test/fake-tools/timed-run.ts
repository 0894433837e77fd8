/** Runs a plan of timed steps under a manual clock. */
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Step } from "../../src/plan/decision.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createTimedTool, runByClock, type TimedEvent } from "./timed-tool.ts";

export interface TimedRun {
  result: RunResult;
  events: TimedEvent[];
  /** Milliseconds from the first start to the last end. */
  makespanMs: number;
}

/** Long enough for whatever a data set's steps take. */
const FOREVER_MS = 1e12;

export async function runTimedPlan(steps: readonly Step[], parallelSteps: number): Promise<TimedRun> {
  const clock = createManualClock();
  const { tool, events } = createTimedTool(clock);
  const runtime = createRuntime({
    tools: [tool],
    builtInTools: false,
    store: createMemoryStore({ clock }),
    clock,
    limits: { parallelSteps, toolTimeoutMs: FOREVER_MS, budget: { maxSeconds: FOREVER_MS } },
  });
  const plan = { kind: "plan", rationale: "timed", steps } as unknown as JsonValue;
  const result = await runByClock(clock, runtime.run({ goal: "Take the time it takes.", plan }));
  const first = events[0]?.at ?? 0;
  return { result, events, makespanMs: Math.max(first, ...events.map((event) => event.at)) - first };
}

/**
 * Says of the first start that came too early, or before another one that should have come first: the step with the
 * longest path to the end is to start first, ties go by place in the plan. Null where all are in order.
 */
export function startFault(steps: readonly Step[], events: readonly TimedEvent[]): string | null {
  const ids = steps.map((step) => step.id);
  const remaining = remainingSteps(steps);
  const isAhead = (left: string, right: string): boolean => {
    const difference = (remaining.get(left) ?? 0) - (remaining.get(right) ?? 0);
    return difference === 0 ? ids.indexOf(left) < ids.indexOf(right) : difference > 0;
  };
  const started = new Set<string>();
  const ended = new Set<string>();
  const isReady = (step: Step): boolean => !started.has(step.id) && (step.after ?? []).every((id) => ended.has(id));
  for (const { kind, step } of events) {
    if (kind === "end") {
      ended.add(step);
      continue;
    }
    const ready = steps.filter(isReady).map((one) => one.id);
    if (!ready.includes(step)) return `${step} started before what it waits for had ended`;
    const better = ready.find((id) => isAhead(id, step));
    if (better !== undefined) return `${step} started before ${better}`;
    started.add(step);
  }
  return started.size === ids.length && ended.size === ids.length ? null : "not every step ran";
}

/** Number of steps on the longest way from each step to the end, itself included. */
function remainingSteps(steps: readonly Step[]): Map<string, number> {
  const known = new Map<string, number>();
  const lengthOf = (id: string): number => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const readers = steps.filter((step) => step.after?.includes(id) === true);
    const length = 1 + Math.max(0, ...readers.map((step) => lengthOf(step.id)));
    known.set(id, length);
    return length;
  };
  for (const step of steps) lengthOf(step.id);
  return known;
}
