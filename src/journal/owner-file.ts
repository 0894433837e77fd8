/**
 * Who owns a run: `owner.<epoch>` says which process, and that it is still alive (KERNEL 18). Owns: the record, its
 * heartbeat and how staleness is judged. Must not: decide a race (the exclusive creation of the epoch's journal does).
 */
import { z } from "zod";
import type { CancelTimer } from "../shared/clock.ts";
import { ownerPath } from "./run-folder.ts";
import { readIfThere, removeIfThere, replaceFile, type StoreDisk } from "./store-disk.ts";

/** How often an owner says that it lives, and after how long a silence it counts as dead. */
export const HEARTBEAT_MS = 2_000;
export const STALE_AFTER_MS = 10_000;

const ownerSchema = z.object({
  process: z.int(),
  bootId: z.string(),
  startToken: z.string(),
  /** Wall clock of the last sign of life. */
  heartbeat: z.number(),
  /** A watermark like that of the entries: this sequence number was durable and acknowledged. */
  synced: z.int(),
  /** The owner gave the run up by itself. */
  isReleased: z.boolean(),
});
export type OwnerRecord = z.infer<typeof ownerSchema>;

/** Null where there is no record, or only a torn one. */
export async function readOwner(disk: StoreDisk, folder: string, epoch: number): Promise<OwnerRecord | null> {
  const bytes = await readIfThere(disk.fileSystem, ownerPath(folder, epoch));
  if (bytes === null) return null;
  try {
    return ownerSchema.safeParse(JSON.parse(bytes.toString())).data ?? null;
  } catch {
    return null; // The file is not synced, so a power cut may tear it; its process is gone then.
  }
}

/** A released owner and a dead process are not live; one of another machine counts by its heartbeat alone. */
export function isLiveOwner(owner: OwnerRecord, disk: StoreDisk): boolean {
  if (owner.isReleased) return false;
  const { processes } = disk;
  if (owner.bootId === processes.bootId && processes.startToken(owner.process) !== owner.startToken) return false;
  return isRecent(owner.heartbeat, disk);
}

/** Neither long ago nor, after a jump of the clock, far in the future. */
export function isRecent(ms: number, disk: StoreDisk): boolean {
  return Math.abs(disk.clock.now() - ms) <= STALE_AFTER_MS;
}

export interface OwnerFile {
  /** Writes the record and keeps it fresh. */
  begin(): Promise<void>;
  /** Stops the heartbeat; the record says that the run is free, or goes where `isKept` is false. */
  end(options: { isKept: boolean }): Promise<void>;
  /** Stops the heartbeat and leaves the record to the next owner. */
  stop(): void;
}

export interface OwnedEpoch {
  folder: string;
  epoch: number;
  /** Asked for at each heartbeat. */
  synced: () => number;
  /** Whether a newer epoch has begun: the heartbeat then ends. */
  isLost: () => Promise<boolean>;
}

export function createOwnerFile(disk: StoreDisk, run: OwnedEpoch): OwnerFile {
  const { processes, clock } = disk;
  const path = ownerPath(run.folder, run.epoch);
  let isStopped = false;
  let cancel: CancelTimer = () => undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = (isReleased: boolean): Promise<void> => {
    const record: OwnerRecord = {
      process: processes.id,
      bootId: processes.bootId,
      startToken: processes.startToken(processes.id) ?? "",
      heartbeat: clock.now(),
      synced: run.synced(),
      isReleased,
    };
    writing = writing.catch(() => undefined).then(() => replaceFile(disk, path, JSON.stringify(record)));
    return writing;
  };
  const arm = (): void => {
    if (!isStopped) cancel = clock.setTimer(HEARTBEAT_MS, beat);
  };
  const beatOnce = async (): Promise<void> => {
    if (await run.isLost()) stop();
    if (!isStopped) await write(false);
  };
  const beat = (): void => {
    // A heartbeat that cannot be written is tried again; after STALE_AFTER_MS others may take over, which fences us.
    beatOnce().then(arm, arm);
  };
  const stop = (): void => {
    isStopped = true;
    cancel();
  };
  return {
    async begin() {
      await write(false);
      arm();
    },
    async end({ isKept }) {
      stop();
      if (isKept) await write(true);
      else await writing.catch(() => undefined).then(() => removeIfThere(disk.fileSystem, path));
    },
    stop,
  };
}
