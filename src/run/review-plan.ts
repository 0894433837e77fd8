/**
 * A person's look at a whole plan before any of it runs (SAFETY, security rule 4). Owns: what is asked, and what a no
 * comes to. Must not: check the plan.
 */
import type { Issue } from "../error/issue.ts";
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import type { Approval, EntryData, NewEntry } from "../journal/entries.ts";
import type { Decision } from "../plan/decision.ts";
import { isoTime } from "../shared/clock.ts";
import { hashJson } from "../shared/hash.ts";
import type { JsonValue } from "../shared/json.ts";
import { newId } from "../shared/random.ts";
import type { DriverCore } from "./driver-core.ts";

/** Asks for the plan's approval; a run that denies all approvals denies this one, too. */
export function requestReview(
  { state, environment }: DriverCore,
  plan: EntryData<"decision.accepted">,
  decision: Decision,
): NewEntry {
  const { clock, random, limits } = environment;
  const { run, accepted } = state.ledger;
  const { n, attempt } = plan;
  if (accepted.denyApprovals) {
    const error = errorShape("APPROVAL_DENIED", "The plan needs a person's approval, and this run denies all.", {
      runId: run,
      hint: 'Start the run without approve: "none", or without reviewPlan.',
    });
    return { kind: "decision.rejected", data: { n, attempt, issues: [], error } };
  }
  const input = decision as unknown as JsonValue;
  const approval: Approval = {
    id: newId("apr", { nowMs: clock.now(), random }),
    kind: "plan",
    run,
    step: null,
    index: null,
    tool: null,
    toolVersion: null,
    input,
    hash: hashJson([run, "plan", n, attempt, input]),
    rule: "request.reviewPlan",
    provenance: [{ path: "", ...plan.label }],
    expiresAt: isoTime(clock.now() + limits.approvalTtlMs),
  };
  return { kind: "approval.requested", data: { approval, plan } };
}

/** What the planner is told; it may look for another way. */
export function deniedPlan(reason: string | null): Issue {
  const message = `A person denied this plan${reason === null || reason === "" ? "." : `: ${reason}`}`;
  return {
    severity: "error",
    code: "APPROVAL_DENIED",
    path: "",
    message,
    hint: "Plan another way, ask, or abandon the goal.",
    fix: null,
  };
}

export function expiredPlan({ state }: DriverCore): ErrorShape {
  return errorShape("APPROVAL_EXPIRED", "The approval of the plan expired.", {
    runId: state.ledger.run,
    hint: "Start the run again, or fork it.",
  });
}
