/** Runs of the golden journals as the terminal gets them: log, events and result. */

import type { Story } from "../../src/cli/render/render-story.ts";
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import { projectDecisions } from "../../src/journal/decision-log.ts";
import { projectEvent, projectResult } from "../../src/run/project-result.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import { foldGolden, readGoldenFiles } from "../golden/golden-files.ts";

/** `entries`: only so many of the journal, as for a run that still goes on. */
export async function goldenStory(name: string, count?: number): Promise<Story> {
  const file = readGoldenFiles().find((one) => one.name === `${name}.v1`)!;
  const all = (await foldGolden(file)).entries;
  const entries = all.slice(0, count ?? all.length);
  const { read } = await loadBlobs(entries, { get: async (blob) => file.blobs[blob]! }, { withRequests: true });
  const state = foldJournal(entries, read);
  const options = { nowMs: Date.parse(entries.at(-1)!.at), isOwned: true };
  return {
    log: projectDecisions(entries, read),
    events: entries.map(projectEvent),
    result: projectResult(state, options),
  };
}
