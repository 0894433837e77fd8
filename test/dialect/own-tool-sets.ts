/** The sets of tools in docs/dialects.md: our own, and those of the MCP reference servers. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../src/shared/json.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";
import type { ToolSet } from "./dialect-table.ts";
import { listMcpTools, MCP_SERVERS } from "./mcp-tools.ts";

const ROOT = join(import.meta.dirname, "../..");
export const DIALECTS_PAGE = join(ROOT, "docs/dialects.md");

/** Built-in ones first, then each server's, then all together. */
export async function ownToolSets(): Promise<ToolSet[]> {
  const sets: ToolSet[] = [{ name: "built-in", tools: builtInTools }];
  for (const server of MCP_SERVERS) sets.push({ name: `MCP ${server}`, tools: await listMcpTools(server) });
  return [...sets, { name: "all of these", tools: sets.flatMap(({ tools }) => tools) }];
}

/** The README's plan. */
export function examplePlan(): JsonObject {
  return JSON.parse(readFileSync(join(ROOT, "examples/plan.json"), "utf8")) as JsonObject;
}
