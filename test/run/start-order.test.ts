/** When steps start: the moment their own sources are there, the longest remaining path first (KERNEL 5). */
import { describe, expect, test } from "vitest";
import type { Step } from "../../src/plan/decision.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { runTimedPlan, startFault, type TimedRun } from "../fake-tools/timed-run.ts";

function step(id: string, ms: number, ...after: string[]): Step {
  return { id, tool: "perform_step", input: { durationSeconds: ms / 1_000 }, after };
}

function startOf({ events }: TimedRun, id: string): number | undefined {
  return events.find((event) => event.kind === "start" && event.step === id)?.at;
}

describe("dataflow without barriers", () => {
  test("a step whose only source takes 50 ms starts at 50 ms while a sibling takes 500", async () => {
    const run = await runTimedPlan([step("slow", 500), step("fast", 50), step("next", 10, "fast")], 8);
    expect(startOf(run, "next")).toBe(50);
    expect(run.makespanMs).toBe(500);
  });

  test("a reference starts its reader at the moment the source ends", async () => {
    const reader: Step = {
      id: "reader",
      tool: "perform_step",
      input: { description: { ref: "fast.done" }, durationSeconds: 0.01 },
    };
    const run = await runTimedPlan([step("slow", 500), step("fast", 50), reader], 8);
    expect(startOf(run, "reader")).toBe(50);
  });

  test("every step of a chain beside a slow sibling starts on time", async () => {
    const chain = [step("c0", 50), ...[1, 2, 3, 4].map((place) => step(`c${place}`, 50, `c${place - 1}`))];
    const run = await runTimedPlan([step("slow", 500), ...chain], 2);
    expect(chain.map(({ id }) => startOf(run, id))).toEqual([0, 50, 100, 150, 200]);
  });
});

describe("limited parallelism", () => {
  test("the step with the longest path to the end starts first, ties by place in the plan", async () => {
    const steps = [
      step("short", 10),
      step("other", 10),
      step("head", 10),
      step("middle", 10, "head"),
      step("tail", 10, "middle"),
    ];
    const { events } = await runTimedPlan(steps, 1);
    const order = events.filter((event) => event.kind === "start").map((event) => event.step);
    expect(order).toEqual(["head", "middle", "short", "other", "tail"]);
  });

  test("random graphs start in that order with one, two and three places", async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 12; round++) {
      const steps: Step[] = [];
      for (let place = 0; place < 15; place++) {
        const sources = steps.filter(() => random.next() < 0.15).map(({ id }) => id);
        steps.push(step(`s${place}`, 1 + Math.floor(random.next() * 40), ...sources));
      }
      const { events } = await runTimedPlan(steps, 1 + (round % 3));
      expect(startFault(steps, events)).toBeNull();
    }
  });
});
