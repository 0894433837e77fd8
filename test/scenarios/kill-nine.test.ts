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
  seen: { unknown: number; held: number };
}

/** Takes the run up and settles, as a person would, whatever it waits for. Returns the run's id once it has ended. */
async function live(worker: Worker, { bench, request, seen }: Life): Promise<string> {
  const [id = ""] = await eventually(() => askUnlessGone<string[]>(worker, { do: "start", request }));
  await eventually(() => resumeIfFree(worker, id));
  for (;;) {
    const result = await worker.ask<BriefResult>({ do: "result", id });
    if (result.status === "completed") return id;
    expect(result).toMatchObject({ status: "waiting", waiting: "needs-attention" });
    if (result.unknown.length === 0) {
      seen.held += 1;
      await worker.ask({ do: "resume", id });
      continue;
    }
    seen.unknown += 1;
    const before = bench.calls().length;
    await pause(30);
    if (result.code === "TOOL_OUTCOME_UNKNOWN") expect(bench.calls()).toHaveLength(before);
    await worker.ask({ do: "answer", id, answer: { done: "by hand" } });
  }
}

/** What a killed worker does not answer is nothing to try again. */
async function askUnlessGone<T>(worker: Worker, command: Parameters<Worker["ask"]>[0]): Promise<T> {
  return worker.ask<T>(command);
}

async function resumeIfFree(worker: Worker, id: string): Promise<void> {
  await worker.ask({ do: "resume", id }).catch((thrown: { code: string }) => {
    if (thrown.code === "STORE_LOCKED") throw thrown;
    if (thrown.code !== "RUN_ENDED" && thrown.code !== "RUN_NOT_WAITING") throw thrown;
  });
}
