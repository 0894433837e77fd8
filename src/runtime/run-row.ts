/**
 * The row of an ended run in the run index: what listings show and statistics count. Owns: its shape, and keeping it
 * small. An ended run never changes (SAFETY R10), so neither does its row.
 */
import { z } from "zod";
import { projectListItem } from "../run/project-result.ts";
import { listedRunSchema, type RunListItem } from "../run/run-result.ts";
import type { RunState } from "../run/run-state.ts";
import type { JsonValue } from "../shared/json.ts";
import { type RunSummary, runSummarySchema } from "../trace/metric.ts";
import { createRunTally, type RunTally } from "../trace/run-tally.ts";

/** Another version's rows are made again from the journals. */
const ROW_VERSION = 2;

/** Longest output, in characters of JSON, that is kept in a row: larger ones are read from the journal. */
const KEPT_OUTPUT = 1_000;

const rowSchema = z.object({
  v: z.literal(ROW_VERSION),
  /** Whether `item` is all that a listing shows; else its output is left out. */
  isWhole: z.boolean(),
  item: listedRunSchema,
  summary: runSummarySchema,
});
export type RunRow = z.infer<typeof rowSchema>;

/** Counts the run's entries; its state must have been given them before. */
export function tallyOf(state: RunState): RunTally {
  return createRunTally(toolsOf(state));
}

/** The tool of each step, by id. */
export function toolsOf({ ledger }: RunState): (step: string) => string {
  return (step) => ledger.steps.get(step)?.compiled.step.tool ?? "";
}

/** Null while the run has not ended. */
export function rowOfRun(state: RunState, summary: RunSummary): RunRow | null {
  const { endedAt } = state.ledger;
  if (endedAt === null) return null;
  const item = projectListItem(state, { isOwned: false, nowMs: Date.parse(endedAt) });
  const isWhole = JSON.stringify(item.output).length <= KEPT_OUTPUT;
  return { v: ROW_VERSION, isWhole, item: isWhole ? item : { ...item, output: null }, summary };
}

/** The row as it was kept, or null where it is none of this version. Checks all of it: for the few rows that are shown. */
export function readRow(kept: JsonValue | undefined): RunRow | null {
  return hasRowVersion(kept) ? (rowSchema.safeParse(kept).data ?? null) : null;
}

/** The parts of a row without checking them: for going through thousands. */
export function glanceAtRow(kept: JsonValue | undefined): { item: RunListItem; summary: RunSummary } | null {
  return hasRowVersion(kept) ? (kept as unknown as RunRow) : null;
}

function hasRowVersion(kept: JsonValue | undefined): boolean {
  const isRow = typeof kept === "object" && kept !== null && !Array.isArray(kept);
  return isRow && kept["v"] === ROW_VERSION && kept["item"] !== undefined && kept["summary"] !== undefined;
}
