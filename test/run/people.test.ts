import { describe, expect, test } from "vitest";
import type { Approval } from "../../src/journal/entries.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Store } from "../../src/journal/store.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { planOf } from "../fixtures/plans.ts";
import { createWorld, sleep, statuses, type World } from "./run-world.ts";

const ref = (path: string) => ({ ref: path });
const send = { id: "send", tool: "send", input: { to: "ops", text: ref("document.text") } };
const documents = [{ name: "note.txt", text: "Hello there, this is a note." }];

function mailWorld(options: object = {}): World {
  return createWorld({
    behaviours: { send: () => ({ sent: true }) },
    definitions: { send: { effect: "irreversible", idempotency: "none" } },
    ...options,
  });
}

async function approvalsAsked({ clock, data }: World, run: string): Promise<Approval[]> {
  const { entries } = await createMemoryStore({ clock, data }).read(run);
  return entries.flatMap((entry) => (entry.kind === "approval.requested" ? [entry.data.approval] : []));
}

describe("approvals", () => {
  test.each([
    ["key", 3],
    ["none", 1],
  ] as const)(
    "one covers all attempts of its call, which have one key: idempotency %s, %i calls",
    async (...[idempotency, calls]) => {
      const world = mailWorld({
        behaviours: { send: () => Promise.reject(new Error("busy")) },
        definitions: { send: { effect: "irreversible", idempotency } },
      });
      const rules = { recovery: [{ on: "*", do: "retry", retry: { attempts: 3 } }] };
      const asked = await world.apply([{ id: "send", tool: "send", input: {} }], { request: { rules } });
      await world.until(world.runtime.runs.approve(asked.id));
      expect(await world.until(world.runtime.runs.settled(asked.id))).toMatchObject({ status: "failed" });
      expect(world.calls).toHaveLength(calls);
      expect(new Set(world.calls.map(({ context }) => context.idempotencyKey)).size).toBe(1);
    },
  );

  test("one that was asked for before a replan gave the call another input is void: nobody decides it, nor does time", async () => {
    const first = { id: "first", tool: "first", input: {}, onFailure: "skip" } as const;
    const late = { id: "late", tool: "late", input: {} };
    const mail = { id: "send", tool: "send", input: { v: { ref: "first.v", default: 0 } } };
    let hasFailed = false;
    const behaviours = {
      first: () => {
        if (hasFailed) return { v: 7 };
        hasFailed = true;
        throw new Error("not yet");
      },
      late: async () => {
        await sleep(world.clock, 20_000);
        throw new Error("too late");
      },
      send: () => ({}),
    };
    const planner = createScriptedPlanner([planOf([first, mail, late]), planOf([first, mail])]);
    const world = mailWorld({ behaviours, planner });
    const asked = await world.run({ goal: "test" });
    const before = await approvalsAsked(world, asked.id);
    expect(before.map(({ input }) => input)).toEqual([{ v: 0 }, { v: 7 }]);
    expect(asked.waiting?.approvals.map(({ id }) => id)).toEqual([before[1]?.id]);
    const reject = world.until(world.runtime.runs.reject(asked.id, { id: before[0]?.id ?? "" }));
    await expect(reject).rejects.toMatchObject({ code: "RUN_NOT_WAITING", message: expect.stringContaining("void") });
    await world.clock.advanceAsync(24 * 3_600_000 - 10_000); // The first one would have expired, the second has not.
    expect(await world.runtime.runs.get(asked.id)).toMatchObject({ status: "waiting" });
    await world.until(world.runtime.runs.approve(asked.id));
    expect(await world.until(world.runtime.runs.settled(asked.id))).toMatchObject({ status: "completed" });
    expect(world.calls.filter(({ tool }) => tool === "send").map(({ input }) => input)).toEqual([{ v: 7 }]);
  });

  test("an irreversible call waits, shows where its input came from, and runs once it is approved", async () => {
    const world = mailWorld();
    const handle = await world.runtime.start({ goal: "test", plan: planOf([send]), documents });
    const waiting = await world.result(handle);
    expect(waiting).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
    expect(world.calls).toHaveLength(0);
    const [approval] = waiting.waiting?.approvals ?? [];
    expect(approval).toMatchObject({
      kind: "step",
      step: "send",
      tool: "send",
      rule: "default.irreversible",
      input: { to: "ops" },
    });
    expect(approval?.provenance).toEqual([
      { path: "/to", integrity: "trusted", origins: [] },
      { path: "/text", integrity: "untrusted", origins: ["documents[0]"] },
    ]);
    await world.until(handle.approve());
    const result = await world.result(handle);
    expect(result).toMatchObject({ status: "completed", output: { send: { sent: true } } });
    expect(world.calls).toHaveLength(1);
  });

  test("a rejected call fails with APPROVAL_DENIED and is never made", async () => {
    const world = mailWorld();
    const handle = await world.runtime.start({ goal: "test", plan: planOf([send]), documents });
    await world.result(handle);
    await world.until(handle.reject({ reason: "not today" }));
    const result = await world.result(handle);
    expect(result).toMatchObject({
      status: "failed",
      error: { code: "APPROVAL_DENIED", message: expect.stringContaining("not today") },
    });
    expect(world.calls).toHaveLength(0);
  });

  test("an approval expires", async () => {
    const world = mailWorld({ limits: { approvalTtlMs: 1_000 } });
    const handle = await world.runtime.start({ goal: "test", plan: planOf([send]), documents });
    await world.result(handle);
    await world.clock.advanceAsync(1_001);
    expect(await world.result(handle)).toMatchObject({ status: "failed", error: { code: "APPROVAL_EXPIRED" } });
    await expect(world.until(handle.approve())).rejects.toMatchObject({ code: "RUN_ENDED" });
  });

  test("another hash is APPROVAL_MISMATCH, a second approval is RUN_ENDED", async () => {
    const world = mailWorld();
    const handle = await world.runtime.start({ goal: "test", plan: planOf([send]), documents });
    await world.result(handle);
    await expect(world.until(handle.approve({ hash: "sha256:other" }))).rejects.toMatchObject({
      code: "APPROVAL_MISMATCH",
    });
    await expect(world.until(handle.approve({ id: "apr_other" }))).rejects.toMatchObject({ code: "APPROVAL_MISMATCH" });
    await world.until(handle.approve());
    await world.result(handle);
    await expect(world.until(handle.approve())).rejects.toMatchObject({ code: "RUN_ENDED" });
    expect(world.calls).toHaveLength(1);
  });

  test("a grant with the exact input needs no approval; with another input it does", async () => {
    const granted = mailWorld();
    const text = documents[0]?.text ?? "";
    const exact = [{ tool: "send", input: { to: "ops", text } }];
    expect(await granted.apply([send], { request: { documents, approve: exact } })).toMatchObject({
      status: "completed",
    });
    const other = mailWorld();
    expect(
      await other.apply([send], { request: { documents, approve: [{ tool: "send", input: { to: "x", text } }] } }),
    ).toMatchObject({ status: "waiting" });
  });

  test("approve none denies at once", async () => {
    const result = await mailWorld().apply([send], { request: { documents, approve: "none" } });
    expect(result).toMatchObject({ status: "failed", error: { code: "APPROVAL_DENIED" } });
  });

  test("siblings run on while one step waits", async () => {
    const world = mailWorld();
    const result = await world.apply([send, { id: "other", tool: "echo", input: { a: 1 } }], {
      request: { documents },
    });
    expect(result.status).toBe("waiting");
    expect(statuses(result)).toEqual({ send: "waiting", other: "completed" });
  });

  test("writes from untrusted data wait, from trusted data they don't; undeclared tools cannot exist", async () => {
    const write = (text: unknown) => [{ id: "w", tool: "write", input: { text } }];
    const options = {
      behaviours: { write: () => 1 },
      definitions: { write: { effect: "write" as const, idempotency: "key" as const } },
    };
    expect(await createWorld(options).apply(write(ref("goal")))).toMatchObject({ status: "completed" });
    const waiting = await createWorld(options).apply(write(ref("document.text")), { request: { documents } });
    expect(waiting.waiting?.approvals[0]?.rule).toBe("default.untrusted-input");
  });

  test("a plan made after the planner saw a preview is untrusted, one made from shapes is not", async () => {
    const options = {
      behaviours: { write: () => 1 },
      definitions: { write: { effect: "write" as const, idempotency: "key" as const } },
    };
    const answer = planOf([{ id: "w", tool: "write", input: { text: "hi" } }]);
    const preview = createWorld({ ...options, planner: createScriptedPlanner([answer]) });
    const waiting = await preview.run({ goal: "test", documents });
    expect(waiting.waiting?.approvals[0]).toMatchObject({
      rule: "default.untrusted-input",
      provenance: [{ origins: ["planner"] }],
    });
    const shape = createWorld({ ...options, planner: createScriptedPlanner([answer], { visibility: "shape" }) });
    expect(await shape.run({ goal: "test", documents })).toMatchObject({ status: "completed" });
  });

  test("a condition on untrusted data taints what it lets run", async () => {
    const world = createWorld({
      behaviours: { write: () => 1 },
      definitions: { write: { effect: "write", idempotency: "key" } },
    });
    const steps = [{ id: "w", tool: "write", input: { text: "hi" }, when: { ref: "document.text", contains: "note" } }];
    const result = await world.apply(steps, { request: { documents } });
    expect(result.waiting?.approvals[0]?.rule).toBe("default.untrusted-input");
  });
});

