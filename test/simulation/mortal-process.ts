/**
 * Processes that can die at any point, or stand still for a while: a dead one's timers, writes, tools and planners do
 * nothing any more, as if the machine had stopped in the middle of a statement; those of one that stands still wait until
 * it goes on. Owns: both states, and what is told of a process's journal.
 */
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { OwnedJournal, Store } from "../../src/journal/store.ts";
import type { Clock } from "../../src/shared/clock.ts";

export interface Mortal {
  isAlive: boolean;
  /** Resolves when the process goes on; null while it does not stand still. */
  stall: PromiseWithResolvers<void> | null;
  /** The epoch that the process owns, or owned last; -1 before the first. */
  epoch: number;
  /** The last entry of that epoch that is durable. */
  synced: () => number;
  /** Set from outside; asked at every boundary of the journal. True: die here. */
  diesAt: (at: Boundary) => boolean;
  onDeath: () => void;
}

/** Around an append, before a sync, and after it but before anyone hears of it. */
export type Boundary = "before append" | "append" | "sync" | "synced";

export class DeathError extends Error {}

export function createMortal(onDeath: () => void = () => {}): Mortal {
  return { isAlive: true, stall: null, epoch: -1, synced: () => -1, diesAt: () => false, onDeath };
}

export function kill(mortal: Mortal): void {
  if (!mortal.isAlive) return;
  mortal.isAlive = false;
  mortal.onDeath();
}

export function stall(mortal: Mortal): void {
  mortal.stall ??= Promise.withResolvers();
}

export function wake(mortal: Mortal): void {
  mortal.stall?.resolve();
  mortal.stall = null;
}

export function isAwake({ isAlive, stall }: Mortal): boolean {
  return isAlive && stall === null;
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
      let isCancelled = false;
      const go = (): void => {
        if (!mortal.isAlive || isCancelled) return;
        if (mortal.stall === null) fire();
        else mortal.stall.promise.then(go, go);
      };
      const cancel = clock.setTimer(delayMs, go);
      return () => {
        isCancelled = true;
        cancel();
      };
    },
  };
}

export interface StoreOptions {
  mortal: Mortal;
  /** These entries are durable: the owner's sync said so, or whoever read them. */
  onSynced: (entries: readonly JournalEntry[], by: "owner" | "reader") => void;
  onAppended: (entry: JournalEntry) => void;
  onBlob: (blob: string, text: string) => void;
  /** Delay before a sync, in milliseconds of the clock. */
  pauseMs: () => number;
  clock: Clock;
}

export function mortalStore(store: Store, options: StoreOptions): Store {
  const { mortal, onSynced } = options;
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
        onSynced(journal.recovered, "reader");
        return mortalJournal(journal, options);
      }),
    read: (run, reading) =>
      whileAlive(mortal, async () => {
        const contents = await store.read(run, reading);
        if (reading?.isDurable === true) onSynced(contents.entries, "reader");
        return contents;
      }),
    list: (listing) => whileAlive(mortal, () => store.list(listing)),
    signal: (run, signal) => whileAlive(mortal, () => store.signal(run, signal)),
    place: (run, files) => whileAlive(mortal, () => store.place(run, files)),
    remove: (run, removing) => whileAlive(mortal, () => store.remove(run, removing)),
    close: () => whileAlive(mortal, () => store.close()),
  };
}

function mortalJournal(journal: OwnedJournal, options: StoreOptions): OwnedJournal {
  const { mortal, onSynced, onAppended, pauseMs, clock } = options;
  let unsynced: JournalEntry[] = [];
  const look = (at: Boundary): void => {
    if (mortal.isAlive && mortal.diesAt(at)) kill(mortal);
  };
  const lookOrThrow = (at: Boundary): void => {
    look(at);
    if (!mortal.isAlive) throw new DeathError();
  };
  mortal.epoch = journal.epoch;
  mortal.synced = () => journal.synced;
  return {
    run: journal.run,
    epoch: journal.epoch,
    blobs: mortalBlobs(journal, options),
    recovered: journal.recovered,
    seal: journal.seal,
    get synced() {
      return journal.synced;
    },
    append(entry) {
      lookOrThrow("before append");
      const appended = journal.append(entry);
      unsynced.push(appended);
      onAppended(appended);
      lookOrThrow("append");
      return appended;
    },
    sync: () =>
      whileAlive(mortal, async () => {
        const target = unsynced.at(-1)?.seq ?? journal.synced;
        const pause = pauseMs();
        // Another sync may cover it meanwhile: whoever was told so late would act on what is long past.
        for (let ms = 0; ms < pause && journal.synced < target; ms += 1)
          await new Promise<void>((resolve) => clock.setTimer(1, resolve));
        look("sync");
        if (!mortal.isAlive) return;
        // What was synced meanwhile needs no other sync, and the journal may have been given back since.
        if (journal.synced < target) await journal.sync();
        look("synced");
        if (!mortal.isAlive) return;
        const done = unsynced.filter(({ seq }) => seq <= journal.synced);
        unsynced = unsynced.filter(({ seq }) => seq > journal.synced);
        onSynced(done, "owner");
      }),
    onSignal: (wakeUp) => journal.onSignal(() => mortal.isAlive && wakeUp()),
    pendingSignals: () => whileAlive(mortal, () => journal.pendingSignals()),
    settleSignal: (id) => whileAlive(mortal, () => journal.settleSignal(id)),
    release: () => whileAlive(mortal, () => journal.release()),
  };
}

function mortalBlobs({ blobs }: OwnedJournal, { mortal, onBlob }: StoreOptions): OwnedJournal["blobs"] {
  return {
    put: (text) =>
      whileAlive(mortal, async () => {
        const stored = await blobs.put(text);
        onBlob(stored.blob, text);
        return stored;
      }),
    get: (blob) => whileAlive(mortal, () => blobs.get(blob)),
  };
}
