/** Mutations of what finds damage and keeps owners apart. */
import { type Mutation, STORE } from "./mutation.ts";

export const damage: readonly Mutation[] = [
  {
    name: "watermark: damage at or below it within the newest file",
    file: "src/journal/verify-journal.ts",
    find: "if (cutBytes > 0 && scan.watermark >= scan.entries.length) {",
    replace: "if (cutBytes > 0 && scan.watermark < -1) {",
    tests: STORE,
  },
  {
    name: "watermark: entries that are missing altogether",
    file: "src/journal/verify-journal.ts",
    find: "  if (scan.watermark >= scan.entries.length) {\n    throw journalCorrupt(run, `entry",
    replace: "  if (scan.watermark < -1) {\n    throw journalCorrupt(run, `entry",
    tests: STORE,
  },
  {
    name: "watermark of the lines behind the damage",
    file: "src/journal/verify-journal.ts",
    find: "if (cutBytes > 0) collectWatermark(segment, intact, scan);",
    replace: "",
    tests: STORE,
  },
  {
    name: "watermark of the owner's record",
    file: "src/journal/read-journal.ts",
    find: "watermark = Math.max(watermark, owner?.synced ?? -1);",
    replace: "watermark = Math.max(watermark, owner === null ? -1 : -1);",
    tests: STORE,
  },
  {
    name: "watermark in each entry",
    file: "src/journal/journal-file.ts",
    find: "const sealed = head.add(entry, commit.synced);",
    replace: "const sealed = head.add(entry, -1);",
    tests: STORE,
  },
  {
    name: "hash of the entry before",
    file: "src/journal/verify-journal.ts",
    find: "if (!isInPlace || parsed.prev !== scan.prev) return start;",
    replace: "if (!isInPlace) return start;",
    tests: STORE,
  },
  {
    name: "nothing is acknowledged after a failed write",
    file: "src/journal/group-commit.ts",
    find: "makeFailure ??= () => failure;\n      throw makeFailure();",
    replace: "throw failure;",
    tests: STORE,
  },
];

export const owners: readonly Mutation[] = [
  {
    name: "epoch check after each write",
    file: "src/journal/journal-file.ts",
    find: "if (await isFenced()) throw runFenced(run, epoch);",
    replace: "",
    tests: STORE,
  },
  {
    name: "epoch check of the memory store",
    file: "src/journal/memory-store.ts",
    find: "const isLost = !handle.process.isAlive || found.files.length > epoch + 1;",
    replace: "const isLost = false;",
    tests: STORE,
  },
  {
    name: "epoch check of a durable read",
    file: "src/journal/file-store.ts",
    find: "if (isTaken) return readContents(store, run, isDurable);",
    replace: "",
    tests: STORE,
  },
  {
    name: "epoch check of each line",
    file: "src/journal/verify-journal.ts",
    find: "const isInPlace = parsed.run === scan.run && parsed.epoch === file.epoch && parsed.seq",
    replace: "const isInPlace = parsed.run === scan.run && parsed.seq",
    tests: STORE,
  },
  {
    name: "seal of the file that a taker follows",
    file: "src/journal/verify-journal.ts",
    find: "segments.unshift({ file, end: seal.bytes, isSealed: true });",
    replace: "segments.unshift({ file, end: file.bytes.length, isSealed: false });",
    tests: STORE,
  },
  {
    name: "ownership file: it is heeded",
    file: "src/journal/claim-epoch.ts",
    find: 'if (isOwned) throw runLocked(run, "its heartbeat is fresh");',
    replace: "",
    tests: STORE,
  },
  {
    name: "ownership file: it is there before the first entry",
    file: "src/journal/owner-file.ts",
    find: "    async begin() {\n      await write(false);",
    replace: "    async begin() {",
    tests: STORE,
  },
  {
    name: "ownership file: its heartbeat",
    file: "src/journal/owner-file.ts",
    find: "if (!isStopped) await write(false);",
    replace: "",
    tests: STORE,
  },
  {
    name: "ownership file: a dead process owns nothing",
    file: "src/journal/owner-file.ts",
    find: "if (owner.bootId === processes.bootId && processes.startToken(owner.process) !== owner.startToken) return false;",
    replace: "",
    tests: STORE,
  },
  {
    name: "the epoch's file is made by one process only",
    file: "src/journal/claim-epoch.ts",
    find: 'return await disk.fileSystem.open(journalPath(folder, epoch), { create: "exclusive" });',
    replace: 'return await disk.fileSystem.open(journalPath(folder, epoch), { create: "if-missing" });',
    tests: STORE,
  },
  {
    name: "an idempotency key is claimed by one process only",
    file: "src/journal/idempotency-keys.ts",
    find: "await disk.fileSystem.link(temporary, path);",
    replace: "await disk.fileSystem.rename(temporary, path);",
    tests: STORE,
  },
];
