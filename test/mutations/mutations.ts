/**
 * What is taken out of the product on purpose, one thing at a time, and which tests must then fail:
 * `npm run test:mutations`. Owns: the list. Each `find` stands exactly once in its file, which
 * `mutations.test.ts` holds, so that the list can't rot.
 */
export interface Mutation {
  /** What is missing then. */
  name: string;
  file: string;
  find: string;
  replace: string;
  /** Test files or folders of which at least one test must fail. */
  tests: readonly string[];
}

const STORE = ["test/journal"];
const RUNS = ["test/run"];
const SWEEP = ["test/scenarios/crash-points.test.ts"];
const SIMULATION = ["test/scenarios/simulation.test.ts"];

const journalSyncs: readonly Mutation[] = [
  {
    name: "sync of the journal file",
    file: "src/journal/journal-file.ts",
    find: "await Promise.all([file.sync(), options.namesSynced]);",
    replace: "await options.namesSynced;",
    tests: STORE,
  },
  {
    name: "sync of the names on the way to the journal",
    file: "src/journal/journal-file.ts",
    find: "await Promise.all([file.sync(), options.namesSynced]);",
    replace: "await file.sync();",
    tests: STORE,
  },
  {
    name: "sync of what a taker recovered",
    file: "src/journal/claim-epoch.ts",
    find: "else await syncRun(disk, folder, recovered.end.epoch);",
    replace: "",
    tests: STORE,
  },
  {
    name: "sync of the old file's bytes by its taker and by readers",
    file: "src/journal/claim-epoch.ts",
    find: "await Promise.all([file.sync(), syncNames(disk, folder)]);",
    replace: "await syncNames(disk, folder);",
    tests: STORE,
  },
  {
    name: "sync of the old file's names by its taker and by readers",
    file: "src/journal/claim-epoch.ts",
    find: "await Promise.all([file.sync(), syncNames(disk, folder)]);",
    replace: "await file.sync();",
    tests: STORE,
  },
  {
    name: "sync of the names of a run that a taker finds empty",
    file: "src/journal/claim-epoch.ts",
    find: "if (recovered.end === null) await syncNames(disk, folder);",
    replace: "if (recovered.end === null) await null;",
    tests: STORE,
  },
  {
    name: "sync before a durable read is answered",
    file: "src/journal/file-store.ts",
    find: "if (isDurable) {\n    await syncRun(disk, folder, end.epoch);",
    replace: "if (isDurable) {",
    tests: STORE,
  },
  {
    name: "sync before a start is told of an earlier run",
    file: "src/journal/file-store.ts",
    find: "await syncRun(disk, folder, end.epoch);\n    return { existing: run };",
    replace: "return { existing: run };",
    tests: STORE,
  },
  {
    name: "sync of the store's folders",
    file: "src/journal/file-store.ts",
    find: "await disk.syncDirectory(root);",
    replace: "",
    tests: STORE,
  },
  {
    name: "sync of the folder that the store is in",
    file: "src/journal/file-store.ts",
    find: "await disk.syncDirectory(dirname(root));",
    replace: "",
    tests: STORE,
  },
];

const otherSyncs: readonly Mutation[] = [
  {
    name: "sync of blobs, signals: their bytes",
    file: "src/journal/store-disk.ts",
    find: "await withTemporary(disk, { path, content, isSynced: true },",
    replace: "await withTemporary(disk, { path, content, isSynced: false },",
    tests: STORE,
  },
  {
    name: "sync of blobs, signals: their names",
    file: "src/journal/store-disk.ts",
    find: "  await disk.syncDirectory(dirname(path));\n",
    replace: "",
    tests: STORE,
  },
  {
    name: "sync of a blob",
    file: "src/journal/blob-store.ts",
    find: "else await writeDurably(disk, path, text);",
    replace: 'else await (await import("./store-disk.ts")).replaceFile(disk, path, text);',
    tests: STORE,
  },
  {
    name: "sync of the name of a blob that is there already",
    file: "src/journal/blob-store.ts",
    find: "if (await isThere(disk.fileSystem, path)) await disk.syncDirectory(blobs);",
    replace: "if (await isThere(disk.fileSystem, path)) await null;",
    tests: STORE,
  },
  {
    name: "sync of the folder of blobs",
    file: "src/journal/blob-store.ts",
    find: "    await disk.syncDirectory(dirname(blobs));\n",
    replace: "",
    tests: STORE,
  },
  {
    name: "sync of a signal file",
    file: "src/journal/signal-files.ts",
    find: "await writeDurably(disk, join(signals,",
    replace: 'await (await import("./store-disk.ts")).replaceFile(disk, join(signals,',
    tests: STORE,
  },
  {
    name: "sync of the folder of signals",
    file: "src/journal/signal-files.ts",
    find: "  await disk.syncDirectory(dirname(signals));\n",
    replace: "",
    tests: STORE,
  },
  {
    name: "sync of a key file's bytes",
    file: "src/journal/idempotency-keys.ts",
    find: "{ path, content, isSynced: true }",
    replace: "{ path, content, isSynced: false }",
    tests: STORE,
  },
  {
    name: "sync of a key file's name",
    file: "src/journal/idempotency-keys.ts",
    find: "  await disk.syncDirectory(dirname(known.path));\n",
    replace: "",
    tests: STORE,
  },
];

