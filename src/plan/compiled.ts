/**
 * A plan's paths, values and conditions after parsing, ready to be checked and evaluated.
 * Owns: the syntax trees. Every tree knows its place in the decision (`pointer`), so that issues can name it.
 */
import type { JsonValue } from "../shared/json.ts";
import type { Combinator, Operator, Quantifier } from "./decision.ts";

export type Segment =
  /** `.key` or `["key"]` */
  | { kind: "key"; key: string }
  /** `[n]` */
  | { kind: "at"; index: number }
  /** `[index]`: the same place as this forEach element's */
  | { kind: "here" }
  /** `[*]`: maps, flattens one level, drops null and missing; on an object its values */
  | { kind: "each" };

export interface Path {
  /** As written. */
  text: string;
  /** A root name, a step id or a group id. */
  root: string;
  segments: Segment[];
}

export type CompiledValue =
  | { kind: "constant"; value: JsonValue; pointer: string }
  | { kind: "ref"; path: Path; fallback: CompiledValue | null; pointer: string }
  | { kind: "template"; parts: (string | Path)[]; pointer: string }
  | { kind: "list"; items: CompiledValue[]; pointer: string }
  | { kind: "object"; fields: [key: string, value: CompiledValue][]; pointer: string };

/** What a condition looks at: a reference, or a field of the element at hand (`""` is the element itself). */
export type Subject = { kind: "ref"; path: Path } | { kind: "field"; path: string; segments: Segment[] };

export type CompiledCondition =
  | { kind: "compare"; subject: Subject; operator: Operator; operand: CompiledValue; pointer: string }
  | { kind: "quantify"; subject: Subject; quantifier: Quantifier; condition: CompiledCondition; pointer: string }
  | { kind: "combine"; combinator: Combinator; conditions: CompiledCondition[]; pointer: string };

/** One reference anywhere in a step or output, for the checker and the graph. */
export interface Reference {
  path: Path;
  pointer: string;
  /** `when` and fallbacks never make a step skip. */
  use: "input" | "items" | "when" | "fallback" | "output";
  /** A fallback stands in when the source is absent. */
  hasFallback: boolean;
}
