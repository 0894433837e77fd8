/** Pins what `planwright` exports: a name that comes or goes is a decision, not an accident (STYLE 19). */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { describe, expect, test } from "vitest";
import { ROOT } from "./source-file.ts";

const HOW_TO_UPDATE = "If you mean it, put the new list into test/architecture/public-surface.txt (add, never rename).";

describe("the public surface", () => {
  test("is the committed list, values and types", () => {
    const committed = readFileSync(join(ROOT, "test/architecture/public-surface.txt"), "utf8");
    const names = exportedNames(readFileSync(join(ROOT, "src/index.ts"), "utf8"));
    expect(names, HOW_TO_UPDATE).toEqual(committed.trim().split("\n"));
  });
});

test("export lists are read with types, renamed names and declarations", () => {
  const text = 'export { b, type C, x as a } from "./x.ts"; export const d = 1; export type { E } from "./e.ts";';
  expect(exportedNames(text)).toEqual(["a", "b", "d", "type C", "type E"]);
  expect(() => exportedNames('export * from "./x.ts";')).toThrow("hand-written list");
});

/** Names in order of code units; types carry `type`, so that a value that becomes a type is seen too. */
function exportedNames(text: string): string[] {
  const { module } = parseSync("index.ts", text);
  return module.staticExports
    .flatMap((statement) => statement.entries)
    .map(({ exportName, isType }) => {
      if (exportName.name === null) throw new Error("src/index.ts is a hand-written list: no export *, no default.");
      return isType ? `type ${exportName.name}` : exportName.name;
    })
    .sort();
}
