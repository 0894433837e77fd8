/** Where a value's references get their data. Owns: the port between the resolver and whoever holds outputs. */
import type { Label } from "../policy/label.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Segment } from "./compiled.ts";
import type { ABSENT } from "./path.ts";

/** A value with its label (KERNEL 17). */
export interface Labelled {
  value: JsonValue;
  label: Label;
}

/** The same where there may be nothing: the label of an absent value is that of whatever decided so. */
export interface Found {
  value: JsonValue | typeof ABSENT;
  label: Label;
}

export interface Scope {
  /**
   * What a root stands for: an object for `document`, `params`, `status` …, an output for a step id; ABSENT where
   * there is none. `segments` (what is read from it) may be used to narrow value and label, never to read: for
   * `status.a`, `{a: "completed"}` with the label of `a` alone will do.
   */
  read(root: string, segments: readonly Segment[]): Found;
  /** Place of the forEach element at hand, else null: what `[index]` stands for. */
  readonly index: number | null;
  /** Label of the plan's own literals: trusted, or untrusted with origin `planner`. */
  readonly literalLabel: Label;
}
