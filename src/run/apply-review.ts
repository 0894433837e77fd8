/** How a person's look at a whole plan changes the ledger. Owns: the review from its request to its verdict. */
import type { Approval, EntryData, EntryOf } from "../journal/entries.ts";
import type { Ledger } from "./ledger.ts";

/** A checked plan that waits for a person. */
export function applyPlanApproval(
  ledger: Ledger,
  { approval, plan }: { approval: Approval; plan: EntryData<"decision.accepted"> },
): void {
  ledger.approvals.set(approval.id, { approval, status: "requested", call: null });
  ledger.review = { approval: approval.id, accepted: plan, verdict: "open", reason: null, edited: null };
}

/** The plan that was approved instead of the one that was shown; it comes before the approval itself. */
export function applyPlanEdit(ledger: Ledger, { data }: EntryOf<"plan.edited">): void {
  if (ledger.review?.approval === data.approval) ledger.review.edited = data.plan;
}
