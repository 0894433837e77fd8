/**
 * What the schemas of all dialects share: the shell of a decision, and entries (name and value as text). Owns: their
 * fields and their order. No union at the root, nothing optional, no recursion: both providers enforce it.
 */
import { DECISION_KINDS } from "../plan/known-fields.ts";
import type { JsonSchema } from "../shared/json.ts";
import { isSafeName } from "./safe-names.ts";
import { strictObject } from "./strict-type.ts";
import { listedObject } from "./toolbox.ts";

/** How the value of an entry is to be read. */
export const ENTRY_READINGS = ["json", "ref", "template", "text"] as const;
export type EntryReading = (typeof ENTRY_READINGS)[number];

/** Fields of a step that are written as entries of `more`. */
export const MORE_FIELDS = ["after", "when", "forEach", "onFailure"] as const;

/** Name of the entry that is the whole output, for one that is no object. */
export const WHOLE_OUTPUT = "*";

/** More names than this are not listed in the schema. */
const MOST_OUTPUT_NAMES = 100;

const STRING: JsonSchema = { type: "string" };
const oneOf = (values: readonly string[]): JsonSchema => ({ type: "string", enum: [...values] });
export const definition = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

export interface ShellParts {
  /** Schema of one step. */
  step: JsonSchema;
  /** What the run's output must satisfy, or null. */
  outputSchema: JsonSchema | null;
  definitions: Record<string, JsonSchema>;
}

export function shellSchema({ step, outputSchema, definitions }: ShellParts): JsonSchema {
  const names = outputNames(outputSchema);
  const results = names === null ? {} : { result: entrySchema(oneOf(names)) };
  const shell = strictObject([
    ["kind", oneOf(DECISION_KINDS)],
    ["rationale", STRING],
    ["steps", { type: "array", items: step }],
    ["then", oneOf(["finish", "replan"])],
    ["output", { type: "array", items: definition(names === null ? "entry" : "result") }],
    ["message", STRING],
  ]);
  const isEntryUsed = names === null || usesEntries(step);
  const entries = isEntryUsed ? { entry: entrySchema(STRING) } : {};
  return { ...shell, $defs: { ...entries, ...results, more: moreSchema(), ...definitions } };
}

/** A step of one of these tools, whose input has this schema. */
export function stepSchema(tools: readonly string[], input: JsonSchema): JsonSchema {
  return strictObject([
    ["tool", tools.length === 0 ? STRING : oneOf(tools)],
    ["id", STRING],
    ["input", input],
    ["more", { type: "array", items: definition("more") }],
  ]);
}

function usesEntries(step: JsonSchema): boolean {
  return JSON.stringify(step).includes('"#/$defs/entry"');
}

function entrySchema(name: JsonSchema): JsonSchema {
  return strictObject([
    ["name", name],
    ["as", oneOf(ENTRY_READINGS)],
    ["value", STRING],
  ]);
}

function moreSchema(): JsonSchema {
  return strictObject([
    ["name", oneOf(MORE_FIELDS)],
    ["value", STRING],
  ]);
}

/** Of a closed object with few names, and the whole. */
function outputNames(schema: JsonSchema | null): string[] | null {
  if (schema === null || schema.additionalProperties !== false) return null;
  const names = [...(listedObject(schema)?.properties.keys() ?? [])];
  if (names.length === 0 || names.length > MOST_OUTPUT_NAMES || !names.every(isSafeName)) return null;
  return [...names, WHOLE_OUTPUT];
}
