/**
 * `--watch`: the same call again whenever something changes that the last one has read: suites, case files, documents,
 * prompts, files of tools, and for suites in code whatever code lies beside them. Owns: when that is. Must not: be woken
 * by what a call writes. Ctrl-C ends it with the last exit code.
 */
import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { asPlanwrightError } from "../../error/planwright-error.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";

/** Editors write a file in several steps. */
const QUIET_MS = 200;
const CODE = /\.[cm]?[jt]sx?$/;
/** Nobody edits these, and there may be very many files in them. */
const NOT_LOOKED_AT = /(^|[\\/])(node_modules|\..+?)[\\/]/;

type OnRead = (path: string) => void;

export async function watchSuites(call: Call, evaluate: (onRead: OnRead) => Promise<number>): Promise<number> {
  const { terminal, report } = call;
  let code: number = EXIT.ok;
  let wake = (): void => {};
  let isChanged = true;
  let isOver = false;
  const watched = createWatch(writtenFiles(call), () => {
    isChanged = true;
    wake();
  });
  watched.add(resolve(terminal.cwd, "prompts"));
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
    code = await evaluateSafely(call, () => evaluate(watched.add));
    if (!isOver) report.note("Watching for changes; Ctrl-C ends it.");
  }
  stop();
  watched.close();
  return code;
}

/** A suite with a mistake is said, and looked at again once it was corrected. */
async function evaluateSafely(call: Call, evaluate: () => Promise<number>): Promise<number> {
  try {
    return await evaluate();
  } catch (thrown) {
    call.report.fail(asPlanwrightError(thrown).toShape());
    return EXIT.usage;
  }
}

function writtenFiles({ options, terminal }: Call): ReadonlySet<string> {
  const named = [options.html, options.junit, options.markdown].filter((file) => file !== undefined);
  return new Set(named.map((file) => resolve(terminal.cwd, file)));
}

/** Files are watched through their folders, since editors put another file in their place. */
function createWatch(written: ReadonlySet<string>, onChange: () => void): { add: OnRead; close: () => void } {
  const files = new Set<string>();
  const watchers = new Map<string, FSWatcher>();
  const look = (folder: string, isMeant: (name: string) => boolean, recursive: boolean): void => {
    const key = `${folder} ${recursive}`;
    if (watchers.has(key) || !isFolder(folder)) return;
    const watcher = watch(folder, { recursive }, (_, name) => {
      if (name !== null && isMeant(name) && !written.has(join(folder, name))) onChange();
    });
    watcher.on("error", () => {}); // The folder is gone; its files are told as missing when they are read again.
    watchers.set(key, watcher);
  };
  return {
    add(path) {
      if (isFolder(path)) return look(path, (name) => !NOT_LOOKED_AT.test(name), true);
      const folder = dirname(path);
      files.add(path);
      look(folder, (name) => files.has(join(folder, name)), false);
      if (CODE.test(path)) look(folder, (name) => CODE.test(name) && !NOT_LOOKED_AT.test(name), true);
    },
    close() {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
