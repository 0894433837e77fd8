/** What a fork's first entry says of where it comes from. Owns: the shape. */
import { z } from "zod";
import { issueSchema } from "../error/issue.ts";
import { DECISION_CAUSES } from "../planner/planning-request.ts";
import { EFFECTS } from "../tool/tool.ts";
import { storedValueSchema } from "./stored-value.ts";

/** A call of the source run that a fork may make again. */
export const mayRepeatSchema = z.object({
  step: z.string(),
  index: z.int().nullable(),
  tool: z.string(),
  effect: z.enum(EFFECTS).nullable(),
  /** How it ended in the source run; `running`: it was under way when the fork was made. */
  outcome: z.enum(["completed", "failed", "unknown", "running"]),
});
export type MayRepeat = z.infer<typeof mayRepeatSchema>;

/** Where a fork comes from, and all that it takes from there: its journal needs no other run's. */
export const forkSchema = z.object({
  run: z.string(),
  /** The decision that is asked again. */
  decision: z.int().min(1),
  /** Hash of the source's entry before that decision. */
  head: z.string(),
  /** Why the source asked, and what was wrong with its output. */
  cause: z.enum(DECISION_CAUSES),
  issues: z.array(issueSchema),
  /** The source's goal, where the fork has another one. */
  goal: z.string().nullable(),
  /** The plan that a person gives instead of asking. */
  plan: storedValueSchema.nullable(),
  /** The source's settled entries before that decision, as lists to be joined (`src/journal/fork-prefix.ts`). */
  prefix: z.array(storedValueSchema),
  mayRepeat: z.array(mayRepeatSchema),
  /** The fork undoes what it did itself, never what it inherits; absent where an earlier version made the fork. */
  undoesOwn: z.literal(true).optional(),
});
export type ForkData = z.infer<typeof forkSchema>;
