/**
 * `npm run quickstart`: from a fresh clone to a finished run on a sample document, without key and network access
 * to any model. Runs on Node 20 (see fresh-machine.mjs).
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { prepareMachine, ROOT, runWith, stop } from "./fresh-machine.mjs";

const SAMPLE = join("samples", "ferry-cooperative.md");
const GOAL =
  "Summarise this letter, list the main topics and the people and organisations in it, " +
  "tell me how the tone changes, and compile a report";
const COMMAND = join(ROOT, "dist", "src", "cli", "main.js");

const startedAt = Date.now();
const node = prepareMachine();
process.stderr.write("Building …\n");
if ((await runWith(node, [join(ROOT, "scripts", "build.mjs")])) !== 0)
  stop("The build failed; its messages stand above.");

process.stderr.write(`\n> planwright run "${GOAL}" -d ${SAMPLE} --model offline\n\n`);
const code = await runWith(node, [COMMAND, "run", GOAL, "-d", SAMPLE, "--model", "offline"]);
if (code !== 0) stop(`The run ended with exit code ${code}; the message above says why.`);

const run = newestRun();
const seconds = Math.round((Date.now() - startedAt) / 1000);
process.stdout.write(
  [
    "",
    `Done in ${seconds} s, without a model and without a key. Where to look next:`,
    `  ./planwright decisions ${run}     what was planned, and why`,
    `  ./planwright runs show ${run}     every step with its output`,
    `  ./planwright run "…" -d FILE      your own goal and document`,
    `The run's journal is in ${process.env.PLANWRIGHT_STORE ?? ".planwright"}.`,
    "",
  ].join("\n"),
);

/** Id of the run that was created last. */
function newestRun() {
  const listing = spawnSync(node, [COMMAND, "runs", "list", "--json"], { cwd: ROOT, encoding: "utf8" });
  if (listing.status !== 0) stop(`planwright runs list failed:\n${listing.stderr}`);
  const runs = JSON.parse(listing.stdout).items;
  return runs.reduce((newest, run) => (run.createdAt > newest.createdAt ? run : newest)).id;
}
