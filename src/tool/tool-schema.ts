/**
 * One door for the three kinds of schema that a tool author may hand in: Zod 4, Zod 3 and plain JSON Schema.
 * Owns: telling them apart and their inferred types. Must not: know tools; it speaks of findings, never of issues.
 */
import { type JsonSchemaLiteral, readJsonSchema } from "./read-json-schema.ts";
import { readZodSchema, type Zod4Schema } from "./read-zod-schema.ts";
import { readZod3Schema, type Zod3Schema } from "./read-zod3-schema.ts";
import type { ReadSchema, SchemaSide } from "./schema-reading.ts";

/** What `inputSchema` and `outputSchema` may be. */
export type ToolSchema = Zod4Schema | Zod3Schema | JsonSchemaLiteral;

/** The type before a schema's defaults and transforms; `unknown` for JSON Schema. */
export type SchemaInput<S> = S extends { _zod: { input: infer T } } ? T : S extends { _input: infer T } ? T : unknown;

/** The type after a schema's defaults and transforms; `unknown` for JSON Schema. */
export type SchemaOutput<S> = S extends { _zod: { output: infer T } }
  ? T
  : S extends { _output: infer T }
    ? T
    : unknown;

/**
 * Reads any of the three kinds.
 * Throws an Error whose message completes the sentence "the schema …"; `defineTool` makes it CONFIG_INVALID.
 */
export function readToolSchema(schema: unknown, side: SchemaSide): ReadSchema {
  if (typeof schema !== "object" || schema === null || Array.isArray(schema)) {
    throw new TypeError("must be a Zod schema or a JSON Schema object");
  }
  if ("_zod" in schema) return readZodSchema(schema as Zod4Schema, side);
  if ("_def" in schema) return readZod3Schema(schema as Zod3Schema, side);
  return readJsonSchema(schema as JsonSchemaLiteral);
}
