/** Where a value came from and whether it may be trusted (KERNEL 17). Owns: the label and its join. */
import { z } from "zod";

export const labelSchema = z.object({
  integrity: z.enum(["trusted", "untrusted"]),
  /** Sorted, without repeats: `goal`, `params`, `documents[0]`, `planner`, `tool:<name>`. */
  origins: z.array(z.string()),
});
export type Label = z.infer<typeof labelSchema>;

/** The label of constants in trusted plans: trusted, from nowhere else. */
export const TRUSTED: Label = Object.freeze({ integrity: "trusted", origins: [] as string[] });

export function trusted(...origins: string[]): Label {
  return { integrity: "trusted", origins: origins.sort() };
}

export function untrusted(...origins: string[]): Label {
  return { integrity: "untrusted", origins: origins.sort() };
}

/** Untrusted if either is; all origins of both. Associative, commutative, idempotent; `TRUSTED` is neutral. */
export function joinLabels(left: Label, right: Label): Label {
  if (left === right || right === TRUSTED) return left;
  if (left === TRUSTED) return right;
  const integrity = left.integrity === "untrusted" ? "untrusted" : right.integrity;
  const origins = new Set(left.origins);
  for (const origin of right.origins) origins.add(origin);
  if (integrity === left.integrity && origins.size === left.origins.length) return left;
  return { integrity, origins: [...origins].sort() };
}
