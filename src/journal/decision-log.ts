/** The decision log: the journal as seen by whoever must explain a run (CONTRACTS 3). Pure projection. */
import { z } from "zod";
import type { JournalEntry } from "./entries.ts";
import type { ReadBlob } from "./store.ts";

export const decisionLogEntrySchema = z.object({ v: z.literal(1), run: z.string(), n: z.int() });
export type DecisionLogEntry = z.infer<typeof decisionLogEntrySchema>;

export function projectDecisions(entries: readonly JournalEntry[], readBlob: ReadBlob): DecisionLogEntry[] {
  void readBlob;
  return entries.flatMap((entry) =>
    entry.kind === "decision.accepted" ? [{ v: 1 as const, run: entry.run, n: entry.data.n }] : [],
  );
}
