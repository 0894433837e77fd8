/** Steps that start while the plan is still being written (KERNEL 12). */
import { describe, expect, test } from "vitest";
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import type { JournalEntry } from "../../src/journal/entries.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Planner, PlanOptions } from "../../src/planner/planner.ts";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createManualClock, type ManualClock } from "../../src/testing/manual-clock.ts";
import { createWorld, sleep, statuses, type World, type WorldOptions } from "./run-world.ts";

interface Writing {
  /** Steps, each written within `stepMs`. */
  steps: object[];
  /** What the answer turns out to be; the steps by default. */
  answer?: JsonValue;
  /** How long the answer takes after its last step; 0 by default. */
  thinkMs?: number;
}

const STEP_MS = 100;
const planOf = (steps: object[], rest: object = {}) =>
  ({ kind: "plan", rationale: "test", steps, ...rest }) as unknown as JsonValue;

/** Writes one step every 100 ms; `streams: false` keeps them to itself. */
function slowWriter(clock: ManualClock, script: Writing[], { streams = true } = {}) {
  const requests: PlanningRequest[] = [];
  const planner: Planner = {
    name: "slow",
    visibility: "shape",
    async plan(request: PlanningRequest, { onStep, signal }: PlanOptions) {
      requests.push(structuredClone(request));
      const { steps, answer, thinkMs = 0 } = script[requests.length - 1] ?? { steps: [] };
      for (const step of steps) {
        await sleep(clock, STEP_MS, signal);
        if (streams) onStep?.(step as JsonValue);
      }
      if (thinkMs > 0) await sleep(clock, thinkMs, signal);
      return { raw: answer ?? planOf(steps) };
    },
  };
  return { planner, requests };
}

const slow = (clock: ManualClock, ms: number) => async (input: object) => {
  await sleep(clock, ms);
  return { done: true, ...input };
};

function world(script: Writing[], options: WorldOptions & { streams?: boolean } = {}) {
  const { streams = true, ...rest } = options;
  const clock = createManualClock();
  const { planner, requests } = slowWriter(clock, script, { streams });
  const behaviours = { wait: slow(clock, 300), broken: () => Promise.reject(new Error("no")), ...rest.behaviours };
  return { world: createWorld({ planner, clock, ...rest, behaviours }), requests, clock };
}

const wait = (id: string, rest: object = {}) => ({ id, tool: "wait", input: { id }, ...rest });

async function journalOf({ clock, data }: World, run: string): Promise<JournalEntry[]> {
  return (await createMemoryStore({ clock, data }).read(run)).entries;
}

const kinds = (entries: readonly JournalEntry[]): string[] =>
  entries.map(({ kind, step = "" }) => (step === "" ? kind : `${kind} ${step}`));

describe("a plan that is streamed slowly", () => {
  const steps = [
    wait("a"),
    wait("b", { input: { of: { ref: "a.id" } } }),
    ...["c", "d", "e", "f"].map((id) => wait(id)),
  ];

  test("ends earlier than the same without an early start", async () => {
    const early = world([{ steps }]);
    const late = world([{ steps }], { streams: false });
    const first = await early.world.run({ goal: "test" });
    const second = await late.world.run({ goal: "test" });
    expect([first.status, second.status]).toEqual(["completed", "completed"]);
    expect(first.output).toEqual(second.output);
    // Written for 600 ms; then the last step takes 300 ms, or the chain of two 600 ms.
    expect([first.durationMs, second.durationMs]).toEqual([900, 1_200]);
  });

  test("journals each early step before it starts, runs it once, and folds to what is live", async () => {
    const { world: own } = world([{ steps }]);
    const result = await own.run({ goal: "test" });
    const entries = await journalOf(own, result.id);
    const order = kinds(entries);
    expect(order.slice(0, 6)).toEqual([
      "run.accepted",
      "run.started",
      "decision.requested",
      "decision.step",
      "step.started a",
      "decision.step",
    ]);
    expect(order.filter((kind) => kind.startsWith("step.started"))).toHaveLength(6);
    expect(own.calls).toHaveLength(6);
    const [decision] = await own.runtime.runs.decisions(result.id);
    expect(decision?.diff).toEqual({ kept: [], dropped: [], added: ["a", "b", "c", "d", "e", "f"], changed: [] });
    const { read } = await loadBlobs(entries, createMemoryStore({ clock: own.clock, data: own.data }) as never);
    expect(() => foldJournal(entries, read)).not.toThrow();
  });

  test("starts nothing early that has effects, uses a model, needs an approval, or reads what is not early", async () => {
    const { world: own } = world(
      [
        {
          steps: [
            { id: "write", tool: "write", input: {} },
            { id: "model", tool: "model", input: {} },
            { id: "reader", tool: "wait", input: { of: { ref: "write" } } },
            { id: "after", tool: "wait", input: {}, after: ["model"] },
            { id: "judged", tool: "wait", input: {}, when: { ref: "status.model", is: "completed" } },
            wait("free"),
          ],
        },
      ],
      {
        behaviours: { write: () => ({}), model: () => ({}) },
        definitions: { write: { effect: "write", idempotency: "key" }, model: { uses: ["model"] } },
      },
    );
    const result = await own.run({ goal: "test" });
    expect(result.status).toBe("completed");
    const entries = await journalOf(own, result.id);
    const early = entries.flatMap((entry) => (entry.kind === "decision.step" ? [entry.data.step] : []));
    expect(early).toMatchObject([{ value: { id: "free" } }]);
    expect(result.steps.map(({ id }) => id)).toEqual(["write", "model", "reader", "after", "judged", "free"]);
  });
});

