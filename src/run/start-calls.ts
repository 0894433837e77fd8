/**
 * Starts calls the moment their inputs are ready and a place is free: resolve, check, authorize, journal, call.
 * Owns: the only path to tools, with the policy gate on it. Must not: await; outcomes come back as messages.
 */
import { errorShape } from "../error/planwright-error.ts";
import type { NewEntry } from "../journal/entries.ts";
import { sha256Hex } from "../shared/hash.ts";
import { canonicalJson } from "../shared/json.ts";
import { type CallRequest, executeCall, type RunningCall } from "../step/execute-call.ts";
import { incompatibility } from "../step/step-factory.ts";
import type { ModelUse } from "../tool/tool.ts";
import { fanOutError, hashInput, prepareCall, unknownKey } from "./apply-call.ts";
import { requestApproval } from "./approvals.ts";
import { type BoundCall, bindCall, inputTooLarge, unpreparedInput } from "./bind-call.ts";
import { append, type DriverCore, failCallNow, hold, isStopping } from "./driver-core.ts";
import { keepGiven } from "./given-input.ts";
import { address, type Call, factsOf, type StepState, toolOf } from "./ledger.ts";
import { isStartable } from "./ledger-tallies.ts";
import { recoverCalls } from "./recover-call.ts";
import { reserveCall } from "./reserve-call.ts";
import { waitingReason } from "./run-status.ts";
import { postOutcome, settleCall } from "./settle-call.ts";
import { checkTime } from "./stop-run.ts";

/** Journals the outcome of finished fan-outs, then fills the free places. True if anything was appended. */
export function startCalls(core: DriverCore): boolean {
  const { ledger } = core.state;
  const before = ledger.seq;
  if (isStopping(core)) return false;
  for (const step of [...ledger.due]) append(core, fanOutOutcome(step));
  recoverCalls(core);
  checkTime(core);
  while (core.slotsUsed < core.environment.limits.parallelSteps && !isStopping(core)) {
    if (core.mailbox.isOverdue()) {
      core.mailbox.post({ kind: "go-on" }); // Tools that never wait must not keep timers and words out (SAFETY R11).
      break;
    }
    const call = takeRetry(core) ?? core.ready.take((kind) => isStartable(ledger, kind));
    if (call === null) break;
    startCall(core, call);
  }
  stopWaitingForPlace(core);
  return ledger.seq !== before;
}

/**
 * Retries that are due while every place is taken by tools that do not end wait no longer for a time: the run's own
 * time goes on, and its limit is what ends it (SAFETY R6).
 */
function stopWaitingForPlace(core: DriverCore): void {
  const { ledger } = core.state;
  const isDue = core.dueRetries.some((call) => call.status === "retrying");
  // The wait may have been announced for a person, who has decided since.
  const isForTime = ledger.waiting !== null && waitingReason(ledger).reason === "retry-at";
  if (!isDue || !isForTime || isStopping(core)) return;
  append(core, { kind: "run.resumed", data: { seal: null, by: "run" } });
}

function takeRetry(core: DriverCore): Call | null {
  if (core.state.ledger.waiting?.hold === true) return null;
  const call = core.dueRetries.shift();
  return call === undefined || call.status === "retrying" ? (call ?? null) : takeRetry(core);
}

function fanOutOutcome(step: StepState): NewEntry {
  if (step.fanOut?.error === null) return { kind: "step.completed", step: step.id, data: {} };
  return { kind: "step.failed", step: step.id, data: { error: fanOutError(step), retryAt: null } };
}

function startCall(core: DriverCore, call: Call): void {
  const { ledger } = core.state;
  const name = toolOf(call);
  const tool = core.environment.tools.get(name);
  const problem = incompatibility(name, factsOf(call), tool);
  if (tool === undefined || problem !== null) return holdForTool(core, call, problem ?? "it is gone");
  if (call.step.compiled.items !== null && call.index === null) return startFanOut(core, call);
  const binding = bindCall(ledger, call, tool);
  if (!binding.ok) return failCallNow(core, call, binding.error);
  const { inputHash, label } = binding.call;
  const reserved = reserveCall(core, call, binding.call);
  const permit = reserved === null ? null : judge(core, call, binding.call);
  if (permit === null) return;
  const { rule, approval, input } = permit;
  append(core, {
    kind: "step.started",
    ...address(call),
    attempt: call.attempts + 1,
    data: {
      rule,
      inputHash,
      ...keepGiven(binding.call, input),
      label,
      ...reserved,
      ...(approval === null ? {} : { approval }),
    },
  });
  core.slotsUsed += 1;
  core.started += 1;
  core.running.set(call, { call: null, order: core.started, bound: { tool, input }, ...reserved, uses: [] });
  if (tool.idempotency === "pure") return callTool(core, call);
  core.journal.sync().then(
    () => core.mailbox.post({ kind: "may-call", call }),
    (error: unknown) => core.mailbox.post({ kind: "store-failed", error }),
  );
}

/** Leave to make a call, with exactly this input. */
interface Permit {
  rule: string;
  /** The approval that was used, by id. */
  approval: string | null;
  input: unknown;
}

