/** The process behind the Terminal port. Owns: streams that break, signals, sizes. Must not: know commands. */
import { systemClock } from "../shared/clock.ts";
import { EXIT } from "./exit-code.ts";
import { PLAIN_STYLE } from "./render/style.ts";
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
      process.on("SIGHUP", onTerminate); // The terminal was closed: what runs is parked, not lost.
      return () => {
        process.off("SIGINT", onInterrupt);
        process.off("SIGTERM", onTerminate);
        process.off("SIGHUP", onTerminate);
      };
    },
    exit: (code) => process.exit(code),
  };
}

/**
 * Ends the process once everything was written, with 1 instead of 0 where standard output was not. A tool that ignores its abort signal may still hold timers or sockets,
 * so that waiting for the event loop to run dry could take for ever.
 */
export async function leave(code: number): Promise<void> {
  process.exitCode = code;
  await drained(process.stdout);
  await new Promise<void>((resolve) => systemClock.setTimer(0, resolve)); // A failed write is told one turn later.
  const lost = failures.get(process.stdout);
  if (lost !== undefined) process.stderr.write(`${await lostOutput(lost)}\n`);
  await drained(process.stderr);
  process.exit(lost !== undefined && code === EXIT.ok ? EXIT.failed : code);
}

/** What a stream failed with, other than a reader that has gone. */
const failures = new Map<NodeJS.WriteStream, Error>();

async function lostOutput({ message }: Error): Promise<string> {
  const { errorShape } = await import("../error/planwright-error.ts");
  const { renderError } = await import("./render/render-error.ts");
  const hint = "Free some space or write elsewhere; runs are kept in the store: see planwright runs.";
  return renderError(errorShape("INTERNAL", `Writing to standard output failed: ${message}.`, { hint }), PLAIN_STYLE);
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) resolve();
    else stream.write("", () => resolve());
  });
}

/** `planwright … | head` closes the pipe: that is no failure of the run. A full disk is one of the call. */
function outputOf(stream: NodeJS.WriteStream): Output {
  let isBroken = false;
  stream.on("error", (error: NodeJS.ErrnoException) => {
    isBroken = true;
    if (error.code !== "EPIPE") failures.set(stream, error);
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
