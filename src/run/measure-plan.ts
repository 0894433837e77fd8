/**
 * What a run's first plan really took, to be held against its forecast. Owns: where that plan begins and ends: from its
 * acceptance to the next decision or the end of the run. Pure; read off the journal, so that no entry has to say it.
 */
import { z } from "zod";
import type { EntryOf, JournalEntry } from "../journal/entries.ts";
import { forecastSchema } from "./forecast.ts";

export const forecastCheckSchema = z.strictObject({
  /** As it would have been made when the plan was accepted, from the runs before. */
  forecast: forecastSchema,
  real: z.strictObject({
    steps: z.int(),
    modelCalls: z.int(),
    tokens: z.int(),
    costUsd: z.number().nullable(),
    durationMs: z.number(),
  }),
  /** Figures that lie outside the range. */
  missed: z.array(z.enum(["steps", "modelCalls", "tokens", "costUsd", "durationMs"])),
});
export type ForecastCheck = z.infer<typeof forecastCheckSchema>;

/** The first accepted plan and what followed from it; null where there is none, or it is not over. */
export function measurePlan(
  entries: readonly JournalEntry[],
): { accepted: EntryOf<"decision.accepted">; real: ForecastCheck["real"] } | null {
  const from = entries.findIndex((entry) => entry.kind === "decision.accepted");
  const accepted = entries[from];
  const to = entries.findIndex(
    (entry, place) => place > from && (entry.kind === "decision.requested" || entry.kind === "run.ended"),
  );
  const end = entries[to];
  if (accepted?.kind !== "decision.accepted" || end === undefined) return null;
  const during = entries.slice(from, to + 1);
  const started = new Set<string>();
  const real: ForecastCheck["real"] = { steps: 0, modelCalls: 0, tokens: 0, costUsd: 0, durationMs: 0 };
  for (const entry of during) {
    if (entry.kind === "step.started" && entry.data.items === undefined) started.add(`${entry.step} ${entry.index}`);
    if (entry.kind !== "step.completed" && entry.kind !== "step.failed") continue;
    const { usage, costUsd = 0 } = entry.data;
    real.modelCalls += usage?.modelCalls ?? 0;
    real.tokens += (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0);
    real.costUsd = real.costUsd === null || costUsd === null ? null : real.costUsd + costUsd;
  }
  real.steps = started.size;
  real.durationMs = Math.max(0, Date.parse(end.at) - Date.parse(accepted.at) - waitedMs(during));
  return { accepted, real };
}

/** From each wait to the next entry that ends it; retries wait, too, but that is work. */
function waitedMs(entries: readonly JournalEntry[]): number {
  let waited = 0;
  let since: number | null = null;
  for (const entry of entries) {
    const at = Date.parse(entry.at);
    if (since !== null && entry.kind === "run.resumed") {
      waited += at - since;
      since = null;
    }
    if (entry.kind === "run.waiting" && entry.data.reason !== "retry-at") since ??= at;
  }
  return waited;
}

/** Which figures lie outside. An unknown price is neither in nor out. */
export function missedFigures(
  forecast: ForecastCheck["forecast"],
  real: ForecastCheck["real"],
): ForecastCheck["missed"] {
  const names = ["steps", "modelCalls", "tokens", "costUsd", "durationMs"] as const;
  return names.filter((name) => {
    const value = real[name];
    return value !== null && (value < forecast[name].low || value > forecast[name].high);
  });
}
