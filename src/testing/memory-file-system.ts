/**
 * A FileSystem in memory for tests and simulations: every call can be made to fail or wait, and the disk can be looked
 * at as a crash at this moment would leave it. Owns: Node's error codes, the count of calls, the fault hook.
 */
import { posix } from "node:path";
import { type Clock, systemClock } from "../shared/clock.ts";
import type { FileSystem, OpenFile } from "../shared/file-system.ts";
import { type Random, seededRandom } from "../shared/random.ts";
import { type FaultHook, type FileCall, fileError } from "./file-faults.ts";
import {
  appendTo,
  crashedDisk,
  createDirectory,
  createFile,
  type DiskDirectory,
  type DiskFile,
  type DiskNode,
  editNames,
  type MemoryDisk,
  syncFileOn,
  syncNamesOn,
  truncateTo,
  type UnsyncedFate,
} from "./memory-disk.ts";

export interface MemoryFileSystem extends FileSystem {
  /** May be set at any time. */
  onCall: FaultHook | null;
  readonly calls: number;
  readonly openFiles: number;
  /** A new, independent file system as a crash at this moment would leave this one; this one goes on undisturbed. */
  crashed(options?: { unsynced?: UnsyncedFate; random?: Random }): MemoryFileSystem;
  /** The same disk as another process has it: with a fault hook and counts of its own. */
  another(): MemoryFileSystem;
  /** Changes stored bytes behind everyone's back: bit rot. Durable at once. */
  damage(path: string, change: (bytes: Buffer) => Uint8Array): void;
}

export interface MemoryFileSystemOptions {
  clock?: Clock;
  onCall?: FaultHook | null;
}

export function createMemoryFileSystem(options: MemoryFileSystemOptions = {}): MemoryFileSystem {
  const { clock = systemClock, onCall = null } = options;
  return onDisk({ root: createDirectory(clock.now()), unsynced: [] }, { clock, onCall });
}

interface State {
  disk: MemoryDisk;
  clock: Clock;
  hook: FaultHook | null;
  calls: number;
  openFiles: number;
}

function onDisk(disk: MemoryDisk, options: { clock: Clock; onCall: FaultHook | null }): MemoryFileSystem {
  const { clock } = options;
  const state: State = { disk, clock, hook: options.onCall, calls: 0, openFiles: 0 };
  return {
    ...reading(state),
    ...changing(state),
    get onCall() {
      return state.hook;
    },
    set onCall(hook) {
      state.hook = hook;
    },
    get calls() {
      return state.calls;
    },
    get openFiles() {
      return state.openFiles;
    },
    crashed({ unsynced = "random", random = seededRandom(1) } = {}) {
      return onDisk(crashedDisk(disk, unsynced, random), { clock, onCall: null });
    },
    another: () => onDisk(disk, { clock, onCall: null }),
    damage(path, change) {
      const file = fileAt(disk, path);
      const bytes = Buffer.from(change(Buffer.from(file.bytes.subarray(0, file.length))));
      Object.assign(file, { bytes, length: bytes.length, durable: { bytes, length: bytes.length } });
    },
  };
}

/** Asks the hook, then does the work unless a fault says otherwise. */
async function perform<T>(
  state: State,
  call: { call: FileCall; path: string; bytes?: number },
  work: () => T,
): Promise<T> {
  state.calls += 1;
  const fault = state.hook === null ? null : await state.hook({ bytes: 0, ...call, count: state.calls });
  await null;
  if (fault === null) return work();
  if (fault.takesEffect === true) work();
  throw fault.error;
}

function reading(state: State): Pick<FileSystem, "read" | "list" | "stat"> {
  const { disk } = state;
  return {
    read: (path) =>
      perform(state, { call: "read", path }, () => {
        const file = fileAt(disk, path);
        return Buffer.from(file.bytes.subarray(0, file.length));
      }),
    list: (path) => perform(state, { call: "list", path }, () => [...directoryAt(disk, path).names.keys()]),
    stat: (path) =>
      perform(state, { call: "stat", path }, () => {
        const node = nodeAt(disk, path);
        const bytes = node.kind === "file" ? node.length : 0;
        return { bytes, isFile: node.kind === "file", modifiedMs: node.modifiedMs };
      }),
  };
}

