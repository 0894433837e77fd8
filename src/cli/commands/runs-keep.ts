/** `planwright runs export|import|verify|rm`: runs go from store to store, are looked through, and go. */
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { END_STATUSES } from "../../journal/entries.ts";
import { systemCode } from "../../journal/store-errors.ts";
import type { Removal, Verification } from "../../runtime/keep-runs.ts";
import { timeOfId } from "../../shared/random.ts";
import type { Call } from "../call.ts";
import { endStatusOf } from "../end-status.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { type Session, withReadSession } from "../open-session.ts";
import { countText } from "../render/duration.ts";
import { timeOfOption } from "../time-option.ts";

export async function exportCommand(call: Call): Promise<number> {
  const { report, args, options, terminal } = call;
  return withReadSession(call, async ({ store, runtime }) => {
    const run = await findRun(store, args[0] ?? "");
    const lines = runtime.runs.export(run);
    if (options.outputFile === undefined) {
      for await (const line of lines) terminal.stdout.write(line);
      return EXIT.ok;
    }
    const count = await writeLines(resolve(terminal.cwd, options.outputFile), lines);
    if (report.isJson) report.printJson({ run, file: options.outputFile, lines: count });
    else report.note(`Wrote run ${run} to ${options.outputFile}.`);
    return EXIT.ok;
  });
}

/** Never over another file: what is there may be the only copy of a run. */
async function writeLines(path: string, lines: AsyncIterable<string>): Promise<number> {
  const file = await open(path, "wx").catch((cause: unknown) => {
    const why = systemCode(cause) === "EEXIST" ? "is there already" : `cannot be written (${systemCode(cause)})`;
    throw new PlanwrightError("VALIDATION", `File '${path}' ${why}.`, { cause, hint: "Name another file." });
  });
  let count = 0;
  try {
    for await (const line of lines) {
      await file.write(line);
      count += 1;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return count;
}

export async function importCommand(call: Call): Promise<number> {
  const { report, args, options } = call;
  return withReadSession(call, async ({ runtime, commandLine }) => {
    const lines = await readLines(call, args[0] ?? "");
    const { run, isNew } = await runtime.runs.import(lines, { isUnfinishedAllowed: options.unfinished === true });
    if (report.isJson) report.printJson({ run, isNew });
    else
      report.note(isNew ? `Imported run ${run}: ${commandLine("runs", "show", run)}` : `Run ${run} is here already.`);
    return EXIT.ok;
  });
}

async function readLines({ terminal }: Call, file: string): Promise<AsyncIterable<string>> {
  if (file === "-") return createInterface({ input: terminal.stdin, crlfDelay: Number.POSITIVE_INFINITY });
  const opened = await open(resolve(terminal.cwd, file), "r").catch((cause: unknown) => {
    throw new PlanwrightError("VALIDATION", `File '${file}' cannot be read (${systemCode(cause)}).`, { cause });
  });
  return opened.readLines();
}

export async function verifyCommand(call: Call): Promise<number> {
  const { report, options } = call;
  return withReadSession(call, async (session) => {
    const runs = options.all === true ? (await session.store.list()).map(({ run }) => run) : await named(session);
    const verified: Verification[] = [];
    for (const run of runs) verified.push(await session.runtime.runs.verify(run));
    const damaged = verified.filter(({ isSound }) => !isSound);
    if (report.isJson) report.printJson({ runs: verified });
    else for (const one of verified) report.print(verificationText(one));
    return damaged.length === 0 ? EXIT.ok : EXIT.failed;
  });
}

function verificationText({ run, isSound, entries, blobs, error }: Verification): string {
  if (isSound)
    return `${run}  sound: ${countText(entries, "entry").replace("entrys", "entries")}, ${countText(blobs, "blob")}`;
  return `${run}  ${error?.code ?? "damaged"}: ${error?.message ?? ""}`;
}

export async function removeCommand(call: Call): Promise<number> {
  const { report, options } = call;
  return withReadSession(call, async (session) => {
    const runs = isByRule(call) ? await chosen(session) : await named(session);
    const removal = await session.runtime.runs.remove(runs, { isUnfinishedAllowed: options.unfinished === true });
    if (report.isJson) report.printJson(removal);
    else tellRemoval(call, removal);
    return removal.kept.length === 0 ? EXIT.ok : EXIT.failed;
  });
}

function tellRemoval({ report }: Call, { removed, kept }: Removal): void {
  for (const { error } of kept) report.note(`${error.message} ${error.hint}`);
  report.note(`Removed ${countText(removed.length, "run")}.`);
}

function isByRule({ options }: Call): boolean {
  return options.olderThan !== undefined || options.status !== undefined;
}

/** Runs that the options describe; with ids as well, nothing is guessed. */
async function chosen({ call, runtime, store }: Session): Promise<string[]> {
  const { options, args, terminal } = call;
  if (args[0] !== undefined) {
    throw new PlanwrightError("VALIDATION", "Name runs, or describe them with --older-than and --status; not both.");
  }
  const before = options.olderThan;
  const beforeMs =
    before === undefined
      ? Number.POSITIVE_INFINITY
      : Date.parse(timeOfOption("--older-than", before, terminal.clock.now()));
  const isOld = (run: string): boolean => (timeOfId(run) ?? Number.POSITIVE_INFINITY) < beforeMs;
  if (options.status === undefined && options.unfinished === true) {
    return (await store.list()).map(({ run }) => run).filter(isOld);
  }
  const found: string[] = [];
  for (const status of options.status === undefined ? END_STATUSES : [endStatusOf(options.status)]) {
    for (let cursor: string | null = ""; cursor !== null; ) {
      const page = await runtime.runs.list({ status, limit: 1_000, ...(cursor === "" ? {} : { cursor }) });
      found.push(
        ...page.items
          .filter(({ journalHead }) => journalHead !== "")
          .map(({ id }) => id)
          .filter(isOld),
      );
      cursor = page.next;
    }
  }
  return found;
}

async function named({ call, store }: Session): Promise<string[]> {
  const words = [call.args[0], ...call.extra].filter((word) => word !== undefined);
  if (words.length === 0) {
    throw new PlanwrightError("VALIDATION", "Name one run at least, or say which with options.", {
      hint: "planwright runs list shows them.",
    });
  }
  const runs: string[] = [];
  for (const word of words) runs.push(await findRun(store, word));
  return [...new Set(runs)];
}
