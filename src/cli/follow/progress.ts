/** How a run is shown while it goes on. Owns: the port behind which live tree and plain lines stand. */
import type { RunEvent, RunResult } from "../../run/run-result.ts";
import type { Reporter } from "../report.ts";
import type { Terminal } from "../terminal.ts";

export interface Progress {
  /** Tells of a durable event. */
  event(event: RunEvent): void;
  /** Writes a line among what is shown. */
  note(text: string): void;
  /** Shows how it stands, and leaves the screen to somebody else until the next `resume`. */
  pause(result: RunResult): Promise<void>;
  resume(): void;
  /** Shows how it stands at the end, and stops. */
  finish(result: RunResult): Promise<void>;
  /** Stops at once and gives the cursor back. */
  stop(): void;
}

export interface ProgressOptions {
  terminal: Terminal;
  report: Reporter;
  /** Reads the run as it is now. */
  read: () => Promise<RunResult>;
  /** A command of ours with the flags of this call; left out where the person at the terminal is asked instead. */
  commandLine?: (...words: string[]) => string;
}
