import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { nodeFileSystem } from "../../src/shared/node-file-system.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "planwright-folders-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("folders are made from the top, for their owner alone, and may be there already", async () => {
  const path = join(folder(), "a", "b", "c");
  await Promise.all([nodeFileSystem.makeDirectory(path), nodeFileSystem.makeDirectory(path)]);
  await nodeFileSystem.makeDirectory(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("a file in the way is an error", async () => {
  const file = join(folder(), "file");
  writeFileSync(file, "");
  await expect(nodeFileSystem.makeDirectory(file)).rejects.toMatchObject({ code: "EEXIST" });
  await expect(nodeFileSystem.makeDirectory(join(file, "a"))).rejects.toMatchObject({ code: "EEXIST" });
});

test.skipIf(!existsSync("/proc/self"))("a folder below procfs is refused instead of tried for ever", async () => {
  await expect(nodeFileSystem.makeDirectory("/proc/planwright/runs")).rejects.toMatchObject({ code: "ENOENT" });
});
