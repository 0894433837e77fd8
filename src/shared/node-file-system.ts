/**
 * The real file system behind the FileSystem port. Owns: how each call maps to Node. Must not: retry, cache or hide an
 * error. Callbacks on raw descriptors instead of `fs/promises` handles: the journal's path is hot.
 */
import {
  close,
  constants,
  fdatasync,
  fsync,
  link,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  statSync,
  truncate,
  unlink,
  write,
} from "node:fs";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { FileSystem, OpenFile } from "./file-system.ts";

const openPath = promisify(open);
const closeDescriptor = promisify(close);
const syncDescriptor = promisify(fsync);
const syncData = promisify(fdatasync);
const writeBytes = promisify(write);
const readPath = promisify(readFile);
const listPath = promisify(readdir);
const makePath = promisify(mkdir);
const removePath = promisify(rm);

const { O_WRONLY, O_APPEND, O_CREAT, O_EXCL, O_RDONLY } = constants;
const FLAGS = {
  exclusive: O_WRONLY | O_APPEND | O_CREAT | O_EXCL,
  "if-missing": O_WRONLY | O_APPEND | O_CREAT,
  never: O_WRONLY | O_APPEND,
};

function openFile(descriptor: number): OpenFile {
  return {
    async append(bytes) {
      let from = 0;
      while (from < bytes.length) {
        const { bytesWritten } = await writeBytes(descriptor, bytes, from, bytes.length - from);
        from += bytesWritten;
      }
    },
    // Only data and length matter for journals and blobs, which is what fdatasync makes durable.
    sync: () => syncData(descriptor),
    close: () => closeDescriptor(descriptor),
  };
}

/** One by one from the top: Node's own recursive mode never returns on file systems such as procfs. */
async function makeDirectories(path: string): Promise<void> {
  const made = statSync(path, { throwIfNoEntry: false });
  if (made?.isDirectory() === true) return;
  const above = dirname(path);
  if (above !== path) await makeDirectories(above);
  try {
    await makePath(path, { mode: 0o700 });
  } catch (thrown) {
    // Another process was faster; a file in the way is an error.
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw thrown;
  }
}

export const nodeFileSystem: FileSystem = {
  async open(path, { create }) {
    return openFile(await openPath(path, FLAGS[create], 0o600));
  },
  read: (path) => readPath(path),
  list: (path) => listPath(path),
  async stat(path) {
    // Synchronous on purpose: a look at cached metadata takes 3 µs, a trip through the thread pool 60, and every
    // acknowledgement of the journal waits for one such look.
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined)
      throw Object.assign(new Error(`ENOENT: no such file, stat '${path}'`), { code: "ENOENT", path });
    return { bytes: found.size, isFile: found.isFile(), modifiedMs: found.mtimeMs };
  },
  async makeDirectory(path) {
    await makeDirectories(path);
  },
  async syncDirectory(path) {
    if (process.platform === "win32") return; // Directories cannot be synced there; NTFS journals names by itself.
    const descriptor = await openPath(path, O_RDONLY);
    try {
      await syncDescriptor(descriptor);
    } finally {
      await closeDescriptor(descriptor);
    }
  },
  rename: promisify(rename),
  link: promisify(link),
  truncate: promisify(truncate),
  remove: promisify(unlink),
  removeDirectory: (path) => removePath(path, { recursive: true }),
};
