/** The type of a list's elements, for tools whose output follows their input. */
import { NO_SCHEMA, schemaOfView, unionSchema } from "../src/plan/schema-compose.ts";
import { expandView, viewOf } from "../src/plan/schema-expand.ts";
import type { ArrayLeaf } from "../src/plan/schema-leaf.ts";
import type { JsonSchema } from "../src/shared/json.ts";

/** More constant elements than this are not listed. */
const MOST_CONSTANTS = 100;

/** What an element of the list may be; anything where the schema can't tell. */
export function elementSchema(list: JsonSchema | undefined): JsonSchema {
  const lists = listsOf(list);
  return lists.length === 0 ? {} : unionSchema(lists.map(elementOfLeaf));
}

/** True where the list has at least one element for certain. */
export function isNeverEmpty(list: JsonSchema | undefined): boolean {
  const lists = listsOf(list);
  if (lists.length === 0) return false;
  return lists.every(
    (leaf) => leaf.minItems > 0 || (leaf.values?.every((value) => Array.isArray(value) && value.length > 0) ?? false),
  );
}

function listsOf(list: JsonSchema | undefined): ArrayLeaf[] {
  return expandView(viewOf(list ?? {})).filter((leaf): leaf is ArrayLeaf => leaf.type === "array");
}

function elementOfLeaf(leaf: ArrayLeaf): JsonSchema {
  const constants = leaf.values?.flat() ?? [];
  if (leaf.values === null || constants.length > MOST_CONSTANTS) return schemaOfView(leaf.items);
  return constants.length === 0 ? NO_SCHEMA : { enum: constants };
}
