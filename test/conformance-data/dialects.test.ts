/** Other people's sets of tools in our dialects: what each gets, and that plans over them come back. */
import { describe, expect, type TestContext, test } from "vitest";
import type { GoldRecord, GoldTool } from "../../evals/data/gold-record.ts";
import { importTools } from "../../evals/data/import-tools.ts";
import { chooseDialects } from "../../src/dialect/choose-dialects.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { checkToolSet } from "../dialect/check-tool-set.ts";
import { setTable, type ToolSet } from "../dialect/dialect-table.ts";
import { dataRecords, dataText, show } from "./data-folder.ts";

function toolsOf(tools: readonly GoldTool[]): ToolDescription[] {
  const byName = new Map(importTools(tools).map((tool) => [tool.name, tool]));
  return [...byName.values()].map((tool) => ({
    ...tool,
    version: "1",
    effect: "read" as const,
    idempotency: "pure" as const,
    planning: null,
  }));
}

const SOURCES: Record<string, (context: TestContext) => ToolSet[]> = {
  "taubench.toolsets.json": (context) => {
    const sets = JSON.parse(dataText(context, "taubench.toolsets.json")) as Record<string, GoldTool[]>;
    return Object.entries(sets).map(([name, tools]) => ({ name: `τ-bench ${name}`, tools: toolsOf(tools) }));
  },
  "workbench.toolsets.json": (context) => {
    const tools = JSON.parse(dataText(context, "workbench.toolsets.json")) as GoldTool[];
    return [{ name: "WorkBench", tools: toolsOf(tools) }];
  },
  "agentdojo.dev.jsonl": (context) => {
    const records = dataRecords<{ type: string; suite: string; tools: GoldTool[] }>(context, "agentdojo.dev.jsonl");
    const suites = records.filter(({ type }) => type === "suite");
    return suites.map(({ suite, tools }) => ({ name: `AgentDojo ${suite}`, tools: toolsOf(tools) }));
  },
  "nestful.dev.jsonl": (context) => ofAllRecords(context, "nestful.dev.jsonl", "NESTFUL"),
  "bfcl-parallel.dev.jsonl": (context) => ofAllRecords(context, "bfcl-parallel.dev.jsonl", "BFCL"),
};

function ofAllRecords(context: TestContext, file: string, name: string): ToolSet[] {
  const records = dataRecords<GoldRecord>(context, file);
  return [{ name: `${name}, all records`, tools: toolsOf(records.flatMap(({ tools }) => tools)) }];
}

describe.each(Object.entries(SOURCES))("tools of %s", (file, read) => {
  test("get dialects within both providers' rules, and plans over them come back", { timeout: 120_000 }, (context) => {
    const sets = read(context);
    show(file, setTable(sets));
    for (const { name, tools } of sets) expect([name, checkToolSet(tools) > tools.length]).toEqual([name, true]);
  });
});

describe.each(["nestful.dev.jsonl", "bfcl-parallel.dev.jsonl"])("the tools of single records of %s", (file) => {
  test("get typed inputs at OpenAI, and plans over them come back", { timeout: 120_000 }, (context) => {
    for (const record of dataRecords<GoldRecord>(context, file).slice(0, 12)) {
      const tools = toolsOf(record.tools);
      const { dialects } = chooseDialects(tools, { provider: "openai", formats: ["schema"] });
      expect([record.id, dialects[0]?.name]).toEqual([record.id, "variants"]);
      checkToolSet(tools);
    }
  });
});
