/** One call of the command line, as its commands get it. Owns: the options' names and types. */
import type { Reporter } from "./report.ts";
import type { Terminal } from "./terminal.ts";

/** Options of all commands; each command declares those it takes (build-program.ts). */
export interface CliOptions {
  json?: boolean;
  config?: string;
  model?: string;
  fallback?: "rule" | "none";
  store?: string;
  tools?: string[];
  prompt?: string[];
  document?: string[];
  param?: string[];
  outputSchema?: string;
  approve?: "ask" | "none";
  maxSteps?: number;
  maxReplans?: number;
  maxCostUsd?: number;
  maxTokens?: number;
  maxSeconds?: number;
  goal?: string;
  workflow?: string;
  name?: string;
  out?: string;
  status?: string;
  query?: string;
  limit?: number;
  cursor?: string;
  hash?: string;
  plan?: string;
  success?: string;
  reviewPlan?: boolean;
  reason?: string;
  diff?: boolean;
  ask?: boolean;
  port?: number;
  host?: string;
  token?: string;
  allowHost?: string[];
  slow?: number;
  failFirst?: number;
  script?: string;
  mermaid?: boolean;
  since?: string;
  metrics?: boolean;
  outputFile?: string;
  unfinished?: boolean;
  all?: boolean;
  olderThan?: string;
}

export interface Call {
  terminal: Terminal;
  report: Reporter;
  /** Arguments as declared; undefined where an optional one was left out. */
  args: readonly (string | undefined)[];
  options: CliOptions;
  /** Words beyond the declared arguments, where a command lets them through. */
  extra: readonly string[];
}

/** Does the work of a command and resolves with the exit code. Throws PlanwrightError for what ends it early. */
export type Command = (call: Call) => Promise<number>;
