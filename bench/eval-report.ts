/**
 * What it takes to score recorded trials and report on them: nobody is asked. Owns: a journal of so many trials, made of
 * real decisions of the rule planner on the shipped suite, repeated under other names.
 */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { evaluateSuite } from "../src/eval/evaluate-suite.ts";
import { toJsonLines } from "../src/eval/export/export-cases.ts";
import type { LoadedSuite } from "../src/eval/loaded-suite.ts";
import { loadSuite } from "../src/eval/run/load-suite.ts";
import { journalFile } from "../src/eval/run/open-experiment.ts";
import { readTrialJournal } from "../src/eval/run/trial-journal.ts";
import type { TrialRecord } from "../src/eval/trial-record.ts";
import { createMemoryStore } from "../src/journal/memory-store.ts";
import { nodeFileSystem } from "../src/shared/node-file-system.ts";
import type { Row, Table } from "./print-table.ts";
import { rounded } from "./statistics.ts";

const run = promisify(execFile);
const SUITE = new URL("../evals/suites/document-goals/document-goals.eval.yaml", import.meta.url).pathname;
const CHILD = new URL("eval-report-child.ts", import.meta.url).pathname;
const VARIANTS = ["a", "b"];
const TRIALS = 5;

export async function measureEvalReport(sizes: readonly number[]): Promise<Table> {
  const folder = mkdtempSync(join(tmpdir(), "planwright-evals-"));
  try {
    const suite = await loadSuite(SUITE);
    const records = await realRecords(suite, folder);
    const rows: Row[] = [];
    for (const trials of sizes)
      rows.push(await measureOne(writeExperiment(folder, { suite, records, trials }), trials));
    return {
      title: "Scoring recorded trials and writing all reports (a process of its own, two variants)",
      columns: {
        trials: "trials",
        seconds: "seconds",
        perTrialMs: "ms a trial",
        peakMb: "peak MB",
        reportMb: "JSON MB",
      },
      rows,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function realRecords(suite: LoadedSuite, folder: string): Promise<TrialRecord[]> {
  const world = { store: folder, mode: "replay" as const, env: {}, runs: createMemoryStore() };
  const { folder: own } = await evaluateSuite(suite, world);
  const journal = await readTrialJournal({ file: journalFile(own), fileSystem: nodeFileSystem });
  return [...(journal?.trials() ?? [])];
}

/** A store with one experiment of so many trials, and its suite. */
function writeExperiment(
  root: string,
  { suite, records, trials }: { suite: LoadedSuite; records: readonly TrialRecord[]; trials: number },
): string {
  const folder = join(root, `of-${trials}`);
  const count = Math.ceil(trials / (VARIANTS.length * TRIALS));
  const cases = Array.from({ length: count }, (_, place) => {
    const loaded = suite.cases[place % suite.cases.length]!;
    const evalCase = { ...loaded.evalCase, id: `${loaded.id}-${place}`, cluster: `cluster ${place % 200}` };
    return { ...loaded, id: evalCase.id, evalCase };
  });
  const journal = join(folder, "trials");
  mkdirSync(journal, { recursive: true });
  writeFileSync(join(folder, "cases.jsonl"), toJsonLines(cases));
  writeFileSync(
    join(folder, "many.eval.json"),
    JSON.stringify({ name: "many", trials: TRIALS, cases: "cases.jsonl", variants: VARIANTS.map((id) => ({ id })) }),
  );
  const byCase = new Map(records.map((record) => [record.case, record]));
  const lines = cases.flatMap(({ id }, place) =>
    VARIANTS.flatMap((variant) =>
      Array.from({ length: TRIALS }, (_, trial) => {
        const record = byCase.get(suite.cases[place % suite.cases.length]!.id);
        return JSON.stringify({ ...record, case: id, variant, trial: trial + 1 });
      }),
    ),
  );
  writeFileSync(join(journal, "lines.jsonl"), `${lines.join("\n")}\n`);
  return folder;
}

async function measureOne(folder: string, trials: number): Promise<Row> {
  const { stdout } = await run(process.execPath, ["--no-warnings", CHILD, folder], { maxBuffer: 1e8 });
  const { seconds, peakMb, reportMb } = JSON.parse(stdout) as { seconds: number; peakMb: number; reportMb: number };
  return {
    trials,
    seconds: rounded(seconds),
    perTrialMs: rounded((seconds * 1_000) / trials),
    peakMb: Math.round(peakMb),
    reportMb: rounded(reportMb),
  };
}
