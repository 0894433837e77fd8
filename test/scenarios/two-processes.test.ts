/** Several processes over one data folder (SAFETY R7, R11, R12; KERNEL 18, 19). */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/index.ts";
import { type Bench, type BriefResult, createBench, eventually, type Worker } from "./workers.ts";

const RACES = 20;

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});
afterEach(() => bench.dispose());

function fixed(steps: object[], rest: object = {}): RunRequest {
  return { goal: "Work.", plan: { kind: "plan", rationale: "test", steps, ...rest } as never };
}

const gated = fixed([
  { id: "wait", tool: "gate", input: {} },
  { id: "once", tool: "work_none", input: { ms: 5 }, after: ["wait"] },
]);

async function start(worker: Worker, request: RunRequest): Promise<string> {
  const [id = ""] = await worker.ask<string[]>({ do: "start", request });
  return id;
}

/** The error's code, or "ok". */
async function codeOf(asked: Promise<unknown>): Promise<string> {
  return asked.then(
    () => "ok",
    (thrown: { code: string }) => thrown.code,
  );
}

async function isCalled(step: string, id: string): Promise<void> {
  await eventually(async () => expect(bench.calls().some((call) => call.step === step && call.run === id)).toBe(true));
}

async function kindsOf(id: string): Promise<string[]> {
  return (await bench.entries(id)).map(({ kind }) => kind);
}

describe("two processes that take a run up at the same moment", () => {
  test("20 times: one becomes the owner, the other is told STORE_LOCKED", async () => {
    const first = bench.worker();
    const ids: string[] = [];
    for (let race = 0; race < RACES; race++) ids.push(await start(first, gated));
    await first.kill();
    const [left, right] = [bench.worker(), bench.worker()];
    await Promise.all([left.ready, right.ready]);
    for (const id of ids) {
      const codes = await Promise.all([left, right].map((worker) => codeOf(worker.ask({ do: "resume", id }))));
      expect(codes.sort()).toEqual(["STORE_LOCKED", "ok"]);
    }
    bench.openGate();
    for (const id of ids) {
      await eventually(async () => {
        expect(await left.ask<BriefResult>({ do: "result", id })).toMatchObject({ status: "completed" });
      });
      const resumed = (await bench.entries(id)).filter(({ kind }) => kind === "run.resumed");
      expect(resumed).toHaveLength(1);
      expect(bench.calls().filter(({ run, step }) => run === id && step === "once")).toHaveLength(1);
    }
  });
});

describe("words from another process", () => {
  test("approve, reject and answer reach the owner and are journalled when they are acknowledged", async () => {
    const [owner, other] = [bench.worker(), bench.worker()];
    const sending = fixed([{ id: "s", tool: "send", input: {} }]);
    const [approved, rejected] = [await start(owner, sending), await start(owner, sending)];
    const asking = await start(owner, {
      goal: "Ask.",
      plan: { kind: "ask", rationale: "test", question: "Which one?" },
    });
    for (const id of [approved, rejected, asking]) {
      expect(await owner.ask({ do: "result", id })).toMatchObject({ status: "waiting" });
    }
    await other.ask({ do: "approve", id: approved });
    expect(await kindsOf(approved)).toContain("approval.granted");
    await other.ask({ do: "reject", id: rejected });
    expect(await kindsOf(rejected)).toContain("approval.denied");
    await other.ask({ do: "answer", id: asking, answer: "the first" });
    expect(await kindsOf(asking)).toContain("question.answered");
    expect(await owner.ask({ do: "result", id: approved })).toMatchObject({ status: "completed" });
    expect(await owner.ask({ do: "result", id: rejected })).toMatchObject({ code: "APPROVAL_DENIED" });
    expect(bench.calls().map(({ run, process }) => [run, process])).toEqual([[approved, owner.process.pid]]);
    expect(await codeOf(other.ask({ do: "approve", id: approved }))).toBe("RUN_ENDED");
  });

  test("after a cancel is acknowledged nothing starts any more", async () => {
    const [owner, other] = [bench.worker(), bench.worker()];
    const id = await start(owner, gated);
    await isCalled("wait", id);
    await other.ask({ do: "cancel", id });
    expect(await kindsOf(id)).toContain("cancel.requested");
    bench.openGate();
    expect(await owner.ask({ do: "result", id })).toMatchObject({ status: "cancelled" });
    expect(bench.calls().map(({ step }) => step)).toEqual(["wait"]);
    expect(await codeOf(other.ask({ do: "resume", id }))).toBe("RUN_ENDED");
  });

  test("where the owner was killed, whoever brings the word goes on with the run", async () => {
    const [owner, other] = [bench.worker(), bench.worker()];
    const id = await start(owner, fixed([{ id: "s", tool: "send", input: {} }]));
    await owner.ask({ do: "result", id });
    await owner.kill();
    await other.ask({ do: "approve", id });
    expect(await other.ask({ do: "result", id })).toMatchObject({ status: "completed" });
    expect(bench.calls()).toHaveLength(1);
  });
});

