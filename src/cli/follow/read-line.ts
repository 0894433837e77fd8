/** Reads one line that a person types. Owns: that the end of input and an abort both give null. */
import { createInterface } from "node:readline";
import type { Terminal } from "../terminal.ts";

/** Shows the prompt on standard error and waits for a line; null when there is none (Ctrl-D, or `signal` aborted). */
export function readLine(terminal: Terminal, prompt: string, signal: AbortSignal): Promise<string | null> {
  if (signal.aborted) return Promise.resolve(null);
  terminal.stderr.write(prompt);
  // Without `terminal: true` the terminal itself edits the line, and Ctrl-C arrives as the signal that it is.
  const lines = createInterface({ input: terminal.stdin, terminal: false });
  return new Promise((resolve) => {
    let line: string | null = null;
    const close = (): void => lines.close();
    lines.once("line", (typed) => {
      line = typed;
      lines.close();
    });
    lines.once("close", () => {
      signal.removeEventListener("abort", close);
      terminal.stdin.pause();
      if (line === null) terminal.stderr.write("\n");
      resolve(line);
    });
    signal.addEventListener("abort", close, { once: true });
  });
}
