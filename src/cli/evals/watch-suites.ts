/**
 * `--watch`: the same call again whenever something below the suites' folders or the prompts changes. Owns: when that is.
 * Ctrl-C ends it with the last exit code.
 */
import { existsSync, type FSWatcher, watch } from "node:fs";
import { dirname, resolve } from "node:path";
import { asPlanwrightError } from "../../error/planwright-error.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";

/** Editors write a file in several steps. */
const QUIET_MS = 200;
/** What a run itself writes must not start the next one. */
const OWN = /(^|[\\/])(\.planwright|node_modules|\.git)([\\/]|$)|\.(baseline\.json|html|xml|tmp|swp)$|~$/;

export async function watchSuites(call: Call, evaluate: (call: Call) => Promise<number>): Promise<number> {
  const { terminal, report, args, extra } = call;
  let code: number = EXIT.ok;
  let wake = (): void => {};
  let isChanged = true;
  let isOver = false;
  const watchers = foldersOf([args[0] ?? "", ...extra], terminal.cwd).map((folder) =>
    watchFolder(folder, () => {
      isChanged = true;
      wake();
    }),
  );
  const stop = terminal.onSignal(() => {
    isOver = true;
    wake();
  });
  while (!isOver) {
    if (!isChanged) {
      await new Promise<void>((resolveWait) => {
        wake = resolveWait;
      });
      await new Promise<void>((resolveWait) => terminal.clock.setTimer(QUIET_MS, resolveWait));
      continue;
    }
    isChanged = false;
    code = await evaluateSafely(call, evaluate);
    if (!isOver) report.note("Watching for changes; Ctrl-C ends it.");
  }
  stop();
  for (const watcher of watchers) watcher.close();
  return code;
}

/** A suite with a mistake is said, and looked at again once it was corrected. */
async function evaluateSafely(call: Call, evaluate: (call: Call) => Promise<number>): Promise<number> {
  try {
    return await evaluate(call);
  } catch (thrown) {
    call.report.fail(asPlanwrightError(thrown).toShape());
    return EXIT.usage;
  }
}

function foldersOf(files: readonly string[], cwd: string): string[] {
  const folders = files.map((file) => dirname(resolve(cwd, file)));
  return [...new Set([...folders, resolve(cwd, "prompts")])].filter((folder) => existsSync(folder));
}

function watchFolder(folder: string, onChange: () => void): FSWatcher {
  return watch(folder, { recursive: true }, (_, name) => {
    if (name !== null && !OWN.test(name)) onChange();
  });
}
