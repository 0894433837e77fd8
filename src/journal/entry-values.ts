/**
 * Which fields of an entry hold values that may lie in a blob. Owns: that list, by kind of entry. Must not: guess by the
 * names of fields, which people and tools choose as well.
 */
import type { JournalEntry, StoredValue } from "./entries.ts";

/** All that an entry names, also what only people and planners look at. */
export function everyStoredValue(entry: JournalEntry): StoredValue[] {
  if (entry.kind === "decision.requested") return Object.values(entry.data.request);
  if (entry.kind === "decision.step") return [entry.data.step];
  if (entry.kind === "observation.recorded") return Object.values(entry.data.values);
  const answer = entry.kind === "decision.received" ? entry.data.answer : undefined;
  return answer === undefined ? storedValues(entry) : [...storedValues(entry), answer];
}

/** What folding needs: documents, decisions, outputs. */
export function storedValues(entry: JournalEntry): StoredValue[] {
  switch (entry.kind) {
    case "run.accepted":
      return [
        ...entry.data.documents.map(({ document }) => document),
        ...(entry.data.fixedPlan ? [entry.data.fixedPlan] : []),
        ...(entry.data.fork?.prefix ?? []),
        ...(entry.data.fork?.plan ? [entry.data.fork.plan] : []),
      ];
    case "decision.received":
      return [entry.data.raw];
    case "decision.accepted":
      return [entry.data.decision];
    case "step.completed":
      return entry.data.output === undefined ? [] : [entry.data.output];
    case "question.answered":
      return [entry.data.answer];
    case "run.ended":
      return entry.data.output === null ? [] : [entry.data.output];
    case "approval.requested":
      return entry.data.plan === undefined ? [] : [entry.data.plan.decision];
    case "plan.edited":
      return [entry.data.plan];
    case "recovery.applied":
      return entry.data.output === undefined ? [] : [entry.data.output];
    default:
      return [];
  }
}
