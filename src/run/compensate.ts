/**
 * Undoes completed steps, newest first, one at a time (CONTRACTS 10, `do: compensate`): intent before the call, outcome
 * after it. Owns: the calls that undo. Must not: decide that anything is undone (a rule does).
 */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import { sha256Hex } from "../shared/hash.ts";
import { canonicalJson } from "../shared/json.ts";
import type { CallOutcome } from "../step/execute-call.ts";
import { retryPause } from "../step/retry.ts";
import type { Tool } from "../tool/tool.ts";
import { nextToUndo } from "./apply-recovery.ts";
import { append, type DriverCore, isStopping, setTimer } from "./driver-core.ts";
import { inputAsGiven } from "./given-input.ts";
import { address, type Call, factsOf, toolOf } from "./ledger.ts";
import { outputOfCall } from "./ledger-scope.ts";
import { executeRepair } from "./repair-call.ts";

/** Goes on with undoing, where that is asked for and nothing else runs any more. */
export function compensate(core: DriverCore): void {
  const { ledger } = core.state;
  const { compensation } = ledger;
  if (compensation === null || compensation.current !== null || ledger.tallies.running > 0) return;
  if (isStopping(core) || ledger.waiting?.hold === true) return;
  const next = nextToUndo(ledger);
  if (next === null) {
    append(core, { kind: "compensation.settled", data: {} });
    return;
  }
  append(core, { kind: "compensation.started", ...next.at, data: {} });
  core.journal.sync().then(
    () => core.mailbox.post({ kind: "may-undo", call: next.call, failures: 0 }),
    (error: unknown) => core.mailbox.post({ kind: "store-failed", error }),
  );
}

/** Calls the tool's own `compensate`, once its start is durable: looks again first (SAFETY R11). */
export function undoCall(core: DriverCore, call: Call, failures: number): void {
  const { ledger } = core.state;
  if (ledger.compensation?.current !== call) return;
  const stepId = call.step.id;
  if (isStopping(core)) {
    return failed(core, call, errorShape("CANCELLED", `Step '${stepId}' was not undone: the run is being stopped.`));
  }
  const tool = core.environment.tools.get(toolOf(call));
  const repair = tool?.compensate ?? null;
  if (tool === undefined || repair === null) {
    const message = `Tool '${toolOf(call)}' is not registered any more, or no longer says how to undo a call.`;
    return failed(core, call, errorShape("TOOL_PERMANENT", message, { stepId }));
  }
  const given = inputAsGiven(ledger, call, tool);
  if (!given.ok) return failed(core, call, given.error);
  const key = sha256Hex(canonicalJson([ledger.run, stepId, call.index, call.inputHash, "compensate"]));
  const output = outputOfCall(ledger, call);
  core.undoing = executeRepair(core, call, { tool, repair, input: given.input, output, key });
  core.undoing.outcome.then(
    (settled) => core.mailbox.post({ kind: "undone", call, failures, outcome: settled }),
    (error: unknown) => core.mailbox.post({ kind: "store-failed", error }),
  );
}

/** Journals how undoing ended, or tries again where the failure may pass. */
export function settleUndo(core: DriverCore, call: Call, told: { failures: number; outcome: CallOutcome }): void {
  const { failures, outcome } = told;
  core.undoing = null;
  if (core.state.ledger.compensation?.current !== call) return;
  if (outcome.ok) {
    append(core, { kind: "compensation.completed", ...address(call), data: {} });
    return;
  }
  const idempotency: Tool["idempotency"] = factsOf(call)?.idempotency ?? "none";
  const { error, isGivenUp } = outcome;
  if (isStopping(core)) return failed(core, call, isGivenUp ? unknownUndoing(call, error) : error);
  const pause = retryPause({ error, failures, idempotency }, () => core.environment.random.next());
  if (pause === null) return failed(core, call, error);
  const fire = (): void => core.mailbox.post({ kind: "may-undo", call, failures: failures + 1 });
  setTimer(core, "undo", { delayMs: pause, fire });
}

/** It ignored that it was to stop. */
function unknownUndoing({ step }: Call, { message }: ErrorShape): ErrorShape {
  const said = `Undoing step '${step.id}' was given up, and nobody knows how it ended: ${message}`;
  return errorShape("TOOL_OUTCOME_UNKNOWN", said, { stepId: step.id });
}

function failed(core: DriverCore, call: Call, error: ErrorShape): void {
  const shape = { ...error, runId: core.state.ledger.run, stepId: call.step.id };
  append(core, { kind: "compensation.failed", ...address(call), data: { error: shape } });
}
