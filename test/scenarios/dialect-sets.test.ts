import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { show } from "../conformance-data/data-folder.ts";
import { checkToolSet } from "../dialect/check-tool-set.ts";
import { setTable, TABLE_END, TABLE_START, type ToolSet, tableSection } from "../dialect/dialect-table.ts";
import { DIALECTS_PAGE, examplePlan, ownToolSets } from "../dialect/own-tool-sets.ts";

describe("dialects for the tools of the MCP reference servers, and for our own", () => {
  let sets: ToolSet[] = [];
  beforeAll(async () => {
    sets = await ownToolSets();
  });

  test("the servers list their tools", () => {
    expect(sets.map(({ name }) => name)).toEqual([
      "built-in",
      ...["everything", "filesystem", "memory", "sequential-thinking"].map((server) => `MCP ${server}`),
      "all of these",
    ]);
    expect(sets.every(({ tools }) => tools.length > 0)).toBe(true);
    expect(sets.at(-1)!.tools.length).toBeGreaterThan(40);
  });

  test("schemas keep the rules of both providers, admit plans that use every tool, and give them back", () => {
    for (const { name, tools } of sets) {
      const steps = checkToolSet(tools);
      expect([name, steps >= tools.length * 12]).toEqual([name, true]);
    }
  });

  test("docs/dialects.md has the figures as they are", () => {
    const section = tableSection(sets, examplePlan());
    show("dialects", setTable(sets));
    const page = readFileSync(DIALECTS_PAGE, "utf8");
    expect(page.slice(page.indexOf(TABLE_START), page.indexOf(TABLE_END) + TABLE_END.length)).toBe(section);
  });
});
