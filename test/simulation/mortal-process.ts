/**
 * Processes that can die at any point: from then on their timers, writes, tools and planners do nothing, as if the
 * machine had stopped in the middle of a statement. Owns: what a process leaves behind (durable entries).
 */
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { OwnedJournal, Store } from "../../src/journal/store.ts";
import type { Clock } from "../../src/shared/clock.ts";

export interface Mortal {
  isAlive: boolean;
  /** Set from outside; asked after every append and before every sync. True: die here. */
  diesAt: (at: { kind: "append" | "sync"; entry: JournalEntry | null }) => boolean;
  onDeath: () => void;
}

export class DeathError extends Error {}

export function kill(mortal: Mortal): void {
  if (!mortal.isAlive) return;
  mortal.isAlive = false;
  mortal.onDeath();
}

/** Resolves never once the process is dead: nobody is there to go on. */
export function whileAlive<T>(mortal: Mortal, work: () => Promise<T>): Promise<T> {
  if (!mortal.isAlive) return new Promise(() => {});
  return new Promise((resolve, reject) => {
    work().then(
      (value) => {
        if (mortal.isAlive) resolve(value);
      },
      (thrown) => {
        if (mortal.isAlive) reject(thrown);
      },
    );
  });
}

export function mortalClock(clock: Clock, mortal: Mortal): Clock {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimer(delayMs, fire) {
      return clock.setTimer(delayMs, () => {
        if (mortal.isAlive) fire();
      });
    },
  };
}

export interface StoreOptions {
  mortal: Mortal;
  /** Called once entries are durable as far as the run's owner was told. */
  onSynced: (entries: readonly JournalEntry[]) => void;
  onAppended: (entry: JournalEntry) => void;
  /** Delay before a sync, in milliseconds of the clock. */
  pauseMs: () => number;
  clock: Clock;
}

export function mortalStore(store: Store, options: StoreOptions): Store {
  const { mortal } = options;
  return {
    description: store.description,
    create: (created) =>
      whileAlive(mortal, async () => {
        const made = await store.create(created);
        return "existing" in made ? made : { journal: mortalJournal(made.journal, options) };
      }),
    acquire: (run) =>
      whileAlive(mortal, async () => {
        const journal = await store.acquire(run);
        options.onSynced(journal.recovered);
        return mortalJournal(journal, options);
      }),
    read: (run, reading) =>
      whileAlive(mortal, async () => {
        const contents = await store.read(run, reading);
        if (reading?.isDurable === true) options.onSynced(contents.entries);
        return contents;
      }),
    list: () => whileAlive(mortal, () => store.list()),
    signal: (run, signal) => whileAlive(mortal, () => store.signal(run, signal)),
    close: () => whileAlive(mortal, () => store.close()),
  };
}

function mortalJournal(
  journal: OwnedJournal,
  { mortal, onSynced, onAppended, pauseMs, clock }: StoreOptions,
): OwnedJournal {
  let unsynced: JournalEntry[] = [];
  const look = (kind: "append" | "sync", entry: JournalEntry | null): void => {
    if (mortal.isAlive && mortal.diesAt({ kind, entry })) kill(mortal);
  };
  return {
    run: journal.run,
    epoch: journal.epoch,
    blobs: {
      put: (text) => whileAlive(mortal, () => journal.blobs.put(text)),
      get: (blob) => whileAlive(mortal, () => journal.blobs.get(blob)),
    },
    recovered: journal.recovered,
    seal: journal.seal,
    get synced() {
      return journal.synced;
    },
    append(entry) {
      if (!mortal.isAlive) throw new DeathError();
      const appended = journal.append(entry);
      unsynced.push(appended);
      onAppended(appended);
      look("append", appended);
      if (!mortal.isAlive) throw new DeathError();
      return appended;
    },
    sync: () =>
      whileAlive(mortal, async () => {
        const target = unsynced.at(-1)?.seq ?? journal.synced;
        const pause = pauseMs();
        if (pause > 0) await new Promise<void>((resolve) => clock.setTimer(pause, resolve));
        if (!mortal.isAlive) return;
        look("sync", null);
        if (!mortal.isAlive) return;
        if (journal.synced < target) await journal.sync();
        const done = unsynced.filter(({ seq }) => seq <= journal.synced);
        unsynced = unsynced.filter(({ seq }) => seq > journal.synced);
        onSynced(done);
      }),
    onSignal: (wake) => journal.onSignal(() => mortal.isAlive && wake()),
    pendingSignals: () => whileAlive(mortal, () => journal.pendingSignals()),
    settleSignal: (id) => whileAlive(mortal, () => journal.settleSignal(id)),
    release: () => whileAlive(mortal, () => journal.release()),
  };
}
