/**
 * The one gate on the only path to tools (SAFETY, security rules 2 and 3). Owns: the default policy.
 * Decides on declared facts alone (effect, labels, grants); must not know any tool in particular.
 */
import type { Grant } from "../goal/run-request.ts";
import { canonicalJson, type JsonValue } from "../shared/json.ts";
import type { Effect } from "../tool/tool.ts";
import type { Label } from "./label.ts";

/** A call as the gate sees it. */
export interface CallFacts {
  tool: string;
  effect: Effect | null;
  input: JsonValue;
  /** Join of everything in the input. */
  label: Label;
  /** Label of the plan's own literals: untrusted once the planner saw untrusted content. */
  planLabel: Label;
  grants: readonly Grant[];
  /** The outcome of the same call is unknown since a crash (KERNEL 14). */
  isRepeatOfUnknown: boolean;
}

/** What a policy says of a call; `approve` asks a person. */
export interface Verdict {
  outcome: "allow" | "approve" | "deny";
  /** Stable id of the rule that decided; journalled with the call. */
  rule: string;
}

/** Judges every call before it is made. Synchronous, and the same for the same facts. */
export type Policy = (facts: CallFacts) => Verdict;

/** `read` → allow; writes and sends from untrusted data or plans → approve; irreversible → approve unless granted. */
export const defaultPolicy: Policy = (facts) => {
  const { effect } = facts;
  if (effect === null) return { outcome: "deny", rule: "default.undeclared" };
  if (facts.isRepeatOfUnknown) return { outcome: "approve", rule: "default.unknown-outcome" };
  if (effect === "read") return { outcome: "allow", rule: "default.read" };
  if (effect === "irreversible") {
    return isGranted(facts)
      ? { outcome: "allow", rule: "default.granted" }
      : { outcome: "approve", rule: "default.irreversible" };
  }
  if (facts.label.integrity === "untrusted") return { outcome: "approve", rule: "default.untrusted-input" };
  if (facts.planLabel.integrity === "untrusted") return { outcome: "approve", rule: "default.untrusted-plan" };
  return { outcome: "allow", rule: `default.${effect}` };
};

function isGranted({ tool, input, grants }: CallFacts): boolean {
  return grants.some(
    (grant) =>
      grant.tool === tool && (grant.input === undefined || canonicalJson(grant.input) === canonicalJson(input)),
  );
}
