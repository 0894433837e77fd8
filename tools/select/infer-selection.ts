/** The type of what `select` gives, from the types of its inputs. Owns: how each part of a selection changes it. */
import type { Segment } from "../../src/plan/compiled.ts";
import { listSchema, nullableSchema, objectSchema } from "../../src/plan/schema-compose.ts";
import { schemaAtPath } from "../../src/plan/schema-path.ts";
import type { JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { constantOf } from "../constant-of.ts";
import { elementSchema } from "../element-schema.ts";
import { readSelection, type SelectInput, type Selection } from "./read-selection.ts";

const COUNT: JsonSchema = { type: "integer", minimum: 0 };

/** Groups and picks are followed where the plan states them as constants; else their properties stay open. */
export function inferSelection(inputs: Record<string, JsonSchema>): JsonSchema {
  let element = elementSchema(inputs.items);
  if (inputs.groupBy !== undefined) element = groupSchema(element, constantOf(inputs.groupBy));
  if (inputs.pick !== undefined) element = pickSchema(element, constantOf(inputs.pick));
  return objectSchema([
    ["items", listSchema(element)],
    ["first", nullableSchema(element)],
    ["count", COUNT],
  ]);
}

function groupSchema(element: JsonSchema, groupBy: JsonValue | undefined): JsonSchema {
  const segments = selectionOf({ groupBy })?.groupBy ?? null;
  return objectSchema([
    ["key", segments === null ? {} : fieldSchema(element, segments)],
    ["items", listSchema(element)],
    ["count", { type: "integer", minimum: 1 }],
  ]);
}

function pickSchema(element: JsonSchema, pick: JsonValue | undefined): JsonSchema {
  const fields = selectionOf({ pick })?.pick ?? null;
  if (fields === null) return { type: "object" };
  return objectSchema(fields.map(([name, segments]) => [name, fieldSchema(element, segments)]));
}

/** A constant that the input schema refuses gives an error elsewhere; here it only says nothing. */
function selectionOf(input: { groupBy?: JsonValue | undefined; pick?: JsonValue | undefined }): Selection | null {
  const { groupBy, pick } = input;
  const isGroup =
    typeof groupBy === "object" && groupBy !== null && "field" in groupBy && typeof groupBy.field === "string";
  const isPick =
    typeof pick === "object" && pick !== null && Object.values(pick).every((field) => typeof field === "string");
  if (!isGroup && !isPick) return null;
  const { selection, problems } = readSelection(input as SelectInput);
  return problems.length > 0 ? null : selection;
}

function fieldSchema(element: JsonSchema, segments: Segment[]): JsonSchema {
  const found = schemaAtPath(element, segments);
  if (found.kind === "missing") return { type: "null" };
  return found.mayBeAbsent ? nullableSchema(found.schema) : found.schema;
}
