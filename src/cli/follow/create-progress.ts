/** The live tree on a terminal, plain lines everywhere else. Owns: that choice. */
import { createLiveTree } from "./live-tree.ts";
import { createPlainLines } from "./plain-lines.ts";
import type { Progress, ProgressOptions } from "./progress.ts";

export function createProgress(options: ProgressOptions): Progress {
  const { stderr, env } = options.terminal;
  return stderr.isTerminal && env["TERM"] !== "dumb" ? createLiveTree(options) : createPlainLines(options);
}
