/**
 * Reads Zod 3 schemas through zod-to-json-schema, which is loaded at the first one.
 * Owns: its options, and refusing what it would convert into something untrue.
 */
import { createRequire } from "node:module";
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import { isJsonObject } from "../shared/json.ts";
import type { ReadSchema, SchemaSide } from "./schema-reading.ts";
import { type ZodIssueLike, zodFindings } from "./zod-findings.ts";

/** A Zod 3 schema, told by its shape, so that any copy of Zod 3 works. */
export interface Zod3Schema {
  readonly _input: unknown;
  readonly _output: unknown;
  readonly _def: unknown;
  safeParse(value: unknown): Zod3Result;
}
type Zod3Result =
  | { success: true; data?: unknown; error?: undefined }
  | { success: false; error: { issues: ZodIssueLike[] }; data?: undefined };

/** The parts of `_def` that are read here. */
interface Zod3Definition {
  typeName?: string;
  coerce?: boolean;
  unknownKeys?: string;
  effect?: { type: string };
  schema?: Zod3Schema;
}

type Converter = typeof import("zod-to-json-schema");
type Options = Exclude<NonNullable<Parameters<Converter["zodToJsonSchema"]>[1]>, string>;

let converter: Converter | null = null;

/** Kinds whose values JSON cannot hold: the package would convert them, and then no JSON would ever pass the check. */
const NOT_JSON: ReadonlySet<string> = new Set([
  "ZodDate",
  "ZodBigInt",
  "ZodMap",
  "ZodSet",
  "ZodSymbol",
  "ZodFunction",
  "ZodPromise",
  "ZodUndefined",
  "ZodVoid",
  "ZodNaN",
]);

export function readZod3Schema(schema: Zod3Schema, side: SchemaSide): ReadSchema {
  return {
    json: convert(schema, side),
    examine(value) {
      const result = schema.safeParse(value);
      if (result.success) return { ok: true, value: result.data };
      return { ok: false, findings: zodFindings(result.error.issues, value) };
    },
  };
}

function convert(schema: Zod3Schema, side: SchemaSide): JsonSchema {
  const loaded = converter ?? (createRequire(import.meta.url)("zod-to-json-schema") as Converter);
  converter = loaded;
  const options: Options = {
    target: "jsonSchema7",
    pipeStrategy: side,
    effectStrategy: "input",
    removeAdditionalStrategy: side === "input" ? "strict" : "passthrough",
    override: (def) => {
      refuseWhatJsonCannotSay(def, side);
      return loaded.ignoreOverride;
    },
  };
  const run = ($refStrategy: "root" | "none"): JsonSchema => {
    const typed = schema as Parameters<Converter["zodToJsonSchema"]>[0];
    return JSON.parse(JSON.stringify(loaded.zodToJsonSchema(typed, { ...options, $refStrategy }))) as JsonSchema;
  };
  const withReferences = run("root");
  const json = isRecursive(withReferences, "#") ? withReferences : run("none");
  delete json.$schema;
  if (side === "input" && dropsUnknownNames(schema)) json.additionalProperties = false;
  if (Object.keys(json).length === 0 && !acceptsAnything(schema)) {
    throw new TypeError("was converted into an empty JSON Schema; give the schema as JSON Schema or as Zod 4");
  }
  return json;
}

function refuseWhatJsonCannotSay(def: object, side: SchemaSide): void {
  const { typeName, coerce, effect } = def as Zod3Definition;
  if (typeName !== undefined && NOT_JSON.has(typeName) && !(coerce === true && side === "input")) {
    throw new TypeError(`holds ${typeName}, which JSON cannot express; use a string or a number instead`);
  }
  if (side === "output" && effect?.type === "transform") {
    throw new TypeError("ends in a transform, whose result has no schema; add .pipe(…) with the resulting schema");
  }
}

/** True for an object that drops names it doesn't declare: its root is closed, as with Zod 4. */
function dropsUnknownNames(schema: Zod3Schema): boolean {
  let def = schema._def as Zod3Definition;
  while (def.typeName === "ZodEffects" && def.schema !== undefined) def = def.schema._def as Zod3Definition;
  return def.typeName === "ZodObject" && def.unknownKeys === "strip";
}

function acceptsAnything(schema: Zod3Schema): boolean {
  return ["ZodAny", "ZodUnknown"].includes(String((schema._def as Zod3Definition).typeName));
}

/** True where a `$ref` names a place that it lies in. Anything else can be written out in full. */
function isRecursive(json: JsonValue, place: string): boolean {
  if (Array.isArray(json)) return json.some((item, index) => isRecursive(item, `${place}/${index}`));
  if (!isJsonObject(json)) return false;
  const { $ref } = json;
  if (typeof $ref === "string" && ($ref === "#" || place === $ref || place.startsWith(`${$ref}/`))) return true;
  return Object.entries(json).some(([key, value]) => isRecursive(value, `${place}/${key}`));
}
