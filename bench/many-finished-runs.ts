/**
 * A store with many finished runs: how long a page of the list and the statistics take, in a new process (cold) and
 * again in the same one (warm), beside reading the bare files of the index and of all journals.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row, Table } from "./print-table.ts";
import { median, rounded } from "./statistics.ts";

const CHILD = new URL("many-finished-child.ts", import.meta.url);

/** What a measuring process reports, in milliseconds. */
export interface FinishedRunsReport {
  listMs: number;
  listAgainMs: number;
  searchMs: number;
  statsMs: number;
  statsAgainMs: number;
  indexMs: number;
  journalsMs: number;
}

export async function measureManyFinishedRuns(rounds: number, runs: number): Promise<Table> {
  const root = await mkdtemp(join(tmpdir(), "planwright-bench-"));
  try {
    await runChild([root, String(runs)]);
    const reports: FinishedRunsReport[] = [];
    for (let round = 0; round < rounds; round++) reports.push((await runChild([root])) as FinishedRunsReport);
    const of = (field: keyof FinishedRunsReport): number => median(reports.map((report) => report[field]));
    const [index, journals] = [of("indexMs"), of("journalsMs")];
    const row = (what: string, ms: number): Row => ({
      what,
      runs,
      ms: rounded(ms),
      overIndex: rounded(ms / index),
      overJournals: rounded(ms / journals),
    });
    return {
      title: `A store with ${runs} finished runs (medians; each round in a process of its own)`,
      columns: { what: "what", runs: "runs", ms: "ms", overIndex: "× index files", overJournals: "× journal files" },
      rows: [
        row("a page of the list, cold", of("listMs")),
        row("a page of the list, warm", of("listAgainMs")),
        row("a search that finds nothing, warm", of("searchMs")),
        row("statistics, cold", of("statsMs")),
        row("statistics, warm", of("statsAgainMs")),
        row("floor: reading the index files", index),
        row("floor: reading all journal files", journals),
      ],
    };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function runChild(args: readonly string[]): Promise<unknown> {
  const child = fork(CHILD, args, { execArgv: ["--no-warnings"] });
  const [report] = (await once(child, "message")) as [unknown];
  await once(child, "exit");
  return report;
}
