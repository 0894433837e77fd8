import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";

const root = join(import.meta.dirname, "../..");
const run = promisify(execFile);

test("the README's library example runs as it stands", async () => {
  const folder = await mkdtemp(join(tmpdir(), "planwright-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await run(process.execPath, [join(root, "examples/run-a-goal.ts")], { cwd: folder });
  expect(stdout).toContain("completed");
  expect(stdout).toContain("Maria Lindqvist");
  expect(stdout).toContain("Bremen");
});

test("the example of docs/observation.md runs as it stands, and keeps its secret nowhere", async () => {
  const folder = await mkdtemp(join(tmpdir(), "planwright-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { stdout, stderr } = await run(process.execPath, [join(root, "examples/observe-runs.ts")], { cwd: folder });
  expect(stdout).toContain("The password is [secret].");
  expect(stdout).toContain('planwright_runs_total{status="completed"} 1');
  expect(stdout).toContain("isSound: true");
  expect(stderr).toMatch(/run\.ended/);
  expect(stdout + stderr).not.toContain("correct horse");
});

test("the README's example with a model runs as it stands", async () => {
  const folder = await mkdtemp(join(tmpdir(), "planwright-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await run(process.execPath, [join(root, "examples/plan-with-a-model.ts")], { cwd: folder });
  expect(stdout).toContain("completed");
  expect(stdout).toContain("Maria Lindqvist");
  expect(stdout).toContain("compatible:demo");
});