const runSyncs: readonly Mutation[] = [
  {
    name: "sync before a tool that is not pure is called",
    file: "src/run/start-calls.ts",
    find: 'core.journal.sync().then(\n    () => core.mailbox.post({ kind: "may-call", call }),',
    replace: 'Promise.resolve().then(\n    () => core.mailbox.post({ kind: "may-call", call }),',
    tests: SWEEP,
  },
  {
    name: "sync before the planner is asked",
    file: "src/run/decide.ts",
    find: "  await core.journal.sync();\n",
    replace: "",
    tests: SWEEP,
  },
  {
    name: "sync before a person's word is acknowledged",
    file: "src/run/driver-commands.ts",
    find: "core.journal.sync().then(() => command.settle(null), command.settle);",
    replace: "command.settle(null);",
    tests: SWEEP,
  },
  {
    name: "sync before events are told",
    file: "src/run/run-driver.ts",
    find: "(core.unpublished[count]?.seq ?? Infinity) <= synced",
    replace: "(core.unpublished[count]?.seq ?? Infinity) <= Number.MAX_SAFE_INTEGER + synced",
    tests: SIMULATION,
  },
  {
    name: "sync in the background, so that events are told at all",
    file: "src/run/run-driver.ts",
    find: "if (isFlushing || core.unpublished.length === 0) return;",
    replace: "if (core.unpublished.length >= 0) return;",
    tests: RUNS,
  },
  {
    name: "sync before a run counts as accepted",
    file: "src/runtime/accept-run.ts",
    find: "  await journal.sync();\n",
    replace: "",
    tests: SWEEP,
  },
  {
    name: "sync before a run counts as taken over",
    file: "src/runtime/active-runs.ts",
    find: "    await journal.sync();\n",
    replace: "",
    tests: SIMULATION,
  },
  {
    name: "sync before a result is told",
    file: "src/runtime/run-handle.ts",
    find: "await own.durable();",
    replace: "",
    tests: RUNS,
  },
  {
    name: "sync of the last entry before a run is given back",
    file: "src/run/run-driver.ts",
    find: "  await core.journal.sync();\n  publish(core, listeners);",
    replace: "  publish(core, listeners);",
    tests: RUNS,
  },
];

const damage: readonly Mutation[] = [
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
    find: "      failure ??= explain(thrown);\n      throw failure;",
    replace: "      throw explain(thrown);",
    tests: STORE,
  },
];

const owners: readonly Mutation[] = [
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

const kernel: readonly Mutation[] = [
  {
    name: "reservation: a step counts before it is called",
    file: "src/run/apply-call.ts",
    find: "if (call.attempts === 0) ledger.countedSteps += 1;",
    replace: "",
    tests: RUNS,
  },
  {
    name: "reservation: no more steps start than are left",
    file: "src/run/ledger-tallies.ts",
    find: "return !isHeldBack(ledger, kind) && (READY_KINDS[kind].isFree || stepsLeft(ledger) > 0);",
    replace: "return !isHeldBack(ledger, kind);",
    tests: RUNS,
  },
  {
    name: "reservation: what only the step budget stops",
    file: "src/run/ledger-tallies.ts",
    find: "const affordable = Math.min(fresh, stepsLeft(ledger));",
    replace: "const affordable = fresh;",
    tests: RUNS,
  },
  {
    name: "skip propagation: a step without input is skipped",
    file: "src/run/settle-step.ts",
    find: 'if (absent !== null) return "skipped";',
    replace: "",
    tests: RUNS,
  },
  {
    name: "skip propagation: it goes on from step to step",
    file: "src/run/settle-step.ts",
    find: "if (verdict !== null) settled.push(change(ledger, dependent, verdict));",
    replace: "if (verdict !== null) change(ledger, dependent, verdict);",
    tests: RUNS,
  },
  {
    name: "label join: untrusted if either is",
    file: "src/policy/label.ts",
    find: 'const integrity = left.integrity === "untrusted" ? "untrusted" : right.integrity;',
    replace: "const integrity = right.integrity;",
    tests: ["test/run"],
  },
  {
    name: "label join: of the parts of a value",
    file: "src/plan/resolve-value.ts",
    find: '    label = joinLabels(label, resolved.label);\n    if (resolved.kind !== "value") return { ...resolved, label };',
    replace: '    label = resolved.label;\n    if (resolved.kind !== "value") return { ...resolved, label };',
    tests: ["test/plan"],
  },
  {
    name: "label join: of a default with what it stands for",
    file: "src/plan/resolve-value.ts",
    find: "return { ...fallback, label: joinLabels(label, fallback.label) };",
    replace: "return fallback;",
    tests: ["test/plan"],
  },
  {
    name: "label join: of the condition that let a step run",
    file: "src/run/apply-call.ts",
    find: "const whole = joinLabels(joinLabels(label, call.step.whenLabel), call.inputLabel);",
    replace: "const whole = joinLabels(label, call.inputLabel);",
    tests: RUNS,
  },
  {
    name: "label join: of the list that a fan-out goes over",
    file: "src/run/apply-call.ts",
    find: "label: call.step.fanOut === null ? whole : joinLabels(whole, call.step.fanOut.label) };",
    replace: "label: whole };",
    tests: RUNS,
  },
  {
    name: "a second look before a call whose start was synced",
    file: "src/run/start-calls.ts",
    find: "if (!isStopping(core)) return callTool(core, call);",
    replace: "if (core.running.has(call)) return callTool(core, call);",
    tests: RUNS,
  },
  {
    name: "an outcome that nobody knows is asked for",
    file: "src/run/take-up-run.ts",
    find: 'append(core, { kind: "step.unknown", ...address(call), attempt: call.attempts, data: { error } });',
    replace:
      'append(core, { kind: "step.failed", ...address(call), attempt: call.attempts, data: { error, retryAt: null } });',
    tests: RUNS,
  },
];

export const MUTATIONS: readonly Mutation[] = [
  ...journalSyncs,
  ...otherSyncs,
  ...runSyncs,
  ...damage,
  ...owners,
  ...kernel,
];
