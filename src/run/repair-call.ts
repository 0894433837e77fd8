/**
 * Calls what a tool declares besides its work: undoing a call, or finding out how one ended. Owns: nothing but that the
 * same limits hold as for any call (SAFETY R13, R15).
 */
import type { JsonValue } from "../shared/json.ts";
import { executeCall, type RunningCall } from "../step/execute-call.ts";
import type { Tool, ToolRepair } from "../tool/tool.ts";
import type { DriverCore } from "./driver-core.ts";
import type { Call } from "./ledger.ts";

interface Repair {
  tool: Tool;
  repair: ToolRepair;
  /** As the tool got it. */
  input: unknown;
  output: JsonValue | null;
  /** Idempotency key of the repair itself. */
  key: string;
}

/** The outcome is whatever the repair returned, as JSON; it takes no place of a step. */
export function executeRepair(core: DriverCore, call: Call, { tool, repair, input, output, key }: Repair): RunningCall {
  const { ledger } = core.state;
  const { clock, limits } = core.environment;
  return executeCall({
    tool: {
      ...tool,
      checkOutput: (value) => ({ ok: true, value }),
      execute: (given, context) =>
        Promise.resolve(repair({ input: given, output, context })).then((told) => told ?? null),
    },
    input,
    timeoutMs: tool.timeoutMs ?? limits.toolTimeoutMs,
    clock,
    context: {
      run: ledger.run,
      step: call.step.id,
      index: call.index,
      attempt: Math.max(1, call.attempts),
      idempotencyKey: key,
      now: ledger.accepted.now.iso,
      allowance: null,
      report: () => {},
    },
  });
}
