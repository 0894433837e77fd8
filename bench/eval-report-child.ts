/** The process that eval-report.ts measures: scores the trials of a folder and writes every report. Prints its figures. */
import { createReadStream, createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { rescoreSuite } from "../src/eval/evaluate-suite.ts";
import { renderHtml } from "../src/eval/report/html/render-html.ts";
import { renderJunit } from "../src/eval/report/render-junit.ts";
import { renderMarkdown } from "../src/eval/report/render-markdown.ts";
import { loadSuite } from "../src/eval/run/load-suite.ts";
import { experimentFolder, journalFile } from "../src/eval/run/open-experiment.ts";
import { nodeFileSystem } from "../src/shared/node-file-system.ts";

const folder = process.argv[2] ?? ".";
const suite = await loadSuite(join(folder, "many.eval.json"));
const own = experimentFolder(folder, "exp_bench");
await nodeFileSystem.makeDirectory(own);
const header = {
  ...{
    v: 1,
    kind: "experiment",
    experiment: "exp_bench",
    suite: suite.name,
    askedHash: suite.askedHash,
    level: "plan",
  },
  variants: suite.variants.map(({ id }) => ({ id, hash: id, facts: { model: null } })),
};
// What stands there anyway is no cost of scoring: it is moved through pipes, not through this process's memory.
writeFileSync(journalFile(own), `${JSON.stringify(header)}\n`);
await pipeline(
  createReadStream(join(folder, "trials", "lines.jsonl")),
  createWriteStream(journalFile(own), { flags: "a" }),
);

const startedAt = performance.now();
const { report, details } = await rescoreSuite(suite, { store: folder });
const json = JSON.stringify(report);
writeFileSync(join(folder, "r.json"), json);
writeFileSync(join(folder, "r.html"), renderHtml([{ report, details: details(60) }]));
writeFileSync(join(folder, "r.xml"), renderJunit([report]));
writeFileSync(join(folder, "r.md"), renderMarkdown([report]));
const seconds = (performance.now() - startedAt) / 1_000;
const figures = { seconds, peakMb: process.resourceUsage().maxRSS / 1_024, reportMb: json.length / 2 ** 20 };
console.log(JSON.stringify({ ...figures, scored: report.counts.scored }));
