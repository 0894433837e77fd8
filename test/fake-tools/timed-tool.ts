/** A tool that takes as long as its input says, by an injected clock. Owns: the record of starts and ends. */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { ManualClock } from "../../src/testing/manual-clock.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";

export interface TimedEvent {
  kind: "start" | "end";
  step: string;
  /** Milliseconds by the clock. */
  at: number;
}

export interface TimedTool {
  tool: Tool;
  /** In the order in which they happened. */
  events: TimedEvent[];
}

/** `durationSeconds` is the tool's only input that counts. */
export function createTimedTool(clock: ManualClock, name = "perform_step"): TimedTool {
  const events: TimedEvent[] = [];
  const note = (kind: TimedEvent["kind"], step: string): void => {
    events.push({ kind, step, at: clock.monotonic() });
  };
  const tool = defineTool({
    name,
    description: "Takes its time.",
    inputSchema: {
      type: "object",
      properties: { description: { type: "string" }, durationSeconds: { type: "number" } },
      required: ["durationSeconds"],
    },
    outputSchema: { type: "object", properties: { done: { type: "string" } }, required: ["done"] },
    effect: "read",
    idempotency: "pure",
    execute(input, { step }) {
      note("start", step);
      const { durationSeconds } = input as { durationSeconds: number };
      return new Promise((resolve) => {
        clock.setTimer(durationSeconds * 1_000, () => {
          note("end", step);
          resolve({ done: step });
        });
      });
    },
  });
  return { tool, events };
}

/** Moves the clock from timer to timer until the work is done. */
export async function runByClock<T>(clock: ManualClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = (): void => {
    isDone = true;
  };
  work.then(done, done);
  for (;;) {
    await nextTurn();
    if (isDone) return work;
    await clock.advanceToNext();
  }
}