describe("a streamed plan whose rest is invalid", () => {
  const bad = { id: "x", tool: "nowhere", input: {} };

  test("is rejected; what runs may finish and be referred to, what did not start vanishes, nothing starts after it", async () => {
    const parallel = { limits: { parallelSteps: 1 } };
    const { world: own, requests } = world(
      [
        { steps: [wait("a"), wait("b"), bad] },
        { steps: [], answer: planOf([wait("a"), { id: "d", tool: "echo", input: { of: { ref: "a.id" } } }]) },
      ],
      parallel,
    );
    const result = await own.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", output: { d: { of: "a" } } });
    expect(statuses(result)).toEqual({ a: "completed", d: "completed" });
    expect(own.calls.map(({ tool, input }) => input.id ?? tool)).toEqual(["a", "echo"]);
    expect(requests[1]).toMatchObject({ attempt: 2, issues: [{ code: "PLAN_UNKNOWN_TOOL" }] });
  });

  test("what did not start is not started while the repair is awaited, and its id is free for another step", async () => {
    const other = { id: "b", tool: "echo", input: { of: "repair" } };
    const { world: own, requests } = world(
      [{ steps: [wait("a"), wait("b"), bad] }, { steps: [], thinkMs: 1_000, answer: planOf([wait("a"), other]) }],
      { limits: { parallelSteps: 1 } },
    );
    const result = await own.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", output: { b: { of: "repair" } } });
    expect(own.calls.map(({ tool, input }) => [tool, input])).toEqual([
      ["wait", { id: "a" }],
      ["echo", { of: "repair" }],
    ]);
    expect(requests).toHaveLength(2);
  });

  test("an early failure counts only once its plan is accepted, and then the step runs again", async () => {
    let calls = 0;
    const flaky = () => {
      calls += 1;
      if (calls === 1) throw new Error("not yet");
      return { ok: true };
    };
    const { world: own } = world([{ steps: [{ id: "a", tool: "flaky", input: {}, onFailure: "fail" }, wait("b")] }], {
      behaviours: { flaky },
    });
    const result = await own.run({ goal: "test" });
    expect(result).toMatchObject({ status: "completed", decisions: 1 });
    expect(calls).toBe(2);
  });

  test("a repair that names a running early step otherwise is told that its id is taken", async () => {
    const { world: own, requests } = world([
      { steps: [wait("a"), bad] },
      { steps: [], answer: planOf([{ ...wait("a"), input: { id: "other" } }]) },
      { steps: [], answer: planOf([wait("b")]) },
    ]);
    const result = await own.run({ goal: "test" });
    expect(requests[2]).toMatchObject({ issues: [{ code: "PLAN_ID_REUSED" }] });
    expect(result.status).toBe("completed");
  });
});

describe("a crash while a plan is being streamed", () => {
  test("asks again; what completed is not called again", async () => {
    const steps = [wait("a"), wait("b"), wait("c"), wait("d"), wait("e"), wait("f")];
    const { world: own, clock } = world([{ steps }]);
    const handle = await own.runtime.start({ goal: "test" });
    await clock.advanceAsync(450);
    expect(own.calls.map(({ input }) => input.id)).toEqual(["a", "b", "c", "d"]);
    const { planner, requests } = slowWriter(clock, [{ steps }]);
    const next = own.crash({ planner });
    const result = await next.result(await next.until(next.runtime.resume(handle.id)));
    expect(result.status).toBe("completed");
    expect(requests).toMatchObject([{ n: 1, attempt: 1 }]);
    expect(own.calls.filter(({ input }) => input.id === "a")).toHaveLength(1);
    expect(Object.keys(statuses(result)).sort()).toEqual(["a", "b", "c", "d", "e", "f"]);
  });

  test("a cancel stops the planner and the early steps", async () => {
    const { world: own, clock } = world([{ steps: [wait("a"), wait("b"), wait("c")] }]);
    const handle = await own.runtime.start({ goal: "test" });
    await clock.advanceAsync(150);
    await own.until(handle.cancel());
    const result = await own.result(handle);
    expect(result.status).toBe("cancelled");
    expect(own.calls).toHaveLength(1);
  });
});
