/** When two steps are the same definition (KERNEL 7). Owns: what counts, and its hash. */
import { sha256Short } from "../shared/hash.ts";
import { canonicalJson } from "../shared/json.ts";
import type { OnFailure, Step } from "./decision.ts";

/**
 * Hash of a step's definition: the order of keys, the order and repeats of `after`, and whether `onFailure` is
 * spelled out don't matter; everything else does. `defaultOnFailure` is the planner's (`fail` for fixed ones).
 */
export function canonicalStep(step: Step, defaultOnFailure: OnFailure = "replan"): string {
  const after = [...new Set(step.after ?? [])].sort();
  return sha256Short(canonicalJson({ ...step, after, onFailure: step.onFailure ?? defaultOnFailure }));
}

/** Id → hash of all steps, in the plan's order. */
export function canonicalSteps(
  steps: readonly Step[],
  defaultOnFailure: OnFailure = "replan",
): ReadonlyMap<string, string> {
  const known = HASHED.get(steps);
  if (known?.defaultOnFailure === defaultOnFailure) return known.hashes;
  const hashes = new Map(steps.map((step) => [step.id, canonicalStep(step, defaultOnFailure)]));
  HASHED.set(steps, { defaultOnFailure, hashes });
  return hashes;
}

/** A plan's steps never change, and the same list is asked about when it is judged, recorded and applied. */
const HASHED = new WeakMap<readonly Step[], { defaultOnFailure: OnFailure; hashes: ReadonlyMap<string, string> }>();