describe("questions", () => {
  test("the run waits for the answer and the next plan knows it", async () => {
    const planner = createScriptedPlanner([
      { kind: "ask", rationale: "r", question: "Which city?" },
      (request) => ({ kind: "finish", rationale: "r", output: { city: request.answers[0]?.answer ?? null } }),
    ]);
    const world = createWorld({ planner });
    const handle = await world.runtime.start({ goal: "test" });
    const waiting = await world.result(handle);
    expect(waiting).toMatchObject({ status: "waiting", waiting: { reason: "answer", question: "Which city?" } });
    await expect(world.until(handle.approve())).rejects.toMatchObject({ code: "RUN_NOT_WAITING" });
    await world.until(handle.answer("Bremen"));
    expect(await world.result(handle)).toMatchObject({ status: "completed", output: { city: "Bremen" }, decisions: 2 });
    expect(planner.requests[1]).toMatchObject({
      cause: "answer",
      answers: [{ question: "Which city?", answer: "Bremen" }],
    });
  });
});

describe("cancel", () => {
  test("running tools get the abort signal, nothing new starts, the run is cancelled", async () => {
    const world = createWorld({
      behaviours: { wait: async (_, { signal }) => sleep(world.clock, 60_000, signal) },
    });
    const handle = await world.runtime.start({
      goal: "test",
      plan: planOf([
        { id: "a", tool: "wait", input: {} },
        { id: "b", tool: "echo", input: {}, after: ["a"] },
      ]),
    });
    await world.clock.advanceAsync(10);
    await world.until(handle.cancel());
    const result = await world.result(handle);
    expect(result).toMatchObject({ status: "cancelled", error: null });
    expect(statuses(result)).toEqual({ a: "failed", b: "cancelled" });
    expect(world.calls.map(({ context }) => context.step)).toEqual(["a"]);
    expect(result.durationMs).toBeLessThan(1_000);
  });

  test("a tool that must not repeat and ignores the signal ends unknown after the grace period", async () => {
    const world = createWorld({
      behaviours: { deaf: () => new Promise(() => {}) },
      definitions: { deaf: { idempotency: "none", timeoutMs: 60_000 } },
    });
    const handle = await world.runtime.start({ goal: "test", plan: planOf([{ id: "a", tool: "deaf", input: {} }]) });
    await world.clock.advanceAsync(10);
    await world.until(handle.cancel());
    const result = await world.result(handle);
    expect(result.status).toBe("cancelled");
    expect(statuses(result)).toEqual({ a: "unknown" });
  });

  test("a waiting run can be cancelled; twice is no error; afterwards it is RUN_ENDED", async () => {
    const world = mailWorld();
    const handle = await world.runtime.start({ goal: "test", plan: planOf([send]), documents });
    await world.result(handle);
    await Promise.all([world.until(handle.cancel()), handle.cancel().catch(() => {})]);
    expect((await world.result(handle)).status).toBe("cancelled");
    await expect(world.until(handle.cancel())).rejects.toMatchObject({ code: "RUN_ENDED" });
  });

  test("a cancel that another process gives just as the run ends is RUN_ENDED, not acknowledged", async () => {
    const world = createWorld({ behaviours: { slow: () => sleep(world.clock, 100).then(() => ({})) } });
    const handle = await world.runtime.start({ goal: "test", plan: planOf([{ id: "a", tool: "slow", input: {} }]) });
    const store = createMemoryStore({ clock: world.clock, data: world.data });
    const signal: Store["signal"] = async (...word) => {
      await sleep(world.clock, 200);
      await store.signal(...word);
    };
    const other = world.another({ store: { ...store, signal } });
    await expect(world.until(other.runtime.runs.cancel(handle.id))).rejects.toMatchObject({ code: "RUN_ENDED" });
    expect((await world.result(handle)).status).toBe("completed");
  });
});

