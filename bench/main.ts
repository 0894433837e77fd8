/**
 * `npm run bench`: what the runtime costs, beside a floor of plain promises and JSON lines measured in the same run.
 * Options: `--quick` (fewer and smaller runs), `--json FILE` (the same figures as JSON).
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { measureImportTime } from "./import-time.ts";
import { printTable, type Row } from "./print-table.ts";
import { measureStepCost } from "./step-cost.ts";
import { measureFanOut, measureRandomGraph } from "./waiting-tools.ts";

const { values } = parseArgs({ options: { json: { type: "string" }, quick: { type: "boolean", default: false } } });
const isQuick = values.quick;
const rounds = isQuick ? 3 : 7;

const tables: [name: string, title: string, measure: () => Promise<Row[]>][] = [
  [
    "stepCost",
    "Own cost per step (trivial pure tools, independent ones 8 at a time; medians)",
    () =>
      measureStepCost({
        sizes: isQuick ? [10, 100, 1_000] : [10, 100, 1_000, 10_000],
        rounds: (steps) => (isQuick ? 3 : Math.min(40, Math.max(5, Math.round(4_000 / steps)))),
      }),
  ],
  ["randomGraph", "Random graph of 20 ms tools (medians)", () => measureRandomGraph(rounds)],
  ["fanOut", "forEach over 20 ms tools, all at once (medians)", () => measureFanOut(1_000, rounds)],
  ["importTime", "Import in a fresh process (medians)", () => measureImportTime(rounds)],
];

const machine = { cores: availableParallelism(), node: process.versions.node };
console.log(`${machine.cores} cores, Node ${machine.node}`);
const report: Record<string, unknown> = { v: 1, quick: isQuick, machine };
for (const [name, title, measure] of tables) {
  const rows = await measure();
  printTable(title, rows);
  report[name] = rows;
}
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
