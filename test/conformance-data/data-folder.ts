/**
 * Where the optional data sets of other people are. Owns: finding and reading them. Must not: copy anything of them.
 * PLANWRIGHT_DATA names the folder; by default it is looked for beside the project.
 */
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestContext } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const DATA_FOLDER = resolve(ROOT, process.env.PLANWRIGHT_DATA ?? "../shared/data");

/** Skips the test with a note where the file is absent. */
export function dataText(context: TestContext, name: string): string {
  const path = resolve(DATA_FOLDER, name);
  if (!existsSync(path)) {
    const note = `${name} is not there: set PLANWRIGHT_DATA to the folder of the optional data sets`;
    show(`skipped: ${context.task.name}`, [note]);
    context.skip(note);
  }
  return readFileSync(path, "utf8");
}

/** The records of a JSON Lines file, as they are. */
export function dataRecords<T>(context: TestContext, name: string): T[] {
  const lines = dataText(context, name).split("\n");
  return lines.filter((line) => line.trim() !== "").map((line) => JSON.parse(line) as T);
}

/** Shows what a test found, beside its verdict. */
export function show(title: string, lines: readonly string[]): void {
  process.stdout.write(`\n${title}\n${lines.map((line) => `  ${line}\n`).join("")}`);
}
