/** Streams, signals and an environment of a test's own, and a way to wait for words instead of for time. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { onTestFinished } from "vitest";
import { runCli } from "../../src/cli/run-cli.ts";
import type { Output, Terminal } from "../../src/cli/terminal.ts";
import { systemClock } from "../../src/shared/clock.ts";

export const TOOLS = join(import.meta.dirname, "cli-tools.mjs");

export interface FakeOptions {
  cwd?: string;
  env?: Record<string, string>;
  isTerminal?: boolean;
  columns?: number;
  /** All of standard input. */
  stdin?: string;
}

export interface FakeTerminal extends Terminal {
  out(): string;
  err(): string;
  /** Types a line. */
  type(line: string): void;
  signal(name: "SIGINT" | "SIGTERM"): void;
  /** Code that the process was ended with at once, or null. */
  exited(): number | null;
  /** Resolves once standard error holds the words. */
  shows(words: string): Promise<void>;
}

export function fakeTerminal(options: FakeOptions = {}): FakeTerminal {
  const { cwd = tempFolder(), env = {}, isTerminal = false, columns = 100 } = options;
  const out = fakeOutput(isTerminal, columns);
  const err = fakeOutput(isTerminal, columns);
  const listeners = new Set<(signal: "SIGINT" | "SIGTERM") => void>();
  const stdin: PassThrough & { isTTY?: boolean } = new PassThrough();
  if (options.stdin !== undefined) stdin.end(options.stdin);
  if (isTerminal) stdin.isTTY = true;
  let exited: number | null = null;
  return {
    stdout: out.output,
    stderr: err.output,
    stdin,
    env,
    cwd,
    clock: systemClock,
    onSignal(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => {
      exited ??= code;
    },
    out: out.text,
    err: err.text,
    type: (line) => void stdin.write(`${line}\n`),
    signal: (name) => {
      for (const listener of [...listeners]) listener(name);
    },
    exited: () => exited,
    shows: err.shows,
  };
}

function fakeOutput(isTerminal: boolean, columns: number) {
  let text = "";
  const waiting = new Set<() => void>();
  const output: Output = {
    write(more) {
      text += more;
      for (const look of [...waiting]) look();
    },
    isTerminal,
    size: () => (isTerminal ? { columns, rows: 24 } : null),
    isBroken: () => false,
  };
  const shows = (words: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!text.includes(words)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  return { output, text: () => text, shows };
}

/** A folder that is removed with its test. */
export function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "planwright-cli-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Called {
  code: number;
  out: string;
  err: string;
  /** Standard output as the one JSON document that it must be. */
  json: () => unknown;
}

/** One call of the command line, to its end. */
export async function call(args: readonly string[], options: FakeOptions = {}): Promise<Called> {
  const terminal = fakeTerminal(options);
  const code = await runCli(args, terminal);
  return { code, out: terminal.out(), err: terminal.err(), json: () => JSON.parse(terminal.out()) as unknown };
}

/** Writes a plan of these steps, and gives its path. */
export function planFile(cwd: string, steps: readonly object[], more: object = {}): string {
  const path = join(cwd, "plan.json");
  writeFileSync(path, JSON.stringify({ kind: "plan", rationale: "By hand.", steps, ...more }));
  return path;
}
