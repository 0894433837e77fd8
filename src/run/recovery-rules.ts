/**
 * Which rule answers a failure (CONTRACTS 10, `recovery`): the first one that fits wins, and a later failure of the same
 * call goes on behind it. Owns: what fits. Pure, and asked while folding: a journal says nothing of rules that did not fit.
 */
import type { ErrorShape } from "../error/planwright-error.ts";
import type { RecoveryRule, RetryRule } from "../goal/run-rules.ts";
import { retrySchema } from "../goal/run-rules.ts";
import { fitsError } from "../step/retry.ts";
import { type Call, type Ledger, mustNotRepeat } from "./ledger.ts";

/** Place of the rule that answers the call's failure, or undefined: then the step's `onFailure` does. */
export function findRule(ledger: Ledger, call: Call, error: ErrorShape): number | undefined {
  const rules = ledger.accepted.rules?.recovery ?? [];
  for (let place = firstRule(rules, call); place < rules.length; place += 1) {
    const rule = rules[place];
    if (rule !== undefined && fits(rule, call, error) && !isTriedTool(ledger, rule, call)) return place;
  }
  return undefined;
}

/**
 * A retry stays in charge while it has attempts left, and a person is asked again where what they let go on has failed
 * again; every other rule has had its say.
 */
function firstRule(rules: readonly RecoveryRule[], { rule, status }: Call): number {
  if (rule === undefined) return 0;
  const verb = rules[rule]?.do;
  return verb === "retry" || (verb === "escalate" && status !== "escalated") ? rule : rule + 1;
}

function fits(rule: RecoveryRule, call: Call, error: ErrorShape): boolean {
  if (rule.step !== undefined && rule.step !== call.step.id) return false;
  if (!fitsError([rule.on], error)) return false;
  if (rule.do === "fallback" && isFanOut(call)) return Array.isArray(rule.value);
  return rule.do !== "retry" || (!mustNotRepeat(call) && call.failures + 1 < retryOf(rule).attempts);
}

/** A tool that was called for this step already stands in for nothing, unless it may be called again (SAFETY R4). */
function isTriedTool(
  { accepted }: Ledger,
  { tool }: RecoveryRule,
  { step, rule: last = -1, stoodIn = [] }: Call,
): boolean {
  if (tool === undefined) return false;
  if (tool === step.compiled.step.tool) return step.facts === null || step.facts.idempotency === "none";
  if (accepted.standsInPerCall === true) return stoodIn.some((other) => other.tool === tool);
  return accepted.rules?.recovery.slice(0, last + 1).some((rule) => rule.tool === tool) === true;
}

/** Only a list can stand in for a list that was refused; no tool can. */
function isFanOut({ step, index }: Call): boolean {
  return step.compiled.items !== null && index === null;
}

/** What a rule says of further attempts, with defaults. */
export function retryOf(rule: RecoveryRule): RetryRule {
  return retrySchema.parse(rule.retry ?? {});
}

/** The rule that is to answer a call's failure. */
export function ruleOf(ledger: Ledger, call: Call): RecoveryRule | undefined {
  return call.rule === undefined ? undefined : ledger.accepted.rules?.recovery[call.rule];
}
