/** A tool as plain data: what `tools list --json` and GET /v1/tools show. Owns: which fields those are. */
import { z } from "zod";
import { EFFECTS, IDEMPOTENCIES, type Tool } from "./tool.ts";

const json = z.record(z.string(), z.json());

export const toolDescriptionSchema = z.strictObject({
  name: z.string(),
  version: z.string(),
  description: z.string(),
  inputSchema: json,
  outputSchema: json,
  schemaTrust: z.enum(["exact", "advisory"]),
  effect: z.enum(EFFECTS),
  idempotency: z.enum(IDEMPOTENCIES),
  timeoutMs: z.number().nullable(),
  derive: z.literal("inputs").nullable(),
  uses: z.array(z.enum(["model", "network", "mcp"])),
  planning: json.nullable(),
});

const SHOWN = Object.keys(toolDescriptionSchema.shape) as (keyof typeof toolDescriptionSchema.shape)[];

/** Everything but its functions. */
export function describeTool(tool: Tool): Record<string, unknown> {
  return Object.fromEntries(SHOWN.map((field) => [field, tool[field]]));
}
