/** The tools that runs of the load test call: one waits for a time, one until all runs were accepted. */
import { existsSync } from "node:fs";
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

export const hold = defineTool({
  name: "hold",
  description: "Waits until the file of LOAD_GATE is there.",
  inputSchema: { type: "object" },
  outputSchema: { type: "object" },
  effect: "read",
  idempotency: "pure",
  timeoutMs: 1_800_000,
  execute: async () => {
    while (!existsSync(process.env["LOAD_GATE"] ?? "")) await new Promise((resolve) => setTimeout(resolve, 200));
    return {};
  },
});