describe("budgets", () => {
  test("the step budget ends the run as exhausted and keeps what was achieved", async () => {
    const steps = Array.from({ length: 5 }, (_, place) => ({ id: `s${place}`, tool: "echo", input: { place } }));
    const world = createWorld();
    const result = await world.apply(steps, { request: { budget: { maxSteps: 3 } } });
    expect(result).toMatchObject({ status: "exhausted", error: { code: "LIMIT_STEPS" } });
    expect(result.output).toEqual({ s0: { place: 0 }, s1: { place: 1 }, s2: { place: 2 } });
    expect(world.calls).toHaveLength(3);
    expect(Object.values(statuses(result)).filter((status) => status === "completed")).toHaveLength(3);
  });

  test("every forEach element counts as a step, retries do not", async () => {
    const world = createWorld();
    const steps = [{ id: "each", tool: "echo", input: { i: ref("item") }, forEach: { items: [1, 2, 3], max: 3 } }];
    expect((await world.apply(steps, { request: { budget: { maxSteps: 2 } } })).status).toBe("exhausted");
    expect((await createWorld().apply(steps, { request: { budget: { maxSteps: 3 } } })).status).toBe("completed");
  });

  test("the replan budget ends the run as exhausted", async () => {
    let count = 0;
    const planner = createScriptedPlanner(
      Array.from(
        { length: 9 },
        () => () => planOf([{ id: `s${count++}`, tool: "echo", input: {} }], { then: "replan" }),
      ),
    );
    const result = await createWorld({ planner }).run({ goal: "test", budget: { maxReplans: 2 } });
    expect(result).toMatchObject({ status: "exhausted", error: { code: "LIMIT_REPLANS" }, replans: 2 });
  });

  test("wall time ends the run, aborts its tools, and waiting for a person does not count", async () => {
    const world = createWorld({
      behaviours: { wait: async ({ ms }, { signal }) => sleep(world.clock, Number(ms), signal) },
    });
    const result = await world.apply([{ id: "a", tool: "wait", input: { ms: 20_000 } }], {
      request: { budget: { maxSeconds: 5 } },
    });
    expect(result).toMatchObject({ status: "exhausted", error: { code: "LIMIT_TIME" }, durationMs: 5_000 });
    const patient = mailWorld();
    const handle = await patient.runtime.start({
      goal: "test",
      plan: planOf([send]),
      documents,
      budget: { maxSeconds: 5 },
    });
    await patient.result(handle);
    await patient.clock.advanceAsync(60_000);
    await patient.until(handle.approve());
    expect((await patient.result(handle)).status).toBe("completed");
  });
});
