/** Starts worker processes over one folder, talks to them, kills them, and reads what they left behind. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createFileStore, createRuntime, type RunListItem } from "../../src/index.ts";
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { LoggedCall } from "./children/logging-tools.ts";
import type { WorkerCommand } from "./children/worker.ts";

const WORKER = fileURLToPath(new URL("./children/worker.ts", import.meta.url));

/** What a worker says of a run. */
export interface BriefResult {
  status: string;
  waiting: string | null;
  code: string | null;
  unknown: string[];
}

export interface Worker {
  readonly process: ChildProcess;
  /** Resolves when the worker takes commands; never, where it is killed before. */
  readonly ready: Promise<unknown>;
  /** Rejects with `{ code }` where the command failed, `{ code: "GONE" }` where the worker died meanwhile. */
  ask<T = unknown>(command: Omit<WorkerCommand, "n">): Promise<T>;
  /** Kills it, resolves when it is gone. */
  kill(): Promise<void>;
}

export interface Bench {
  folder: string;
  worker(): Worker;
  openGate(): void;
  calls(): LoggedCall[];
  entries(run: string): Promise<JournalEntry[]>;
  list(): Promise<RunListItem[]>;
  /** Kills every worker and removes the folder. */
  dispose(): Promise<void>;
}

export function createBench(): Bench {
  const folder = mkdtempSync(join(tmpdir(), "planwright-processes-"));
  const [store, log, gate] = [join(folder, "store"), join(folder, "calls.jsonl"), join(folder, "gate")];
  writeFileSync(log, "");
  const workers = new Set<Worker>();
  return {
    folder,
    worker() {
      const worker = startWorker([store, log, gate]);
      workers.add(worker);
      return worker;
    },
    openGate: () => writeFileSync(gate, ""),
    calls: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as LoggedCall),
    entries: async (run) => (await createFileStore({ root: store }).read(run)).entries,
    async list() {
      const runtime = createRuntime({ store });
      const { items } = await runtime.runs.list({ limit: 1_000 });
      await runtime.close();
      return items;
    },
    async dispose() {
      await Promise.all([...workers].map((worker) => worker.kill()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function startWorker(files: string[]): Worker {
  const child = spawn(process.execPath, [WORKER, ...files], { stdio: ["pipe", "pipe", "inherit"] });
  const pending = new Map<number, { resolve: (value: never) => void; reject: (error: unknown) => void }>();
  let asked = 0;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const isGone = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const expectAnswer = <T>(n: number): Promise<T> =>
    new Promise<T>((resolve, reject) => pending.set(n, { resolve: resolve as (value: never) => void, reject }));
  const ready = expectAnswer(0);
  child.stdin.on("error", () => {}); // A command to a killed worker; its answer says GONE.
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { n, value, code, message } = JSON.parse(line);
    if (code === undefined) pending.get(n)?.resolve(value as never);
    else pending.get(n)?.reject({ code, message });
    pending.delete(n);
  });
  const worker: Worker = {
    process: child,
    ready,
    ask<T>(command: Omit<WorkerCommand, "n">) {
      asked += 1;
      const answer = expectAnswer<T>(asked);
      if (isGone()) pending.get(asked)?.reject({ code: "GONE" });
      else child.stdin.write(`${JSON.stringify({ n: asked, ...command })}\n`);
      answer.catch(() => {});
      return answer;
    },
    async kill() {
      if (!isGone()) child.kill("SIGKILL");
      await gone;
    },
  };
  child.once("exit", () => {
    for (const { reject } of pending.values()) reject({ code: "GONE" });
  });
  ready.catch(() => {});
  return worker;
}

/** Tries until it succeeds; throws the last failure. */
export async function eventually<T>(attempt: () => Promise<T>, { withinMs = 20_000, pauseMs = 100 } = {}): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      if (performance.now() > until) throw thrown;
      await pause(pauseMs);
    }
  }
}

/** Real time: these tests are about real processes. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