function changing(state: State): Omit<FileSystem, "read" | "list" | "stat"> {
  const { disk, clock } = state;
  return {
    open: (path, { create }) =>
      perform(state, { call: "open", path }, () => {
        const { directory, name } = placeOf(disk, path);
        const found = directory.names.get(name);
        if (found !== undefined && create === "exclusive") throw fileError("EEXIST", path);
        if (found === undefined && create === "never") throw fileError("ENOENT", path);
        if (found?.kind === "directory") throw fileError("EISDIR", path);
        const file = found ?? createFile(clock.now());
        if (found === undefined) editNames(disk, [{ directory, name, node: file }]);
        return openHandle(state, file, path);
      }),
    makeDirectory: (path) => perform(state, { call: "makeDirectory", path }, () => makeDirectories(state, path)),
    syncDirectory: (path) =>
      perform(state, { call: "syncDirectory", path }, () => syncNamesOn(disk, directoryAt(disk, path))),
    rename: (from, to) =>
      perform(state, { call: "rename", path: to }, () => {
        const node = nodeAt(disk, from);
        const [old, place] = [placeOf(disk, from), placeOf(disk, to)];
        if (place.directory.names.get(place.name)?.kind === "directory") throw fileError("EISDIR", to);
        editNames(disk, [
          { ...old, node: null },
          { ...place, node },
        ]);
      }),
    link: (from, to) =>
      perform(state, { call: "link", path: to }, () => {
        const node = fileAt(disk, from);
        const place = placeOf(disk, to);
        if (place.directory.names.has(place.name)) throw fileError("EEXIST", to);
        editNames(disk, [{ ...place, node }]);
      }),
    truncate: (path, bytes) => perform(state, { call: "truncate", path }, () => truncateTo(fileAt(disk, path), bytes)),
    remove: (path) =>
      perform(state, { call: "remove", path }, () => {
        fileAt(disk, path);
        editNames(disk, [{ ...placeOf(disk, path), node: null }]);
      }),
    removeDirectory: (path) =>
      perform(state, { call: "removeDirectory", path }, () => {
        directoryAt(disk, path);
        editNames(disk, [{ ...placeOf(disk, path), node: null }]);
      }),
  };
}

function openHandle(state: State, file: DiskFile, path: string): OpenFile {
  let isOpen = true;
  state.openFiles += 1;
  const check = (): void => {
    if (!isOpen) throw fileError("EBADF", path);
  };
  return {
    async append(bytes) {
      const write = (part: Uint8Array): void => {
        check();
        appendTo(file, part);
        file.modifiedMs = state.clock.now();
      };
      state.calls += 1;
      const operation = { count: state.calls, call: "append" as const, path, bytes: bytes.length };
      const fault = state.hook === null ? null : await state.hook(operation);
      await null;
      if (fault === null) return write(bytes);
      write(bytes.subarray(0, fault.takesEffect === true ? bytes.length : (fault.appendedBytes ?? 0)));
      throw fault.error;
    },
    sync: () =>
      perform(state, { call: "sync", path }, () => {
        check();
        syncFileOn(file);
      }),
    close: () =>
      perform(state, { call: "close", path }, () => {
        check();
        isOpen = false;
        state.openFiles -= 1;
      }),
  };
}

function makeDirectories({ disk, clock }: State, path: string): void {
  let directory = disk.root;
  for (const name of partsOf(path)) {
    const found = directory.names.get(name);
    if (found?.kind === "file") throw fileError("EEXIST", path);
    const next = found ?? createDirectory(clock.now());
    if (found === undefined) editNames(disk, [{ directory, name, node: next }]);
    directory = next;
  }
}

function partsOf(path: string): string[] {
  return posix
    .resolve("/", path.replaceAll("\\", "/"))
    .split("/")
    .filter((part) => part !== "");
}

function nodeAt(disk: MemoryDisk, path: string): DiskNode {
  let node: DiskNode = disk.root;
  for (const part of partsOf(path)) {
    if (node.kind === "file") throw fileError("ENOTDIR", path);
    const next: DiskNode | undefined = node.names.get(part);
    if (next === undefined) throw fileError("ENOENT", path);
    node = next;
  }
  return node;
}

function fileAt(disk: MemoryDisk, path: string): DiskFile {
  const node = nodeAt(disk, path);
  if (node.kind === "directory") throw fileError("EISDIR", path);
  return node;
}

function directoryAt(disk: MemoryDisk, path: string): DiskDirectory {
  const node = nodeAt(disk, path);
  if (node.kind === "file") throw fileError("ENOTDIR", path);
  return node;
}

function placeOf(disk: MemoryDisk, path: string): { directory: DiskDirectory; name: string } {
  const parts = partsOf(path);
  const name = parts.pop() ?? "";
  return { directory: directoryAt(disk, parts.join("/")), name };
}
