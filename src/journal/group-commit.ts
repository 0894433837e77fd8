/**
 * Gathers journal lines and makes them durable together (SAFETY R17). Owns: the buffer, the shared write, and that
 * nothing is acknowledged after a failure. Must not: know what the lines say.
 */
import type { PlanwrightError } from "../error/planwright-error.ts";
import { shareWork } from "./share-work.ts";

/** A buffer of this size starts a write by itself. */
export const BACKGROUND_WRITE_BYTES = 256 * 2 ** 10;

export interface GroupCommit {
  /** Sequence number of the last durable line, -1 for none. */
  readonly synced: number;
  /** What a write failed with; nothing succeeds from then on. */
  readonly failure: PlanwrightError | null;
  /** Queues a line; throws the failure, if there was one. */
  add(line: string, seq: number): void;
  /** Resolves when every line added so far is durable; calls share writes. */
  sync(): Promise<void>;
  /** Makes every later call throw this (made when it is first wanted); an earlier failure stays. */
  fail(makeFailure: () => PlanwrightError): void;
}

export interface GroupCommitOptions {
  /** Last durable sequence number at the start. */
  synced: number;
  /** Appends the bytes and resolves once they are durable and still ours. */
  write(bytes: Buffer): Promise<void>;
  /** Turns what `write` threw into the error that all later calls throw. */
  explain(thrown: unknown): PlanwrightError;
}

export function createGroupCommit({ write, explain, ...options }: GroupCommitOptions): GroupCommit {
  let synced = options.synced;
  let added = synced;
  let makeFailure: (() => PlanwrightError) | null = null;
  const check = (): void => {
    if (makeFailure !== null) throw makeFailure();
  };
  let buffer = "";

  const flush = shareWork(async () => {
    check();
    if (buffer === "") return;
    const bytes = Buffer.from(buffer);
    const last = added;
    buffer = "";
    try {
      await write(bytes);
    } catch (thrown) {
      const failure = explain(thrown);
      makeFailure ??= () => failure;
      throw makeFailure();
    }
    synced = last;
  });
  return {
    get synced() {
      return synced;
    },
    get failure() {
      return makeFailure?.() ?? null;
    },
    add(line, seq) {
      check();
      buffer += line;
      added = seq;
      // Its failure is kept and thrown by the next call.
      if (buffer.length >= BACKGROUND_WRITE_BYTES) flush().catch(() => undefined);
    },
    async sync() {
      check();
      if (synced < added) await flush();
    },
    fail(given) {
      makeFailure ??= given;
    },
  };
}
