/**
 * Reads a document in a thread of its own. Owns: that a document can neither hold up the process, nor fill its memory,
 * nor bring it down: a deadline, a heap limit, a watch on the memory outside of the heap, and turns.
 * Must not: know formats.
 */
import { Worker } from "node:worker_threads";
import { type Clock, systemClock } from "../../shared/clock.ts";
import type { Document, DocumentInput } from "../document.ts";
import {
  type FormatAnswer,
  type FormatContent,
  FormatError,
  type FormatRequest,
  type TextRequest,
  tooLarge,
} from "./format-content.ts";
import { GROWTH_BYTES, HEAP_MIB, READ_MS, READERS, WATCH_MS } from "./format-limits.ts";
import { createTurns } from "./turns.ts";

export interface WorkerLimits {
  /** 30 s by default. */
  readMs?: number;
  /** 512 MiB by default. */
  heapMib?: number;
  /** Growth of the process in bytes; 768 MiB by default. */
  growthBytes?: number;
  clock?: Clock;
}

const turns = createTurns(READERS);

/**
 * The content; throws FormatError. The bytes are handed over, and are gone for the caller. The answer comes by the
 * deadline in any case; the next document's turn comes once the thread is gone, which may take a little longer.
 */
export function readInWorker(request: FormatRequest, limits: WorkerLimits = {}): Promise<FormatContent> {
  return ask<FormatContent>({ request, handedOver: [request.bytes.buffer] }, limits);
}

/** What `readDocument` makes of the input, of which the thread gets a copy; throws FormatError. */
export function readTextInWorker(input: DocumentInput, limits: WorkerLimits = {}): Promise<Document> {
  return ask<Document>({ request: { format: "text", input }, handedOver: [] }, limits);
}

interface Question {
  request: FormatRequest | TextRequest;
  handedOver: ArrayBuffer[];
}

function ask<Content>(question: Question, limits: WorkerLimits): Promise<Content> {
  return new Promise((resolve, reject) => {
    const work = async (): Promise<void> => {
      const { workerUrl, WORKER_MARK } = await import("./format-worker.ts");
      const worker = createWorker(workerUrl, { mark: WORKER_MARK, ...question }, limits.heapMib ?? HEAP_MIB);
      const gone = new Promise<void>((resolve) => worker.once("exit", () => resolve()));
      answerOf<Content>(worker, limits).then(contentOf).then(resolve, reject);
      await gone;
    };
    turns.take(work).catch(reject);
  });
}

function contentOf<Content>(answer: FormatAnswer<Content>): Content {
  if (answer.ok) return answer.content;
  const { code, what, hint } = answer.problem;
  throw new FormatError(code, what, hint);
}

function answerOf<Content>(worker: Worker, limits: WorkerLimits): Promise<FormatAnswer<Content>> {
  const { readMs = READ_MS, growthBytes = GROWTH_BYTES, clock = systemClock } = limits;
  return new Promise((resolve, reject) => {
    const startBytes = process.memoryUsage.rss();
    let stopWatch = (): void => {};
    const stopDeadline = clock.setTimer(readMs, () => refuse(tooSlow(readMs)));
    const watch = (): void => {
      if (process.memoryUsage.rss() - startBytes > growthBytes) refuse(tooHungry());
      else stopWatch = clock.setTimer(WATCH_MS, watch);
    };
    const end = (): void => {
      stopWatch();
      stopDeadline();
      worker.unref();
      void worker.terminate();
    };
    const refuse = (error: FormatError): void => {
      end();
      reject(error);
    };
    watch();
    worker.once("message", (message: FormatAnswer<Content>) => {
      end();
      resolve(message);
    });
    worker.on("error", (thrown: unknown) => refuse(crashed(thrown)));
    worker.once("exit", () => refuse(crashed(null)));
  });
}

function createWorker(script: URL, { handedOver, ...data }: Question & { mark: string }, heapMib: number): Worker {
  return new Worker(script, {
    workerData: data,
    transferList: handedOver,
    resourceLimits: { maxOldGenerationSizeMb: heapMib, stackSizeMb: 4 },
    // Nothing of the process: neither its variables, which may hold keys, nor its output.
    ...{ env: {}, execArgv: [], argv: [], stdin: false, stdout: true, stderr: true },
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
