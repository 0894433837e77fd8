/**
 * Carries out what a run's rules say of failures (KERNEL 8, 13; CONTRACTS 10). Owns: the entry that each rule's answer
 * becomes. Must not: find the rule (the ledger has), nor await.
 */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import type { RecoveryRule } from "../goal/run-rules.ts";
import type { EntryData } from "../journal/entries.ts";
import { isoTime } from "../shared/clock.ts";
import { retryPause } from "../step/retry.ts";
import { toolFacts } from "../step/step-factory.ts";
import { compensate } from "./compensate.ts";
import { append, type DriverCore, hold } from "./driver-core.ts";
import { address, type Call, factsOf } from "./ledger.ts";
import { retryOf, ruleOf } from "./recovery-rules.ts";
import { scheduleRetry } from "./settle-call.ts";

type Answer = Omit<EntryData<"recovery.applied">, "rule" | "code" | "verb">;

/** Answers every failure that a rule fits. While steps are undone, nothing else is answered. */
export function recoverCalls(core: DriverCore): void {
  const { ledger } = core.state;
  for (const call of [...ledger.recovering]) {
    if (ledger.compensation !== null || ledger.waiting?.hold === true) break;
    const rule = ruleOf(ledger, call);
    if (rule !== undefined) recoverCall(core, call, rule);
  }
  compensate(core);
}

function recoverCall(core: DriverCore, call: Call, rule: RecoveryRule): void {
  switch (rule.do) {
    case "retry":
      return retry(core, call, rule);
    case "fallback":
      return rule.tool === undefined
        ? apply(core, call, { output: { value: rule.value ?? null } })
        : standIn(core, call, rule.tool);
    default:
      return apply(core, call, {});
  }
}

function apply(core: DriverCore, call: Call, answer: Answer): void {
  const verb = ruleOf(core.state.ledger, call)?.do ?? "fail";
  const data = { rule: call.rule ?? 0, verb, code: call.error?.code ?? "INTERNAL", ...answer };
  append(core, { kind: "recovery.applied", ...address(call), data });
}

function retry(core: DriverCore, call: Call, rule: RecoveryRule): void {
  const { clock, random } = core.environment;
  const { error } = call;
  const policy = { ...retryOf(rule), on: ["*"] };
  const idempotency = factsOf(call)?.idempotency ?? "none";
  const failure = { error: error ?? UNNAMED, failures: call.failures, idempotency };
  const pause = retryPause(failure, () => random.next(), { ...policy, attempts: Number.POSITIVE_INFINITY }) ?? 0;
  apply(core, call, { retryAt: isoTime(clock.now() + pause) });
  scheduleRetry(core, call, pause);
}

const UNNAMED: ErrorShape = errorShape("INTERNAL", "The step failed without a reason.");

function standIn(core: DriverCore, call: Call, name: string): void {
  const tool = core.environment.tools.get(name);
  if (tool !== undefined) return apply(core, call, { tool: { name, facts: toolFacts(tool) } });
  const stepId = call.step.id;
  const message = `Step '${stepId}' cannot go on: tool '${name}', which stands in for its own, is not registered.`;
  const hint = "Register the tool and resume the run, or cancel it.";
  hold(core, errorShape("RESUME_INCOMPATIBLE", message, { runId: core.state.ledger.run, stepId, hint }));
}
