/** What reading a schema of any kind gives. Owns: the shapes that the three readers share. */
import type { JsonSchema } from "../shared/json.ts";
import type { SchemaFinding } from "./schema-finding.ts";

/** Which side of a schema is meant: what goes in (before defaults), or what comes out (after them). */
export type SchemaSide = "input" | "output";

/** The value after defaults and transforms, or what is wrong with it. */
export type Examined = { ok: true; value: unknown } | { ok: false; findings: SchemaFinding[] };

/** A schema as JSON Schema, and the check that goes with it. */
export interface ReadSchema {
  /** Of a Zod 4 schema made when it is first read; throws like `readToolSchema`. */
  readonly json: JsonSchema;
  /** May throw what the author's own functions throw. */
  examine(value: unknown): Examined;
}
