/**
 * What CI runs (.ci/run): install, verify, test, deep, within 15 minutes. Verify's unit stage is left to `npm test`, which
 * runs the same files. The last line counts the tests of `npm test` and `npm run test:deep`, from vitest's own reports; a
 * failed stage without failed tests counts as one.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareMachine, ROOT } from "./fresh-machine.mjs";

const MINUTE_MS = 60_000;
const STAGES = [
  {
    name: "verify",
    args: ["run", "verify", "--", "format", "lint", "types", "boundaries", "unused", "build", "package"],
    minutes: 12,
  },
  { name: "test", args: ["test"], minutes: 18 },
  { name: "deep", args: ["run", "test:deep", "--", "--seconds", "180"], minutes: 15 },
];

const lastMomentMs = performance.now() + 50 * MINUTE_MS;
const reports = mkdtempSync(join(tmpdir(), "planwright-ci-"));
const total = { passed: 0, failed: 0 };
prepareMachine();
for (const stage of STAGES) {
  const limitMs = Math.min(stage.minutes * MINUTE_MS, lastMomentMs - performance.now());
  process.stdout.write(`\n== ${stage.name}\n`);
  const report = join(reports, `${stage.name}.json`);
  const code = await runStage(stage, { report, limitMs });
  const counted = countTests(report);
  total.passed += counted.passed;
  total.failed += counted.failed === 0 && code !== 0 ? 1 : counted.failed;
}
rmSync(reports, { recursive: true, force: true });
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Runs one npm script in a process group of its own, so that a stage that hangs can be ended with all it started. */
function runStage({ name, args }, { report, limitMs }) {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, CI: "true", PLANWRIGHT_TEST_REPORT: report };
    const child = spawn("npm", ["--silent", ...args], {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      env,
      detached: true,
    });
    const timer = setTimeout(() => {
      process.stdout.write(`\n${name} was stopped after ${Math.round(limitMs / 1000)} s\n`);
      process.kill(-child.pid, "SIGKILL");
    }, limitMs);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve(code ?? 1);
    });
  });
}

/** Numbers of vitest's JSON report; none where the stage wrote no report. */
function countTests(report) {
  if (!existsSync(report)) return { passed: 0, failed: 0 };
  const { numPassedTests, numFailedTests, numFailedTestSuites, success } = JSON.parse(readFileSync(report, "utf8"));
  const failedFiles = !success && numFailedTests === 0 ? Math.max(1, numFailedTestSuites) : 0;
  return { passed: numPassedTests, failed: numFailedTests + failedFiles };
}
