/**
 * `npm run test:deep -- --seed N --seconds S`: crash sweeps, simulations and fuzz from a seed, within a time budget.
 * Prints the seed, so that a failure can be had again. Defaults: a new seed, 60 seconds.
 */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareMachine, programOf, ROOT, runWith, stop } from "./fresh-machine.mjs";

/** As `maxWorkers` in vitest.deep.config.ts. */
const WORKERS = 2;

/** Files that get more than one share of the time (test/deep/deep-share.ts). */
const SHARES = new Map([
  ["simulation", 2],
  ["crash-points", 2],
]);

const { values } = parseArgs({ options: { seed: { type: "string" }, seconds: { type: "string", default: "60" } } });
const seed = wholeNumber("--seed", values.seed ?? String(Math.floor(Math.random() * 2 ** 31)));
const seconds = wholeNumber("--seconds", values.seconds);
const node = prepareMachine();

const folder = join(ROOT, "test", "deep");
const files = existsSync(folder)
  ? readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".deep.ts"))
  : [];
if (files.length === 0) {
  process.stdout.write(`seed ${seed}: no deep tests yet (test/deep/**/*.deep.ts), nothing to do\n`);
  process.exit(0);
}
const shares = files.reduce((sum, file) => sum + (SHARES.get(file.replace(/\.deep\.ts$/, "")) ?? 1), 0);
const perShare = Math.max(1, Math.floor(seconds / Math.ceil(shares / WORKERS)));
const larger = [...SHARES].map(([file, share]) => [`PLANWRIGHT_DEEP_SECONDS_${file}`, String(share * perShare)]);
process.stdout.write(`deep tests: seed ${seed}, ${seconds} s (${perShare} s for each of ${shares} shares)\n`);
const reportPath = process.env.PLANWRIGHT_TEST_REPORT;
const report = reportPath ? ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`] : [];
const code = await runWith(node, [programOf("vitest"), "run", "--config", "vitest.deep.config.ts", ...report], {
  env: { PLANWRIGHT_DEEP_SEED: String(seed), PLANWRIGHT_DEEP_SECONDS: String(perShare), ...Object.fromEntries(larger) },
});
if (code !== 0) process.stdout.write(`again: npm run test:deep -- --seed ${seed} --seconds ${seconds}\n`);
process.exitCode = code;

function wholeNumber(option, text) {
  if (/^\d{1,10}$/.test(text)) return Number(text);
  return stop(`${option} takes a whole number, not '${text}'.`);
}
