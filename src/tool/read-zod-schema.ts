/** Reads Zod 4 schemas (any build of Zod that has `_zod`). Owns: the options of the native conversion, and its cache. */
import { z } from "zod";
import type { JsonSchema } from "../shared/json.ts";
import type { Examined, ReadSchema, SchemaSide } from "./schema-reading.ts";
import { zodFindings } from "./zod-findings.ts";

/** A Zod 4 schema, told by its shape, so that another copy of Zod works too. */
export interface Zod4Schema {
  readonly _zod: { readonly input: unknown; readonly output: unknown };
}

/** Conversion takes 0.3 to 0.5 ms, and tools share schemas. */
const converted = new WeakMap<Zod4Schema, Partial<Record<SchemaSide, JsonSchema>>>();

export function readZodSchema(schema: Zod4Schema, side: SchemaSide): ReadSchema {
  return {
    get json() {
      return jsonOf(schema, side);
    },
    examine: (value) => examine(schema as z.core.$ZodType, value),
  };
}

function jsonOf(schema: Zod4Schema, side: SchemaSide): JsonSchema {
  const known = converted.get(schema) ?? {};
  const json = known[side] ?? convert(schema as z.core.$ZodType, side);
  known[side] = json;
  converted.set(schema, known);
  return json;
}

function convert(schema: z.core.$ZodType, side: SchemaSide): JsonSchema {
  let json: JsonSchema;
  try {
    json = JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: side, override: dropTruisms }))) as JsonSchema;
  } catch (thrown) {
    throw new TypeError(
      `cannot be written as JSON Schema: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      {
        cause: thrown,
      },
    );
  }
  delete json.$schema;
  // Zod drops names that an object doesn't declare. For inputs that would hide a planner's mistake, so the root is closed.
  if (side === "input" && json.type === "object" && json.properties !== undefined) json.additionalProperties ??= false;
  return json;
}

/** `z.int()` states the bounds of exact integers, `z.record` that names are strings: no news, but tokens to a model. */
function dropTruisms({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (isPlainString(jsonSchema.propertyNames)) delete jsonSchema.propertyNames;
}

function isPlainString(schema: unknown): boolean {
  return JSON.stringify(schema) === '{"type":"string"}';
}

function examine(schema: z.core.$ZodType, value: unknown): Examined {
  const result = z.safeParse(schema, value);
  if (result.success) return { ok: true, value: result.data };
  return { ok: false, findings: zodFindings(result.error.issues, value) };
}
