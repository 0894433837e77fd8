/**
 * Answers that other processes leave for a run's owner (KERNEL 19): one durable file per signal. Owns: their order, and
 * the polling while someone listens. Must not: know what a signal does.
 */
import { dirname, join } from "node:path";
import type { CancelTimer } from "../shared/clock.ts";
import { type Signal, signalSchema } from "./store.ts";
import { isThere, listIfThere, readIfThere, removeIfThere, type StoreDisk, writeDurably } from "./store-disk.ts";

/** How long a signal of another process may go unseen. */
export const SIGNAL_POLL_MS = 250;

/** `<milliseconds, 15 digits>.<id>.json`: names in the order in which the signals came. */
const NAME = /^[0-9]{15}\.([A-Za-z0-9_-]{1,80})\.json$/;

function signalsFolder(folder: string): string {
  return join(folder, "signals");
}

async function signalNames(disk: StoreDisk, folder: string): Promise<string[]> {
  // The folder comes with the first signal, and most runs get none: a look for it costs far less than a listing.
  if (!(await isThere(disk.fileSystem, signalsFolder(folder)))) return [];
  const names = await listIfThere(disk.fileSystem, signalsFolder(folder));
  return names.filter((name) => NAME.test(name)).sort();
}

/** Durable when it resolves. `folder` is the run's; the id must have passed `checkSignalId`. */
export async function leaveSignal(disk: StoreDisk, folder: string, signal: Signal): Promise<void> {
  const signals = signalsFolder(folder);
  const time = String(Math.max(0, disk.clock.now())).padStart(15, "0");
  await disk.fileSystem.makeDirectory(signals);
  await writeDurably(disk, join(signals, `${time}.${signal.id}.json`), JSON.stringify(signal));
  await disk.syncDirectory(dirname(signals));
}

/** Oldest first. A file that cannot be read as a signal is left where it is: it can't be delivered, nor said to be. */
export async function readSignals(disk: StoreDisk, folder: string): Promise<Signal[]> {
  const found: Signal[] = [];
  for (const name of await signalNames(disk, folder)) {
    const bytes = await readIfThere(disk.fileSystem, join(signalsFolder(folder), name));
    const signal = bytes === null ? null : parseSignal(bytes.toString());
    if (signal !== null) found.push(signal);
  }
  return found;
}

function parseSignal(text: string): Signal | null {
  try {
    return signalSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** The removal need not be durable: a signal that comes back finds its effect in the journal. */
export async function removeSignal(disk: StoreDisk, folder: string, id: string): Promise<void> {
  for (const name of await signalNames(disk, folder)) {
    if (NAME.exec(name)?.[1] === id) await removeIfThere(disk.fileSystem, join(signalsFolder(folder), name));
  }
}

export interface SignalWatch {
  listen(wake: () => void): () => void;
  /** Looks at once, for signals left by this process. */
  look(): void;
  stop(): void;
}

/** Looks for new signal files every 250 ms, as long as anyone listens. */
export function createSignalWatch(disk: StoreDisk, folder: string): SignalWatch {
  const listeners = new Set<() => void>();
  let seen: ReadonlySet<string> = new Set();
  let cancel: CancelTimer = () => undefined;

  const arm = (delayMs: number): void => {
    cancel();
    if (listeners.size > 0) cancel = disk.clock.setTimer(delayMs, look);
  };
  const look = (): void => {
    signalNames(disk, folder).then(
      (names) => {
        const hasNew = names.some((name) => !seen.has(name));
        seen = new Set(names);
        if (hasNew) for (const wake of [...listeners]) wake();
        arm(SIGNAL_POLL_MS);
      },
      () => arm(SIGNAL_POLL_MS), // A folder that cannot be listed now (EMFILE) is tried again.
    );
  };
  return {
    listen(wake) {
      listeners.add(wake);
      if (listeners.size === 1) arm(0);
      return () => {
        listeners.delete(wake);
        if (listeners.size === 0) cancel();
      };
    },
    look() {
      if (listeners.size > 0) look();
    },
    stop() {
      listeners.clear();
      cancel();
    },
  };
}
