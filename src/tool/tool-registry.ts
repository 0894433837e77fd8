/** The tools of one runtime. Owns: unique names and look-up. Must not: run tools, nor load them. */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { ToolDescription } from "../planner/planning-request.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { Tool } from "./tool.ts";

export interface ToolRegistry {
  get(name: string): Tool | undefined;
  /** In the order of registration. */
  names(): string[];
  all(): Tool[];
  /** What planners may know of the tools, in the order of registration. */
  describe(): ToolDescription[];
}

/** Throws CONFIG_INVALID where two tools share a name, or a tool's schemas cannot be written as JSON Schema. */
export function createToolRegistry(tools: readonly Tool[]): ToolRegistry {
  const byName = new Map<string, Tool>();
  for (const tool of tools) {
    if (byName.has(tool.name)) throw duplicate(tool.name);
    byName.set(tool.name, tool);
  }
  const descriptions = [...byName.values()].map(describeTool);
  return {
    get: (name) => byName.get(name),
    names: () => [...byName.keys()],
    all: () => [...byName.values()],
    describe: () => [...descriptions],
  };
}

/** "Unknown tool 'serach'. Did you mean 'search'? Registered tools: search, select." */
export function unknownToolMessage(name: string, registered: readonly string[]): string {
  const near = didYouMean(name, registered);
  const list = registered.length === 0 ? "No tool is registered." : `Registered tools: ${registered.join(", ")}.`;
  return `Unknown tool '${name}'.${meantName(near)} ${list}`;
}

function duplicate(name: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Two tools are called '${name}'.`, {
    hint: "Rename one of them, or register only one; names are unique in a runtime.",
  });
}

function describeTool(tool: Tool): ToolDescription {
  const { name, version, description, inputSchema, outputSchema, effect, idempotency, planning } = tool;
  return { name, version, description, inputSchema, outputSchema, effect, idempotency, planning };
}
