/** The tools of the MCP reference servers, as the servers themselves list them over stdio. */
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonSchema } from "../../src/shared/json.ts";

const PACKAGES = join(import.meta.dirname, "../../node_modules/@modelcontextprotocol");

export const MCP_SERVERS = ["everything", "filesystem", "memory", "sequential-thinking"] as const;
export type McpServer = (typeof MCP_SERVERS)[number];

/** Starts the server, asks, and stops it. */
export async function listMcpTools(server: McpServer): Promise<ToolDescription[]> {
  const program = join(PACKAGES, `server-${server}`, "dist", "index.js");
  const folders = server === "filesystem" ? [import.meta.dirname] : [];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [program, ...folders],
    stderr: "ignore",
  });
  const client = new Client({ name: "planwright-tests", version: "1" });
  await client.connect(transport);
  try {
    const { tools } = await client.listTools();
    return tools.map((tool) => ({
      name: tool.name,
      version: "1",
      description: tool.description ?? tool.name,
      inputSchema: tool.inputSchema as JsonSchema,
      outputSchema: (tool.outputSchema ?? {}) as JsonSchema,
      effect: tool.annotations?.readOnlyHint === true ? "read" : "irreversible",
      idempotency: tool.annotations?.readOnlyHint === true ? "pure" : "none",
      planning: null,
    }));
  } finally {
    await client.close();
  }
}
