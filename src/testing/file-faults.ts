/**
 * What can go wrong with a call on the simulated file system, and how a test says so. Owns: the fault hook and its words.
 * Must not: know how the disk keeps its bytes.
 */

export type FileCall =
  | "open"
  | "append"
  | "sync"
  | "close"
  | "read"
  | "list"
  | "stat"
  | "makeDirectory"
  | "syncDirectory"
  | "rename"
  | "link"
  | "truncate"
  | "remove"
  | "removeDirectory";

/** One call, as the fault hook sees it before it is done. */
export interface FileOperation {
  /** 1 for the first call on this file system. */
  count: number;
  call: FileCall;
  path: string;
  /** Length of what is appended, else 0. */
  bytes: number;
}

/** What the call throws, and whether it takes effect first (default: not at all). */
export interface FileFault {
  error: Error;
  takesEffect?: boolean;
  /** For `append`: how many bytes reach the file before the error. */
  appendedBytes?: number;
}

/**
 * Asked before every call: a fault makes it fail, a promise makes it wait (for ever, if it never resolves: a process
 * that stopped here). A look at the disk from inside the hook is a crash just before the call.
 */
export type FaultHook = (operation: FileOperation) => FileFault | null | Promise<FileFault | null>;

/** A Node error such as the file system throws: `fileError("ENOSPC", "/a")`. */
export function fileError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: '${path}'`), { code, path });
}

/** A hook that fails the nth call (from 1), and with `isLasting` all later ones too. */
export function failCall(nth: number, code: string, { isLasting = false } = {}): FaultHook {
  return ({ count, path }) => {
    const isHit = isLasting ? count >= nth : count === nth;
    return isHit ? { error: fileError(code, path) } : null;
  };
}
