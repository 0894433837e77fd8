/**
 * `node test/golden/make-golden.ts [--replace] [scenario …]`: plays the scenarios and writes their journals and
 * snapshots. Files that are there stay, unless `--replace` is given; README.md says when that is allowed.
 */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { JOURNAL_FORMAT } from "../../src/journal/entries.ts";
import { canonicalJson } from "../../src/shared/json.ts";
import { foldGolden, GOLDEN_FOLDER, type GoldenJournal } from "./golden-files.ts";
import { GOLDEN_SCENARIOS, type GoldenScenario } from "./golden-scenarios.ts";

async function play({ name, status, play }: GoldenScenario): Promise<GoldenJournal> {
  const [run, ...others] = [...(await play()).runs.values()];
  if (run === undefined || others.length > 0) throw new Error(`${name} must be exactly one run`);
  const lines = run.files.flat();
  const last = JSON.parse(lines.at(-1) ?? "{}") as { kind?: string; data?: { status?: string } };
  if (last.data?.status !== status) throw new Error(`${name} ended ${last.data?.status ?? last.kind}, not ${status}`);
  return { lines, blobs: Object.fromEntries([...run.blobs].sort()) };
}

const { values, positionals } = parseArgs({ options: { replace: { type: "boolean" } }, allowPositionals: true });
for (const scenario of GOLDEN_SCENARIOS) {
  const base = join(GOLDEN_FOLDER, `${scenario.name}.v${JOURNAL_FORMAT}`);
  if (positionals.length > 0 && !positionals.includes(scenario.name)) continue;
  if (existsSync(`${base}.jsonl`) && values.replace !== true) continue;
  const journal = await play(scenario);
  const { snapshot } = await foldGolden(journal);
  writeFileSync(`${base}.jsonl`, journal.lines.join(""));
  writeFileSync(`${base}.snapshot.json`, `${JSON.stringify(JSON.parse(canonicalJson(snapshot)), null, 1)}\n`);
  if (Object.keys(journal.blobs).length > 0)
    writeFileSync(`${base}.blobs.json`, `${JSON.stringify(journal.blobs, null, 1)}\n`);
  process.stdout.write(`${scenario.name}: ${journal.lines.length} entries\n`);
}
