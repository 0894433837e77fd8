/** The logging tools for `planwright serve --tools`, with their files from the environment; and one that misbehaves. */
import { defineTool } from "../../../src/index.ts";
import { loggingTools } from "./logging-tools.ts";

export const misbehaves = defineTool({
  name: "misbehave",
  description: "Never settles, whatever it is told.",
  inputSchema: { type: "object" },
  outputSchema: { type: "object" },
  effect: "read",
  idempotency: "pure",
  timeoutMs: 500,
  execute: () => new Promise<object>(() => {}),
});

const files = { log: process.env["CALLS_LOG"] ?? "", gate: process.env["CALLS_GATE"] ?? "" };

export const [workPure, workKey, workNone, gate, send] = loggingTools(files);
