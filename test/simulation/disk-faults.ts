/** Errors of the file system that come at random, in bursts, and then stop. Owns: which error a call can have. */
import { type FileCall, type FileFault, type FileOperation, fileError } from "../../src/testing/file-faults.ts";
import type { Dice } from "./dice.ts";

export interface DiskFaults {
  /** The fault of this call, or null. */
  strike(operation: FileOperation): FileFault | null;
  /** How many calls have failed. */
  readonly struck: number;
  /** No call fails any more. */
  stop(): void;
}

/** What may be wrong with a call; a call that makes something can find the disk full. */
const CODES: Record<FileCall, readonly string[]> = {
  open: ["EMFILE", "ENOSPC", "EIO"],
  append: ["ENOSPC", "EIO"],
  sync: ["EIO", "ENOSPC"],
  close: ["EIO"],
  read: ["EIO", "EMFILE"],
  list: ["EIO", "EMFILE"],
  stat: ["EIO"],
  makeDirectory: ["ENOSPC", "EIO"],
  syncDirectory: ["EIO", "EMFILE"],
  rename: ["EIO", "ENOSPC"],
  link: ["EIO", "ENOSPC"],
  truncate: ["EIO"],
  remove: ["EIO"],
  removeDirectory: ["EIO"],
};

/** Most calls that fail in a row. */
const LONGEST_BURST = 5;

export function randomFaults(dice: Dice, bursts: number): DiskFaults {
  let burstsLeft = bursts;
  let burst = 0;
  let struck = 0;
  return {
    get struck() {
      return struck;
    },
    stop() {
      burstsLeft = 0;
      burst = 0;
    },
    strike({ call, path, bytes }) {
      if (burst === 0 && burstsLeft > 0 && dice.chance(0.012)) {
        burstsLeft -= 1;
        burst = 1 + dice.under(LONGEST_BURST);
      }
      if (burst === 0) return null;
      burst -= 1;
      struck += 1;
      const error = fileError(dice.pick(CODES[call]), path);
      if (dice.chance(0.25)) return { error, takesEffect: true };
      return { error, appendedBytes: dice.chance(0.5) ? 0 : dice.under(bytes + 1) };
    },
  };
}
