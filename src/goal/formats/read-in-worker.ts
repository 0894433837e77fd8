/**
 * Reads a document in a thread of its own. Owns: that a document can neither hold up the process, nor fill its memory,
 * nor bring it down: a deadline, a heap limit, a watch on the memory outside of the heap, and turns.
 * Must not: know formats.
 */
import { Worker } from "node:worker_threads";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { type FormatAnswer, type FormatContent, FormatError, type FormatRequest, tooLarge } from "./format-content.ts";
import { GROWTH_BYTES, HEAP_MIB, READ_MS, READERS, WATCH_MS } from "./format-limits.ts";
import { createTurns } from "./turns.ts";

export interface WorkerLimits {
  /** 60 s by default. */
  readMs?: number;
  /** 512 MiB by default. */
  heapMib?: number;
  /** Growth of the process in bytes; 1 GiB by default. */
  growthBytes?: number;
  clock?: Clock;
}

const turns = createTurns(READERS);

/** The content; throws FormatError. The bytes are handed over, and are gone for the caller. */
export function readInWorker(request: FormatRequest, limits: WorkerLimits = {}): Promise<FormatContent> {
  return turns.take(async () => {
    const { workerUrl, WORKER_MARK } = await import("./format-worker.ts");
    return contentOf(await askWorker({ script: workerUrl, data: { mark: WORKER_MARK, request } }, limits));
  });
}

function contentOf(answer: FormatAnswer): FormatContent {
  if (answer.ok) return answer.content;
  const { code, what, hint } = answer.problem;
  throw new FormatError(code, what, hint);
}

interface WorkerStart {
  script: URL;
  data: { mark: string; request: FormatRequest };
}

function askWorker({ script, data }: WorkerStart, limits: WorkerLimits): Promise<FormatAnswer> {
  const { readMs = READ_MS, heapMib = HEAP_MIB, growthBytes = GROWTH_BYTES, clock = systemClock } = limits;
  const worker = new Worker(script, {
    workerData: data,
    transferList: [data.request.bytes.buffer],
    resourceLimits: { maxOldGenerationSizeMb: heapMib, stackSizeMb: 4 },
    // Nothing of the process: neither its variables, which may hold keys, nor its output.
    ...{ env: {}, execArgv: [], argv: [], stdin: false, stdout: true, stderr: true },
  });
  return new Promise((resolve, reject) => {
    const startBytes = process.memoryUsage.rss();
    let stopWatch = (): void => {};
    const stopDeadline = clock.setTimer(readMs, () => end(() => reject(tooSlow(readMs))));
    const watch = (): void => {
      if (process.memoryUsage.rss() - startBytes > growthBytes) end(() => reject(tooHungry()));
      else stopWatch = clock.setTimer(WATCH_MS, watch);
    };
    const end = (settle: () => void): void => {
      stopWatch();
      stopDeadline();
      worker.removeAllListeners();
      worker.on("error", () => {}); // What it says after its end is of no interest, and must not be uncaught.
      void worker.terminate().then(settle, settle);
    };
    watch();
    worker.on("message", (answer: FormatAnswer) => end(() => resolve(answer)));
    worker.on("error", (thrown: unknown) => end(() => reject(crashed(thrown))));
    worker.on("exit", () => end(() => reject(crashed(null))));
  });
}

function tooSlow(readMs: number): FormatError {
  return tooLarge(`takes longer than ${Math.round(readMs / 1000)} s to read`);
}

function tooHungry(): FormatError {
  return tooLarge("takes too much memory to read");
}

function crashed(thrown: unknown): FormatError {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  if (code === "ERR_WORKER_OUT_OF_MEMORY") return tooHungry();
  const why = thrown instanceof Error ? `: ${thrown.message.slice(0, 200)}` : "";
  return new FormatError(
    "DOCUMENT_UNREADABLE",
    `broke its reader${why}`,
    "Open the document in its own program and save it anew, or pass its text.",
  );
}
