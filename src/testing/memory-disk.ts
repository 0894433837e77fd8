/**
 * A disk in memory that knows what a power cut would leave of it. Owns: files, names, and for both what is durable and
 * what is not yet. Must not: decide what is lost (the caller's random source does), nor know about calls or faults.
 *
 * Model: a file's synced bytes survive; later ones may be lost, cut anywhere, or kept sector by sector with zeros
 * between. A name survives once its directory was synced; later changes of names are kept or lost one by one, a rename
 * as a whole.
 */
import type { Random } from "../shared/random.ts";

export interface DiskFile {
  kind: "file";
  bytes: Buffer;
  /** Used length of `bytes`, which grows by doubling. */
  length: number;
  /** What a power cut leaves for sure. */
  durable: { bytes: Buffer; length: number };
  modifiedMs: number;
}

export interface DiskDirectory {
  kind: "directory";
  names: Map<string, DiskNode>;
  durableNames: Map<string, DiskNode>;
  modifiedMs: number;
}

export type DiskNode = DiskFile | DiskDirectory;

/** Sets or (null) removes a name. */
export interface NameEdit {
  directory: DiskDirectory;
  name: string;
  node: DiskNode | null;
}

export interface MemoryDisk {
  root: DiskDirectory;
  /** Changes of names that are not durable yet, oldest first; the edits of one change are atomic. */
  unsynced: NameEdit[][];
}

/** What a power cut does to everything that was not synced. `kept` is what a killed process leaves behind. */
export type UnsyncedFate = "lost" | "kept" | "random";

/** Unit in which a disk keeps or loses unsynced bytes. */
const SECTOR_BYTES = 512;

export function createDirectory(modifiedMs: number): DiskDirectory {
  return { kind: "directory", names: new Map(), durableNames: new Map(), modifiedMs };
}

export function createFile(modifiedMs: number): DiskFile {
  return {
    kind: "file",
    bytes: Buffer.alloc(0),
    length: 0,
    durable: { bytes: Buffer.alloc(0), length: 0 },
    modifiedMs,
  };
}

export function appendTo(file: DiskFile, bytes: Uint8Array): void {
  const length = file.length + bytes.length;
  if (length > file.bytes.length) {
    const grown = Buffer.alloc(Math.max(length, 2 * file.bytes.length));
    file.bytes.copy(grown, 0, 0, file.length);
    file.bytes = grown;
  }
  file.bytes.set(bytes, file.length);
  file.length = length;
}

export function truncateTo(file: DiskFile, length: number): void {
  const shrunk = Buffer.alloc(length);
  file.bytes.copy(shrunk, 0, 0, Math.min(length, file.length));
  file.bytes = shrunk;
  file.length = length;
}

/** Bytes before the synced length never change in place, so the buffer can be shared instead of copied. */
export function syncFileOn(file: DiskFile): void {
  file.durable = { bytes: file.bytes, length: file.length };
}

export function editNames(disk: MemoryDisk, edits: NameEdit[]): void {
  applyEdits(edits, (directory) => directory.names);
  disk.unsynced.push(edits);
}

export function syncNamesOn(disk: MemoryDisk, directory: DiskDirectory): void {
  const isTouched = (edits: NameEdit[]): boolean => edits.some((edit) => edit.directory === directory);
  for (const edits of disk.unsynced) if (isTouched(edits)) applyEdits(edits, (touched) => touched.durableNames);
  disk.unsynced = disk.unsynced.filter((edits) => !isTouched(edits));
}

function applyEdits(edits: NameEdit[], namesOf: (directory: DiskDirectory) => Map<string, DiskNode>): void {
  for (const { directory, name, node } of edits) {
    if (node === null) namesOf(directory).delete(name);
    else namesOf(directory).set(name, node);
  }
}

/** The disk as found after a crash at this moment; the old one is left as it is. Everything on the new one is durable. */
export function crashedDisk(disk: MemoryDisk, fate: UnsyncedFate, random: Random): MemoryDisk {
  const isKept = (): boolean => (fate === "random" ? random.next() < 0.5 : fate === "kept");
  const names = new Map<DiskDirectory, Map<string, DiskNode>>();
  const namesOf = (directory: DiskDirectory): Map<string, DiskNode> => {
    const found = names.get(directory) ?? new Map(directory.durableNames);
    names.set(directory, found);
    return found;
  };
  for (const edits of disk.unsynced) if (isKept()) applyEdits(edits, namesOf);
  const copies = new Map<DiskNode, DiskNode>();
  const copy = (node: DiskNode): DiskNode => {
    const known = copies.get(node);
    if (known !== undefined) return known;
    const made = node.kind === "file" ? crashedFile(node, fate, random) : createDirectory(node.modifiedMs);
    copies.set(node, made);
    if (node.kind === "file" || made.kind === "file") return made;
    for (const [name, child] of namesOf(node)) made.names.set(name, copy(child));
    made.durableNames = new Map(made.names);
    return made;
  };
  const root = copy(disk.root);
  return { root: root.kind === "directory" ? root : createDirectory(0), unsynced: [] };
}

function crashedFile(file: DiskFile, fate: UnsyncedFate, random: Random): DiskFile {
  const { durable } = file;
  const current = file.bytes.subarray(0, file.length);
  const synced = durable.bytes.subarray(0, durable.length);
  let left = fate === "kept" ? current : synced;
  if (fate === "random") {
    const isGrown = current.length >= synced.length;
    left = isGrown ? tornTail(current, synced.length, random) : random.next() < 0.5 ? current : synced;
  }
  const bytes = Buffer.from(left);
  return {
    kind: "file",
    bytes,
    length: bytes.length,
    durable: { bytes, length: bytes.length },
    modifiedMs: file.modifiedMs,
  };
}

/** One of: all lost, all kept, cut at some byte, or some sectors kept and zeros for the others. */
function tornTail(current: Buffer, synced: number, random: Random): Buffer {
  const way = Math.floor(random.next() * 4);
  if (way === 0) return current.subarray(0, synced);
  if (way === 1) return current;
  const torn = Buffer.from(current.subarray(0, synced + Math.floor(random.next() * (current.length - synced + 1))));
  if (way === 2) return torn;
  for (let start = synced; start < torn.length; ) {
    const end = Math.min(torn.length, (Math.floor(start / SECTOR_BYTES) + 1) * SECTOR_BYTES);
    if (random.next() < 0.5) torn.fill(0, start, end);
    start = end;
  }
  return torn;
}
