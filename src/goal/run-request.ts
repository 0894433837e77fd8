/** What someone asks of a run. Owns: the request's shape, the budget and its defaults. */
import { z } from "zod";
import { isoTime } from "../shared/clock.ts";
import type { JsonObject } from "../shared/json.ts";

/** Limits of one run. Defaults and hard caps: SAFETY.md, "Default limits". */
export const budgetSchema = z.object({
  /** Executed steps; every forEach element counts as one. */
  maxSteps: z.int().min(0).max(20_000),
  maxReplans: z.int().min(0).max(1_000),
  maxTokens: z.int().min(0),
  maxCostUsd: z.number().min(0),
  /** Wall time while something runs; waiting and downtime do not count. */
  maxSeconds: z.number().min(0),
});
export type Budget = z.infer<typeof budgetSchema>;

export const DEFAULT_BUDGET: Budget = {
  maxSteps: 100,
  maxReplans: 8,
  maxTokens: 500_000,
  maxCostUsd: 1,
  maxSeconds: 1_800,
};

/** A grant given with the request: this irreversible tool may run with this exact input (without: any). */
export const grantSchema = z.object({ tool: z.string(), input: z.record(z.string(), z.json()).optional() });
export type Grant = z.infer<typeof grantSchema>;

/** `now` of a run: taken once, journalled, the same in every replay. */
export const nowSchema = z.object({
  iso: z.string(),
  date: z.string(),
  time: z.string(),
  weekday: z.string(),
  timeZone: z.string(),
});

const WEEKDAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/** `now` of a run that starts at a time in milliseconds since 1970; in UTC. */
export function nowOf(ms: number): z.infer<typeof nowSchema> {
  const iso = isoTime(ms);
  const weekday = WEEKDAYS[new Date(ms).getUTCDay()] ?? "";
  return { iso, date: iso.slice(0, 10), time: iso.slice(11, 19), weekday, timeZone: "UTC" };
}

export type Params = JsonObject;
