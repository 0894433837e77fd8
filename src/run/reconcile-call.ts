/**
 * Finds out how a call ended whose process died (KERNEL 14), where its tool can tell: `reconcile`. Owns: what its answer
 * comes to. Where it cannot tell, the outcome is unknown and a person is asked.
 */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import { storeValue } from "../journal/store-value.ts";
import { sha256Hex } from "../shared/hash.ts";
import { canonicalJson, isJsonObject, type JsonValue } from "../shared/json.ts";
import type { CallOutcome } from "../step/execute-call.ts";
import type { Tool } from "../tool/tool.ts";
import { append, type DriverCore, isStopping } from "./driver-core.ts";
import { inputAsGiven } from "./given-input.ts";
import { address, type Call, toolOf } from "./ledger.ts";
import { executeRepair } from "./repair-call.ts";
import { settleCall } from "./settle-call.ts";

/** Settles a call that was cut off: by its tool's word, or as unknown; a run that is being stopped asks no tool (R11). */
export function reconcileCall(core: DriverCore, call: Call): void {
  const { ledger } = core.state;
  if (isStopping(core)) return unknown(core, call);
  const tool = core.environment.tools.get(toolOf(call));
  const repair = tool?.reconcile ?? null;
  const given = tool === undefined || repair === null ? null : inputAsGiven(ledger, call, tool);
  if (tool === undefined || repair === null || given?.ok !== true) return unknown(core, call);
  const key = sha256Hex(canonicalJson([ledger.run, call.step.id, call.index, call.inputHash, "reconcile"]));
  core.started += 1;
  const running = executeRepair(core, call, { tool, repair, input: given.input, output: null, key });
  const entry = { call: running, order: core.started, bound: { tool, input: given.input }, uses: [] };
  core.running.set(call, entry);
  running.outcome
    .then((outcome) => tell(core, call, { tool, outcome }))
    .catch((error: unknown) => core.mailbox.post({ kind: "store-failed", error }));
}

async function tell(
  core: DriverCore,
  call: Call,
  { tool, outcome }: { tool: Tool; outcome: CallOutcome },
): Promise<void> {
  const answer = outcome.ok && isJsonObject(outcome.value) ? outcome.value : {};
  const checked = answer.happened === true ? tool.checkOutput(answer.output ?? null) : null;
  if (checked?.ok === true) {
    const output = await storeValue(core, checked.value as JsonValue);
    return core.mailbox.post({ kind: "reconciled", call, outcome: { ok: true, output } });
  }
  const isKnown = answer.happened === false;
  core.mailbox.post({ kind: "reconciled", call, outcome: isKnown ? { ok: false } : null });
}

/** Journals what was found out; null where nothing was. */
export function settleReconciled(
  core: DriverCore,
  call: Call,
  outcome: { ok: true; output: Awaited<ReturnType<typeof storeValue>> } | { ok: false } | null,
): void {
  if (call.status !== "running") return;
  if (outcome?.ok === true) return settleCall(core, call, outcome);
  core.running.delete(call);
  if (outcome === null) return unknown(core, call);
  const stepId = call.step.id;
  const message = `Step '${stepId}' was cut off before it took effect, as its tool has found out.`;
  const details = { runId: core.state.ledger.run, stepId, hint: "It is not called again by itself; plan it anew." };
  const error = errorShape("TOOL_PERMANENT", message, details);
  append(core, { kind: "step.failed", ...address(call), attempt: call.attempts, data: { error, retryAt: null } });
}

function unknown(core: DriverCore, call: Call): void {
  const error = unknownOutcome(core.state.ledger.run, call.step.id);
  append(core, { kind: "step.unknown", ...address(call), attempt: call.attempts, data: { error } });
}

/** The error of a call whose outcome is unknown (KERNEL 14). */
function unknownOutcome(run: string, stepId: string): ErrorShape {
  return errorShape("TOOL_OUTCOME_UNKNOWN", `Step '${stepId}' was started, but nobody knows how it ended.`, {
    runId: run,
    stepId,
    hint: "Find out whether it took effect: answer with its output as JSON if it did, resume the run if it did not.",
  });
}
