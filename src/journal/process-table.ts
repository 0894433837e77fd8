/**
 * Which processes are alive on this machine. Owns: telling a live owner from a dead one whose id was given out again.
 * Must not: be asked about processes of another boot or container (their `bootId` differs).
 */
import { readFileSync, readlinkSync } from "node:fs";

export interface ProcessTable {
  /** This process. */
  readonly id: number;
  /** Same text for all processes that share one table of ids: one boot of one machine, one container. */
  readonly bootId: string;
  /** When that process began, as a token that a later one with the same id does not share; null where there is none. */
  startToken(id: number): string | null;
}

/** The machine's own table; reads /proc where there is one, else knows only which ids are in use. */
export function systemProcessTable(): ProcessTable {
  const own = startToken(process.pid);
  // Its own token is asked for with every record of an owner, and never changes.
  return { id: process.pid, bootId: bootId(), startToken: (id) => (id === process.pid ? own : startToken(id)) };
}

function bootId(): string {
  const boot = readText("/proc/sys/kernel/random/boot_id");
  if (boot === null) return `${process.platform}-${process.ppid}`;
  try {
    return `${boot.trim()} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return boot.trim(); // No namespaces: one table of ids for the whole boot.
  }
}

function startToken(id: number): string | null {
  const stat = readText(`/proc/${id}/stat`);
  if (stat !== null) {
    // Fields after the command's closing parenthesis: 0 is the state, 19 the start in ticks since boot (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const isGone = fields[0] === "Z" || fields[0] === "X";
    return isGone ? null : (fields[19] ?? "");
  }
  try {
    process.kill(id, 0);
    return readText("/proc/self/stat") === null ? "" : null;
  } catch (thrown) {
    const isForeign = thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
    return isForeign ? "" : null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null; // Not Linux, or no such process: both mean that there is nothing to read.
  }
}
