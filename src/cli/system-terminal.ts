/** The process behind the Terminal port. Owns: EPIPE, signals, sizes. Must not: know commands. */
import { systemClock } from "../shared/clock.ts";
import type { Output, Terminal } from "./terminal.ts";

export function systemTerminal(): Terminal {
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    stdin: process.stdin,
    env: process.env,
    cwd: process.cwd(),
    clock: systemClock,
    onSignal(listener) {
      const onInterrupt = (): void => listener("SIGINT");
      const onTerminate = (): void => listener("SIGTERM");
      process.on("SIGINT", onInterrupt);
      process.on("SIGTERM", onTerminate);
      return () => {
        process.off("SIGINT", onInterrupt);
        process.off("SIGTERM", onTerminate);
      };
    },
    exit: (code) => process.exit(code),
  };
}

/**
 * Ends the process once everything was written. A tool that ignores its abort signal may still hold timers or sockets,
 * so that waiting for the event loop to run dry could take for ever.
 */
export async function leave(code: number): Promise<void> {
  process.exitCode = code;
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
  process.exit(code);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write("", () => resolve());
  });
}

/** `planwright … | head` closes the pipe: that is no failure of the run. */
function outputOf(stream: NodeJS.WriteStream): Output {
  let isBroken = false;
  stream.on("error", () => {
    isBroken = true;
  });
  return {
    write(text) {
      if (!isBroken) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    size: () => (stream.isTTY === true ? { columns: stream.columns || 80, rows: stream.rows || 24 } : null),
    isBroken: () => isBroken,
  };
}
