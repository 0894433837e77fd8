/**
 * What tools took in past runs, read off journals. Owns: which figures count: completed calls, from their first attempt
 * to their output, with what their models used. What a fork inherits is its source's, and not counted again.
 */
import type { EntryOf, JournalEntry } from "../journal/entries.ts";
import { type ReadBlob, storedValue } from "../journal/store.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { PlanDecision, Step } from "../plan/decision.ts";

/** Calls that are kept of one tool; more make percentiles no better. */
const MOST_CALLS = 500;

export interface CallFigures {
  durationMs: number;
  modelCalls: number;
  tokens: number;
  /** Null where the price was unknown. */
  costUsd: number | null;
}

/** Completed calls by tool, newest runs first. */
export type ToolStatistics = ReadonlyMap<string, readonly CallFigures[]>;

/** Where nothing is known of earlier runs. */
export const NO_STATISTICS: ToolStatistics = new Map();

/** Runs are given newest first. Plans that lie in blobs which `readBlob` does not know are left out by it throwing. */
export function collectStatistics(
  runs: readonly { entries: readonly JournalEntry[]; readBlob: ReadBlob }[],
): ToolStatistics {
  const statistics = new Map<string, CallFigures[]>();
  for (const { entries, readBlob } of runs) {
    for (const { tool, figures } of completedCalls(entries, readBlob)) {
      const known = statistics.get(tool) ?? [];
      if (known.length < MOST_CALLS) known.push(figures);
      statistics.set(tool, known);
    }
  }
  return statistics;
}

function completedCalls(
  entries: readonly JournalEntry[],
  readBlob: ReadBlob,
): { tool: string; figures: CallFigures }[] {
  const tools = new Map<string, string>();
  const startedAt = new Map<string, string>();
  const calls: { tool: string; figures: CallFigures }[] = [];
  for (const entry of entries) {
    for (const { id, tool } of plannedSteps(entry, readBlob)) tools.set(id, tool);
    const key = `${entry.step} ${entry.index ?? ""}`;
    if (entry.kind === "step.started" && !startedAt.has(key)) startedAt.set(key, entry.at);
    if (entry.kind !== "step.completed" || entry.data.output === undefined) continue;
    const [tool, since] = [tools.get(entry.step ?? ""), startedAt.get(key)];
    if (tool !== undefined && since !== undefined) calls.push({ tool, figures: figuresOf(entry, since) });
  }
  return calls;
}

function figuresOf({ at, data }: EntryOf<"step.completed">, since: string): CallFigures {
  const { usage = NO_USAGE, costUsd = 0 } = data;
  const durationMs = Math.max(0, Date.parse(at) - Date.parse(since));
  return { durationMs, modelCalls: usage.modelCalls, tokens: usage.inputTokens + usage.outputTokens, costUsd };
}

function plannedSteps(entry: JournalEntry, readBlob: ReadBlob): readonly Step[] {
  if (entry.kind === "decision.step") return [storedValue(entry.data.step, readBlob) as unknown as Step];
  if (entry.kind !== "decision.accepted") return [];
  const decision = storedValue(entry.data.decision, readBlob) as unknown as PlanDecision;
  return decision.kind === "plan" ? decision.steps : [];
}

/** The value that `part` (0 to 1) of the list does not exceed (nearest rank); 0 for an empty list. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}
