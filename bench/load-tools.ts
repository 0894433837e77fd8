/** The tool that runs of the load test call: it waits. */
import { defineTool } from "../src/index.ts";

export const wait = defineTool({
  name: "wait",
  description: "Waits for a number of milliseconds.",
  inputSchema: { type: "object", properties: { ms: { type: "integer" } }, required: ["ms"] },
  outputSchema: { type: "object" },
  effect: "read",
  idempotency: "pure",
  execute: async (input) => {
    await new Promise((resolve) => setTimeout(resolve, (input as { ms: number }).ms));
    return {};
  },
});