/** Asks the gate. Null where the call may not start now: it was denied, or an approval was asked for. */
function judge(core: DriverCore, call: Call, judged: BoundCall): Permit | null {
  const { ledger } = core.state;
  const verdict = core.environment.policy({
    tool: judged.tool.name,
    effect: judged.tool.effect,
    input: judged.shown,
    label: judged.label,
    planLabel: call.step.literalLabel,
    grants: ledger.accepted.grants,
    isRepeatOfUnknown: ledger.unknownKeys.has(unknownKey(judged.tool.name, judged.inputHash)),
  });
  const { rule } = verdict;
  if (verdict.outcome === "allow") return { rule, approval: null, input: judged.bound };
  if (verdict.outcome === "approve") {
    const approved = requestApproval(core, call, { ...judged, rule });
    return approved === null ? null : { rule, ...approved };
  }
  const error = errorShape(
    "POLICY_DENIED",
    `Step '${call.step.id}' may not call '${judged.tool.name}' (rule ${verdict.rule}).`,
    {
      stepId: call.step.id,
      hint: "Change the policy, or plan without this tool.",
    },
  );
  failCallNow(core, call, error);
  return null;
}

function startFanOut(core: DriverCore, call: Call): void {
  const prepared = prepareCall(core.state.ledger, call);
  if (prepared.kind !== "value") return failCallNow(core, call, unpreparedInput(call, prepared));
  const { value, label } = prepared;
  const { step } = call.step.compiled;
  const max = step.forEach?.max ?? 0;
  if (!Array.isArray(value)) {
    const hint = "forEach.items must be a list at run time.";
    return failCallNow(
      core,
      call,
      errorShape("PLAN_NOT_A_LIST", `forEach of step '${step.id}' got no list.`, { stepId: step.id, hint }),
    );
  }
  if (value.length > max) {
    const message = `forEach of step '${step.id}' got ${value.length} elements; its max is ${max}.`;
    const hint = "Raise forEach.max, or take fewer elements with select.";
    return failCallNow(core, call, errorShape("LIMIT_FANOUT", message, { stepId: step.id, hint }));
  }
  const inputHash = hashInput(value);
  if (inputHash === null) return failCallNow(core, call, inputTooLarge(call));
  const items = { count: value.length, hash: inputHash };
  append(core, { kind: "step.started", step: step.id, data: { rule: "fan-out", inputHash, label, items } });
}

/** Calls a tool whose start is journalled, and synced where that is needed. */
export function callTool(core: DriverCore, call: Call): void {
  const { clock, limits } = core.environment;
  const { ledger } = core.state;
  const entry = core.running.get(call);
  if (entry === undefined) return;
  const { run } = ledger;
  const { index, inputHash } = call;
  const step = call.step.id;
  const { tool, input } = entry.bound;
  const running = executeCall({
    tool,
    input,
    timeoutMs: ledger.accepted.rules?.steps[step]?.timeoutMs ?? tool.timeoutMs ?? limits.toolTimeoutMs,
    clock,
    context: contextOf(
      { run, step, index, attempt: call.attempts, now: ledger.accepted.now.iso, allowance: entry.reservation ?? null },
      { inputHash, uses: entry.uses, standIn: otherTool(call) },
    ),
  });
  entry.call = running;
  const failed = (error: unknown): void => core.mailbox.post({ kind: "store-failed", error });
  running.outcome.then((outcome) => {
    postOutcome(core, call, outcome)?.catch(failed);
    if (!outcome.ok && outcome.isGivenUp) postRelease(core.mailbox, running);
  }, failed);
}

/** The tool that stands in for the step's own; the same tool keeps the same key (SAFETY R5). */
function otherTool({ standIn, step }: Call): string | null {
  return standIn === undefined || standIn.tool === step.compiled.step.tool ? null : standIn.tool;
}

type CallContext = CallRequest["context"];

/** In a scope of its own: tools may keep it for ever, and its getter must not lead to the run's state. */
function contextOf(
  facts: Omit<CallContext, "idempotencyKey" | "report">,
  { inputHash, uses, standIn }: { inputHash: string | null; uses: ModelUse[]; standIn: string | null },
): CallContext {
  const { run, step, index } = facts;
  return {
    ...facts,
    report: (use) => {
      uses.push(use);
    },
    // Most tools never ask for it.
    get idempotencyKey() {
      return sha256Hex(canonicalJson([run, step, index, inputHash, ...(standIn === null ? [] : [standIn])]));
    },
  };
}

/**
 * A tool that was given up keeps its place until it settles; that of every other has settled with its outcome. One that
 * never settles keeps what is waited for here for ever, so it must not lead to the run's state: neither by itself nor by
 * the scope it is made in.
 */
function postRelease(mailbox: DriverCore["mailbox"], { released }: RunningCall): void {
  const post = (): void => mailbox.post({ kind: "call-released" });
  released.then(post, post);
}

/** A tool whose start was synced: look again before it is called (KERNEL 16). */
export function callAfterSync(core: DriverCore, call: Call): void {
  if (!isStopping(core)) return callTool(core, call);
  core.slotsUsed -= 1;
  const message = `Step '${call.step.id}' was not called: the run is being stopped.`;
  settleCall(core, call, { ok: false, error: errorShape("CANCELLED", message), isGivenUp: false });
}

/** The run waits for a person: a pending step cannot go on with the tools of this process (KERNEL 21). */
function holdForTool(core: DriverCore, call: Call, problem: string): void {
  if (call.status === "retrying") core.dueRetries.push(call);
  else core.ready.add(call);
  const message = `Step '${call.step.id}' cannot go on: ${problem}.`;
  const hint = "Register the tool as it was and resume the run, or cancel it and start again.";
  hold(core, errorShape("RESUME_INCOMPATIBLE", message, { runId: core.state.ledger.run, stepId: call.step.id, hint }));
}
