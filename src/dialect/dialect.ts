/**
 * Dialects: the shapes in which a model is asked to write a decision (DESIGN, "Dialects"). Owns: their names and what
 * a chosen dialect brings along. Each decodes into the one plan language.
 */
import type { Issue } from "../error/issue.ts";
import type { AnswerFormat } from "../model/model.ts";
import type { JsonValue } from "../shared/json.ts";

/** From the one that holds a model tightest to the one that any server can do. */
export const DIALECTS = ["variants", "entries", "tool", "text"] as const;
export type DialectName = (typeof DIALECTS)[number];

/** A dialect that is specialised to a set of tools. */
export interface Dialect {
  readonly name: DialectName;
  /** What the request to the model says about the answer's format. */
  readonly format: AnswerFormat;
  /** Hash of the schema (of nothing, for text): under which a provider's rejection is remembered. */
  readonly schemaHash: string;
  /** Why this one, in half a sentence; for logs and tables. */
  readonly why: string;
  /** Turns an answer's text into a decision of the plan language. */
  decode(text: string): Decoded;
  /** Reads a decision while it is being written. */
  createStepReader(): StepReader;
}

/** `issues` are DIALECT_DECODE or PLAN_NOT_JSON; `decision` is whatever could be made out, not yet parsed or checked. */
export interface Decoded {
  decision: JsonValue | null;
  issues: Issue[];
}

/** Gets the pieces of an answer in order; gives each step, decoded, once it is complete. Never throws. */
export interface StepReader {
  push(piece: string): JsonValue[];
}
