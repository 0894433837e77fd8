/**
 * How an attempt ended: journalled with its label and what its models used, and, where another follows, when. Owns: the
 * outcome entries of calls. Must not: start anything.
 */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import { INLINE_BYTES, storeValue } from "../journal/store-value.ts";
import { joinLabels, type Label, untrusted } from "../policy/label.ts";
import { isoTime } from "../shared/clock.ts";
import type { CallOutcome } from "../step/execute-call.ts";
import { DEFAULT_RETRY, retryPause } from "../step/retry.ts";
import { append, type DriverCore, isStopping, type Message, setTimer } from "./driver-core.ts";
import { address, type Call, factsOf, toolOf } from "./ledger.ts";
import { modelsOf, usedBy } from "./reserve-call.ts";

/** Tells the loop how a call ended; what is large is stored first. */
export async function postOutcome(core: DriverCore, call: Call, outcome: CallOutcome): Promise<void> {
  const order = core.running.get(call)?.order ?? 0;
  const post = (settled: Extract<Message, { kind: "call-settled" }>["outcome"]): void =>
    core.mailbox.post({ kind: "call-settled", call, order, outcome: settled });
  if (!outcome.ok) return post(outcome);
  if (outcome.bytes > INLINE_BYTES && core.blobs.bytes + outcome.bytes > core.environment.limits.keptBytes) {
    return post({ ok: false, error: tooMuchKept(core, call, outcome.bytes), isGivenUp: false });
  }
  post({ ok: true, output: await storeValue(core, outcome.value, outcome.text) });
}

/** Journals how an attempt ended, and when the next one is due. */
export function settleCall(
  core: DriverCore,
  call: Call,
  outcome: Extract<Message, { kind: "call-settled" }>["outcome"],
): void {
  const { uses = [], reservation } = core.running.get(call) ?? {};
  core.running.delete(call);
  if (reservation !== undefined) core.mailbox.post({ kind: "budget-freed" });
  const at = { ...address(call), attempt: call.attempts };
  const used = usedBy(uses, { reservation, isGivenUp: !outcome.ok && outcome.isGivenUp });
  if (outcome.ok) {
    const label = outputLabel(core, call);
    append(core, {
      kind: "step.completed",
      ...at,
      data: { output: outcome.output, ...(label === null ? {} : { label }), ...used, ...modelsOf(uses) },
    });
    return;
  }
  const { ledger } = core.state;
  const error = { ...outcome.error, runId: ledger.run, stepId: call.step.id };
  const idempotency = factsOf(call)?.idempotency ?? "none";
  if (outcome.isGivenUp && idempotency === "none" && isStopping(core)) {
    append(core, { kind: "step.unknown", ...at, data: { error, ...used } });
    return;
  }
  const { clock, random } = core.environment;
  const isUnwanted = isStopping(core) || call.step.isDropped;
  const policy = ledger.accepted.rules?.steps[call.step.id]?.retry ?? DEFAULT_RETRY;
  const failure = { error, failures: call.failures, idempotency };
  const pause = isUnwanted ? null : retryPause(failure, () => random.next(), policy);
  const retryAt = pause === null ? null : isoTime(clock.now() + pause);
  append(core, { kind: "step.failed", ...at, data: { error, retryAt, ...used } });
  if (pause !== null) scheduleRetry(core, call, pause);
}

export function scheduleRetry(core: DriverCore, call: Call, delayMs: number): void {
  const name = `retry ${call.step.id} ${call.index ?? ""}`;
  setTimer(core, name, { delayMs, fire: () => core.mailbox.post({ kind: "retry-due", call }) });
}

/** What a run keeps is in memory as long as it is driven (SAFETY R13). */
function tooMuchKept({ blobs, environment }: DriverCore, call: Call, bytes: number): ErrorShape {
  const { keptBytes } = environment.limits;
  const message = `Step '${call.step.id}' returned ${bytes} bytes; the run keeps ${blobs.bytes} bytes of large values already, of at most ${keptBytes}.`;
  return errorShape("TOOL_OUTPUT_TOO_LARGE", message, {
    hint: "Return less, write it to a file and return its path, or split the goal into several runs.",
  });
}

/** Null where it equals the input's (KERNEL 17): tools that only derive. */
function outputLabel(core: DriverCore, call: Call): Label | null {
  const tool = core.environment.tools.get(toolOf(call));
  if (tool?.derive === "inputs" || call.label === null) return null;
  const joined = joinLabels(call.label, untrusted(`tool:${tool?.name ?? ""}`));
  return joined === call.label ? null : joined;
}
