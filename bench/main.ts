/**
 * `npm run bench`: what the runtime costs, beside a floor of plain promises and JSON lines measured in the same run.
 * Options: `--quick` (fewer and smaller runs), `--json FILE` (the same figures as JSON).
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { compareWithAims, type Tables } from "./aims.ts";
import { measureImportTime } from "./import-time.ts";
import { measureManyFinishedRuns } from "./many-finished-runs.ts";
import { measureManyRuns } from "./many-runs.ts";
import { printTable, type Table } from "./print-table.ts";
import { measureResume } from "./resume-time.ts";
import { rounded } from "./statistics.ts";
import { flatness, measureStepCost } from "./step-cost.ts";
import { measureWaitingTools } from "./waiting-tools.ts";

const { values } = parseArgs({ options: { json: { type: "string" }, quick: { type: "boolean", default: false } } });
const isQuick = values.quick;
const rounds = isQuick ? 3 : 7;

const machine = { cores: availableParallelism(), node: process.versions.node };
const report: Record<string, unknown> = { v: 1, quick: isQuick, machine };
console.log(`${machine.cores} cores, Node ${machine.node}, load ${oneMinuteLoad()}`);

const loadAtStart = oneMinuteLoad();
const tables: Tables = {};

function oneMinuteLoad(): number {
  return rounded(loadavg()[0] ?? 0);
}

function tell(name: string, table: Table): void {
  printTable(table);
  tables[name] = table;
  report[name] = table.rows;
}

const stepCost = await measureStepCost({
  sizes: isQuick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000],
  rounds: (steps) => (isQuick ? 3 : Math.min(40, Math.max(5, Math.round(4_000 / steps)))),
});
tell("stepCost", stepCost);
tell("flatness", flatness(stepCost));
tell("waitingTools", await measureWaitingTools(rounds));
tell("manyRuns", await measureManyRuns(rounds));
tell("finishedRuns", await measureManyFinishedRuns(isQuick ? 1 : 3, isQuick ? 1_000 : 10_000));
tell("resume", await measureResume(rounds));
tell("importTime", await measureImportTime(rounds));
tell("aims", compareWithAims(tables));
// Other work on the machine spoils every figure: above one per core, measure again.
report.load = { atStart: loadAtStart, atEnd: oneMinuteLoad() };
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
