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

test("the README's example with a model runs as it stands", async () => {
  const folder = await mkdtemp(join(tmpdir(), "planwright-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await run(process.execPath, [join(root, "examples/plan-with-a-model.ts")], { cwd: folder });
  expect(stdout).toContain("completed");
  expect(stdout).toContain("Maria Lindqvist");
  expect(stdout).toContain("compatible:demo");
});

test("the example of docs/fork-and-replay.md runs as it stands", async () => {
  const folder = await mkdtemp(join(tmpdir(), "planwright-example-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const { stdout } = await run(process.execPath, [join(root, "examples/fork-a-run.ts")], { cwd: folder });
  expect(stdout).toMatch(/^run_\w+@1 \[\] completed\nsha256:\w+ \[ '1 edit accepted' \]\n$/);
});
