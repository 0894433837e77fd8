/**
 * `npm test`: installs where needed, builds (some tests start the real command), then runs the unit suite and the
 * scenarios. Arguments go to vitest: `npm test -- test/plan`. Runs on Node 20 (see fresh-machine.mjs).
 */
import { join } from "node:path";
import { prepareMachine, programOf, ROOT, runWith, stop } from "./fresh-machine.mjs";

const node = prepareMachine();
if ((await runWith(node, [join(ROOT, "scripts", "build.mjs")])) !== 0)
  stop("The build failed; its messages stand above.");
const reportPath = process.env.PLANWRIGHT_TEST_REPORT;
const report = reportPath ? ["--reporter=default", "--reporter=json", `--outputFile.json=${reportPath}`] : [];
process.exitCode = await runWith(node, [programOf("vitest"), "run", ...report, ...process.argv.slice(2)]);
