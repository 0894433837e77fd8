/**
 * What the command line has around it: streams, environment, folder, signals, time. Owns: the port that commands are
 * handed, so that tests can run them with streams of their own. Must not: touch the process (system-terminal.ts does).
 */
import type { Readable } from "node:stream";
import type { Clock } from "../shared/clock.ts";

export interface Output {
  /** Writes text as it is; after the reader has gone (EPIPE) it does nothing. */
  write(text: string): void;
  readonly isTerminal: boolean;
  /** Size in characters now; null where it is no terminal. */
  size(): { columns: number; rows: number } | null;
  /** The reader has gone, so that nobody sees what is written. */
  isBroken(): boolean;
}

export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Readable & { isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
  readonly clock: Clock;
  /** Catches SIGINT (Ctrl-C) and SIGTERM from now on; SIGHUP comes as SIGTERM. Returns how to stop. */
  onSignal(listener: (signal: "SIGINT" | "SIGTERM") => void): () => void;
  /** Ends the process at once, whatever still runs. */
  exit(code: number): void;
}

/** A person sits at both ends: they can read a question and type an answer. */
export function isInteractive(terminal: Terminal): boolean {
  return terminal.stderr.isTerminal && terminal.stdin.isTTY === true;
}
