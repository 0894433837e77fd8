/** The logging tools for `planwright serve --tools`, with their files from the environment; and one that misbehaves. */
import { defineTool } from "../../../src/index.ts";
import { loggingTools } from "./logging-tools.ts";

const misbehaves = defineTool({
  name: "misbehave",
  description: "Never settles, whatever it is told.",
  inputSchema: { type: "object" },
  outputSchema: { type: "object" },
  effect: "read",
  idempotency: "pure",
  timeoutMs: 500,
  execute: () => new Promise<object>(() => {}),
});

export default [
  ...loggingTools({ log: process.env["CALLS_LOG"] ?? "", gate: process.env["CALLS_GATE"] ?? "" }),
  misbehaves,
];