describe("an owner that stands still", () => {
  test("is taken over once its heartbeat is stale, and fenced when it wakes", async () => {
    const [sleeper, other] = [bench.worker(), bench.worker()];
    const id = await start(sleeper, gated);
    const fate = codeOf(sleeper.ask({ do: "result", id }));
    await isCalled("wait", id);
    await other.ready;
    sleeper.process.kill("SIGSTOP");
    expect(await codeOf(other.ask({ do: "resume", id }))).toBe("STORE_LOCKED");
    await eventually(() => other.ask({ do: "resume", id }), { withinMs: 20_000, pauseMs: 500 });
    const { length } = await bench.entries(id);
    bench.openGate();
    sleeper.process.kill("SIGCONT");
    expect(await fate).toBe("STORE_FENCED");
    expect(await other.ask({ do: "result", id })).toMatchObject({ status: "completed" });
    const entries = await bench.entries(id);
    expect(entries.length).toBeGreaterThan(length);
    const seal = entries.findIndex(({ kind }) => kind === "run.resumed");
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, place) => place));
    expect(entries.every(({ epoch }, place) => epoch === (place < seal ? 0 : 1))).toBe(true);
    const once = bench.calls().filter(({ step }) => step === "once");
    expect(once.map(({ process }) => process)).toEqual([other.process.pid]);
    // The woken process is well otherwise: it starts and ends other runs.
    const next = await start(sleeper, gated);
    expect(await sleeper.ask({ do: "result", id: next })).toMatchObject({ status: "completed" });
  });
});

describe("idempotent starts (R12)", () => {
  test("100 at the same time from 4 processes make one run; another request is a conflict, also after a restart", async () => {
    const workers = Array.from({ length: 4 }, () => bench.worker());
    await Promise.all(workers.map(({ ready }) => ready));
    const request = { ...fixed([{ id: "a", tool: "work_none", input: { ms: 5 } }]), idempotencyKey: "order 7" };
    const started = workers.map((worker) => worker.ask<string[]>({ do: "start", request, times: 25 }));
    const ids = (await Promise.all(started)).flat();
    expect(ids).toHaveLength(100);
    expect(new Set(ids).size).toBe(1);
    const [id = ""] = ids;
    await eventually(async () =>
      expect((await bench.list()).map((item) => [item.id, item.status])).toEqual([[id, "completed"]]),
    );
    expect(bench.calls()).toHaveLength(1);
    const other = { ...request, goal: "Work on something else." };
    expect(await codeOf(workers[0]?.ask({ do: "start", request: other }) ?? Promise.resolve())).toBe(
      "IDEMPOTENCY_CONFLICT",
    );
    await Promise.all(workers.map((worker) => worker.kill()));
    const later = bench.worker();
    expect(await start(later, request)).toBe(id);
    expect(await codeOf(later.ask({ do: "start", request: other }))).toBe("IDEMPOTENCY_CONFLICT");
    expect(bench.calls()).toHaveLength(1);
  });
});
