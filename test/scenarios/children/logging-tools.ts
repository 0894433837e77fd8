/** Tools that leave a durable line per call in a file that no store knows of: what was really called, and by whom. */
import { closeSync, constants, existsSync, fsyncSync, openSync, writeSync } from "node:fs";
import { defineTool, type Tool, type ToolContext } from "../../../src/index.ts";

export interface LoggedCall {
  tool: string;
  run: string;
  step: string;
  attempt: number;
  key: string;
  process: number;
}

/** `gate` waits until that file is there. */
export function loggingTools(files: { log: string; gate: string }): Tool[] {
  const log = (tool: string, { run, step, attempt, idempotencyKey }: ToolContext): void => {
    const call: LoggedCall = { tool, run, step, attempt, key: idempotencyKey, process: process.pid };
    const descriptor = openSync(files.log, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT, 0o600);
    writeSync(descriptor, `${JSON.stringify(call)}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
  };
  const schemas = { inputSchema: { type: "object" }, outputSchema: { type: "object" } } as const;
  const work = (["pure", "key", "none"] as const).map((idempotency) => {
    const name = `work_${idempotency}`;
    return defineTool({
      name,
      description: `Works for a while; ${idempotency}.`,
      ...schemas,
      effect: "read",
      idempotency,
      async execute(input, context) {
        log(name, context);
        await pause((input as { ms: number }).ms, context.signal);
        return { done: context.step };
      },
    });
  });
  const gate = defineTool({
    name: "gate",
    description: "Waits until the gate is open.",
    ...schemas,
    effect: "read",
    idempotency: "pure",
    timeoutMs: 120_000,
    async execute(_, context) {
      log("gate", context);
      while (!existsSync(files.gate)) await pause(20, context.signal);
      return { open: true };
    },
  });
  const send = defineTool({
    name: "send",
    description: "Sends something that cannot be taken back.",
    ...schemas,
    effect: "irreversible",
    idempotency: "none",
    execute(_, context) {
      log("send", context);
      return { sent: true };
    },
  });
  return [...work, gate, send];
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
