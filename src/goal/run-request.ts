/** What someone asks of a run. Owns: the request's shape, the budget and its defaults. */
import { z } from "zod";
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

export type Params = JsonObject;
