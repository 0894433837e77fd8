/** A process that is killed with SIGKILL again and again while it drives runs (SAFETY R3, R4, R5, R6; KERNEL 13, 14). */
import { afterAll, describe, expect, test } from "vitest";
import type { RunRequest } from "../../src/index.ts";
import type { JournalEntry } from "../../src/journal/entries.ts";
import { type Random, seededRandom } from "../../src/shared/random.ts";
import type { LoggedCall } from "./children/logging-tools.ts";
import { type Bench, type BriefResult, createBench, eventually, pause, type Worker } from "./workers.ts";

const KILLS = 20;
const STEPS = 40;
const TOOLS = ["work_pure", "work_key", "work_none"];

/** Two chains of 20 steps, all kinds of tools, 5 to 20 ms each. */
function requestOf(random: Random, name: string): RunRequest {
  const steps = Array.from({ length: STEPS }, (_, place) => ({
    id: `s${place}`,
    tool: TOOLS[Math.floor(random.next() * TOOLS.length)] ?? "",
    input: { ms: 5 + Math.floor(random.next() * 16), place },
    ...(place < 2 ? {} : { after: [`s${place - 2}`] }),
  }));
  const plan = { kind: "plan" as const, rationale: "test", steps };
  return { goal: "Work.", plan, idempotencyKey: name };
}

interface Life {
  bench: Bench;
  request: RunRequest;
  /** Told once the run's id is known. */
  onId: (id: string) => void;
  seen: { unknown: number; held: number };
}

/** Takes the run up and settles, as a person would, whatever it waits for, until it has ended. */
async function live(worker: Worker, { bench, request, onId, seen }: Life): Promise<void> {
  const [id = ""] = await worker.ask<string[]>({ do: "start", request });
  onId(id);
  for (;;) {
    const result = await worker.ask<BriefResult>({ do: "result", id });
    if (result.status === "completed") return;
    if (result.unknown.length > 0) {
      seen.unknown += 1;
      if (result.status === "waiting") await expectNoCalls(bench);
      await worker.ask({ do: "answer", id, answer: { done: "by hand" } });
      continue;
    }
    if (result.status === "waiting") {
      expect(result).toMatchObject({ waiting: "needs-attention", code: "INTERNAL" });
      seen.held += 1;
    } else expect(["interrupted", "running"]).toContain(result.status);
    await worker.ask({ do: "resume", id }).catch((thrown: { code: string }) => {
      // The owner was killed in the moment of taking over; only time tells that from one that is about to begin.
      if (thrown.code !== "STORE_LOCKED") throw thrown;
    });
  }
}

async function expectNoCalls(bench: Bench): Promise<void> {
  const { length } = bench.calls();
  await pause(20);
  expect(bench.calls()).toHaveLength(length);
}

interface Truth {
  /** Steps whose completion was durable at the last kill, and how many calls had been made then. */
  completed: Set<string>;
  calls: number;
}

/** What was called since the last kill had not been completed then. */
function expectNothingAgain(calls: readonly LoggedCall[], truth: Truth): void {
  for (const { step } of calls.slice(truth.calls)) expect(truth.completed.has(step), `${step} ran again`).toBe(false);
}

function truthOf(entries: readonly JournalEntry[], calls: readonly LoggedCall[]): Truth {
  const completed = entries.flatMap((entry) =>
    entry.kind === "step.completed" && entry.step !== undefined ? [entry.step] : [],
  );
  expect(new Set(completed).size).toBe(completed.length);
  return { completed: new Set(completed), calls: calls.length };
}

function expectOnceAndSameKeys(calls: readonly LoggedCall[]): void {
  for (const step of new Set(calls.map((call) => call.step))) {
    const own = calls.filter((call) => call.step === step);
    expect(new Set(own.map(({ key }) => key)).size, `keys of ${step}`).toBe(1);
    if (own[0]?.tool === "work_none") expect(own, step).toHaveLength(1);
  }
}

const bench = createBench();
afterAll(() => bench.dispose());

/** One run from its start to its end, with up to `kills` lives cut off; returns how many were. */
async function surviveKills(
  random: Random,
  name: string,
  kills: number,
): Promise<{ kills: number; seen: Life["seen"] }> {
  const request = requestOf(random, name);
  const before = bench.calls().length;
  const callsOfRun = (): LoggedCall[] => bench.calls().slice(before);
  const seen = { unknown: 0, held: 0 };
  let truth: Truth = { completed: new Set(), calls: 0 };
  let id = "";
  for (let killed = 0; ; killed++) {
    const worker = bench.worker();
    const life = live(worker, { bench, request, seen, onId: (known) => (id = known) });
    const died = life.then(
      () => "completed",
      (thrown: { code?: string }) => (thrown.code === "GONE" ? "killed" : Promise.reject(thrown)),
    );
    if (killed < kills) {
      await worker.ready;
      // Mostly amid calls; every fourth time while the run is taken up.
      const isEarly = killed % 4 === 3;
      await Promise.race([died, isEarly ? pause(random.next() * 150) : firstCall(worker)]);
      await Promise.race([died, pause(isEarly ? 0 : random.next() * 40)]);
      await worker.kill();
    }
    const outcome = await died;
    await worker.kill();
    expectNothingAgain(callsOfRun(), truth);
    expectOnceAndSameKeys(callsOfRun());
    if (outcome === "completed") {
      expect(truthOf(await bench.entries(id), []).completed.size).toBe(STEPS);
      return { kills: killed, seen };
    }
    if (id !== "") truth = truthOf(await bench.entries(id), callsOfRun());
    if (id !== "") await expectNotRunning(id);
  }
}

async function firstCall(worker: Worker): Promise<void> {
  const isWorking = (): boolean => bench.calls().some((call) => call.process === worker.process.pid);
  for (let looks = 0; looks < 1_000 && !isWorking(); looks++) await pause(3);
}

/** Between two lives nothing is `running`: the run is interrupted, or it waits for a person (R6). */
async function expectNotRunning(id: string): Promise<void> {
  await eventually(async () => {
    const row = (await bench.list()).find((item) => item.id === id);
    expect(["interrupted", "waiting", "completed"]).toContain(row?.status);
  });
}

describe("kill -9", () => {
  test("20 times: no finished step runs again, what must not be repeated is not, and every run completes", async () => {
    const random = seededRandom(20_261);
    const seen = { unknown: 0, held: 0 };
    let kills = 0;
    for (let run = 1; kills < KILLS; run++) {
      const survived = await surviveKills(random, `run ${run}`, KILLS - kills);
      kills += survived.kills;
      seen.unknown += survived.seen.unknown;
      seen.held += survived.seen.held;
    }
    expect(kills).toBe(KILLS);
    expect(seen.unknown).toBeGreaterThan(0);
    expect((await bench.list()).every(({ status }) => status === "completed")).toBe(true);
  }, 180_000);
});
