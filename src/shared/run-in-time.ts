/**
 * Runs a piece of synchronous work that may take for ever, for so long and no longer. Owns: the only place where
 * running code is broken off. What was broken off may be half done: whoever calls forgets what the work held, and loads
 * no modules in it.
 */
import { type Context, createContext, Script } from "node:vm";

export interface TimedWork<T> {
  work: () => T;
  /** Before each try, without a limit: forgets what the one before left half done, and loads what the work needs. */
  prepare: () => void;
  /** Time of the processor, in milliseconds: a machine that stands still or is busy is no fault of the work's. */
  limitMs: number;
}

/** Each try may take twice as long as the one before. */
const MOST_TRIES = 4;
const TIMEOUT = "ERR_SCRIPT_EXECUTION_TIMEOUT";

let stage: { context: Context & { work: (() => unknown) | null }; script: Script } | null = null;

/** What the work gives, or that it takes too long. Throws what it throws; costs a third of a millisecond. */
export function runInTime<T>({
  work,
  prepare,
  limitMs,
}: TimedWork<T>): { isInTime: true; value: T } | { isInTime: false } {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    prepare();
    const before = process.cpuUsage();
    const done = runOnce(work, limitMs * 2 ** tries);
    if (done !== null) return { isInTime: true, ...done };
    const { user, system } = process.cpuUsage(before);
    if ((user + system) / 1_000 >= limitMs) break;
  }
  prepare();
  return { isInTime: false };
}

function runOnce<T>(work: () => T, timeout: number): { value: T } | null {
  stage ??= { context: Object.assign(createContext({}), { work: null }), script: new Script("work()") };
  const { context, script } = stage;
  context.work = work;
  try {
    return { value: script.runInContext(context, { timeout }) as T };
  } catch (thrown) {
    // Of another realm, and so no instance of this one's Error.
    if (typeof thrown === "object" && thrown !== null && "code" in thrown && thrown.code === TIMEOUT) return null;
    throw thrown;
  } finally {
    context.work = null;
  }
}
