/**
 * What the same work costs with nothing but promises and a file of JSON lines: two lines per call, one write and one
 * fdatasync for all lines that came up meanwhile. No plan, check, policy, label, hash or recovery.
 */
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoreKind } from "./run-plan.ts";

export interface FloorJob {
  id: string;
  /** Jobs that end before this one starts. */
  after: readonly string[];
  work: () => unknown;
}

export interface FloorRun {
  store: StoreKind;
  jobs: readonly FloorJob[];
  parallel: number;
}

/** Milliseconds from the first start until every line is durable. */
export async function runFloor({ store, jobs, parallel }: FloorRun): Promise<number> {
  const log = store === "memory" ? memoryLog() : await fileLog();
  const start = performance.now();
  await runJobs(jobs, parallel, log.add);
  await log.sync();
  const totalMs = performance.now() - start;
  await log.remove();
  return totalMs;
}

function runJobs(jobs: readonly FloorJob[], parallel: number, add: (line: object) => void): Promise<void> {
  const open = new Map(jobs.map((job) => [job.id, job.after.length]));
  const readers = new Map<string, FloorJob[]>();
  for (const job of jobs) for (const id of job.after) readers.set(id, [...(readers.get(id) ?? []), job]);
  const ready = jobs.filter((job) => job.after.length === 0);
  let next = 0;
  let running = 0;
  let left = jobs.length;
  return new Promise((resolve, reject) => {
    const end = (job: FloorJob, output: unknown): void => {
      add({ kind: "completed", job: job.id, at: new Date().toISOString(), output });
      running -= 1;
      left -= 1;
      for (const reader of readers.get(job.id) ?? []) {
        const waits = (open.get(reader.id) ?? 1) - 1;
        open.set(reader.id, waits);
        if (waits === 0) ready.push(reader);
      }
      if (left === 0) resolve();
      else fill();
    };
    const fill = (): void => {
      while (running < parallel && next < ready.length) {
        const job = ready[next++]!;
        running += 1;
        add({ kind: "started", job: job.id, at: new Date().toISOString() });
        Promise.resolve(job.work()).then((output) => end(job, output), reject);
      }
    };
    fill();
  });
}

interface Log {
  add: (line: object) => void;
  sync: () => Promise<void>;
  remove: () => Promise<void>;
}

function memoryLog(): Log {
  const lines: string[] = [];
  return { add: (line) => lines.push(JSON.stringify(line)), sync: async () => {}, remove: async () => {} };
}

async function fileLog(): Promise<Log> {
  const folder = await mkdtemp(join(tmpdir(), "planwright-floor-"));
  const file = await open(join(folder, "journal.jsonl"), "a");
  let buffer = "";
  let writing: Promise<void> | null = null;
  const write = async (): Promise<void> => {
    while (buffer !== "") {
      const text = buffer;
      buffer = "";
      await file.appendFile(text);
      await file.datasync();
    }
    writing = null;
  };
  return {
    add(line) {
      buffer += `${JSON.stringify(line)}\n`;
      writing ??= Promise.resolve().then(write);
    },
    sync: async () => {
      await writing;
    },
    remove: async () => {
      await file.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
