/** What must hold once a simulated run is over: of its journal, of starts with its key, of processes that come back. */
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import type { EntryOf, JournalEntry } from "../../src/journal/entries.ts";
import type { JournalContents } from "../../src/journal/store.ts";
import { acceptRun } from "../../src/runtime/accept-run.ts";
import { checkRequest, type RunRequest } from "../../src/runtime/run-request.ts";
import { checkJournal } from "./check-journal.ts";
import { isAwake, wake } from "./mortal-process.ts";
import { codeOf, enterProcess, RUN, type Scene } from "./scene.ts";

/** Longer than an owner's silence may last. */
const AFTERWARDS_MS = 15_000;

/** Complains to the referee; returns the journal. */
export async function finalChecks(scene: Scene, request: RunRequest): Promise<readonly JournalEntry[]> {
  const { referee, world } = scene;
  const ended = await readRun(scene);
  for (const { mortal } of scene.processes) wake(mortal);
  scene.crashesLeft = 0;
  scene.stallsLeft = 0;
  scene.faults.stop();
  await world.clock.advanceAsync(AFTERWARDS_MS);
  const { entries, blobs } = await readRun(scene);
  if (entries.at(-1)?.hash !== ended.entries.at(-1)?.hash)
    referee.complain(`R10: ${entries.length} entries after ${ended.entries.length}`);
  const { read } = await loadBlobs(entries, blobs, { withRequests: true });
  checkJournal(entries, referee, read);
  checkEnd(scene, entries);
  await checkKey(scene, request);
  return entries;
}

function readRun({ world }: Scene): Promise<JournalContents> {
  return world.store.read(RUN);
}

function checkEnd({ referee, hanging }: Scene, entries: readonly JournalEntry[]): void {
  const last = entries.at(-1);
  const error = last?.kind === "run.ended" ? last.data.error : null;
  const { maxSeconds } = (entries[0] as EntryOf<"run.accepted">).data.budget;
  if (error?.code === "LIMIT_TIME" && hanging === 0 && maxSeconds >= 100)
    referee.complain("R6: only the time limit ended it");
  if (error?.code === "INTERNAL") referee.complain(`R6: ${error.message}`);
}

/** R12: the same key and body name this run, another body is a conflict, and no new entry comes of either. */
async function checkKey(scene: Scene, request: RunRequest): Promise<void> {
  const { referee, world } = scene;
  if (!isAwake(scene.process.mortal)) enterProcess(scene);
  const { environment } = scene.process;
  const start = async (goal: string): Promise<string> => {
    const accepting = acceptRun(environment, `${RUN}again`, checkRequest({ ...request, goal }, {}));
    let outcome: unknown = null;
    accepting.then(
      (accepted) => {
        outcome = "existing" in accepted ? accepted.existing : "a new run";
      },
      (thrown: unknown) => {
        outcome = codeOf(thrown) ?? thrown;
      },
    );
    for (let turn = 0; turn < 100 && outcome === null; turn++) await world.clock.advanceAsync(100);
    return String(outcome);
  };
  const [same, other] = [await start(request.goal ?? ""), await start("something else")];
  if (same !== RUN) referee.complain(`R12: the same start gave ${same}`);
  if (other !== "IDEMPOTENCY_CONFLICT") referee.complain(`R12: another start gave ${other}`);
}
