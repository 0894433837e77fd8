/**
 * The file system as the runtime uses it: few calls, every one of which a test can make fail.
 * Owns: the port. The real one is `node-file-system.ts`; the one that fails on demand is
 * `src/testing/memory-file-system.ts`.
 */

export interface OpenFile {
  /** Appends all bytes (never a part) at the end of the file. */
  append(bytes: Uint8Array): Promise<void>;
  /** Makes what was appended survive a power cut. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

export interface FileStat {
  bytes: number;
  isFile: boolean;
  modifiedMs: number;
}

/** Errors are Node's own (`code: "ENOENT"` and so on). Paths are absolute or relative to the process. */
export interface FileSystem {
  /** Opens for appending; `create: "exclusive"` fails with EEXIST where the file is there already. */
  open(path: string, options: { create: "exclusive" | "if-missing" | "never" }): Promise<OpenFile>;
  read(path: string): Promise<Uint8Array>;
  list(path: string): Promise<string[]>;
  stat(path: string): Promise<FileStat>;
  /** Makes the directory and its parents where they are missing. */
  makeDirectory(path: string): Promise<void>;
  /** Makes created, renamed and removed names inside the directory survive a power cut. */
  syncDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Gives a file a second name; fails with EEXIST where that name is taken: publishing a whole file, exclusively. */
  link(from: string, to: string): Promise<void>;
  truncate(path: string, bytes: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes the directory and everything in it. */
  removeDirectory(path: string): Promise<void>;
}
