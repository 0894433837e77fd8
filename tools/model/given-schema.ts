/**
 * JSON Schemas that come as data, from a plan and so perhaps from a document. Owns: which of them are refused.
 * Must not: let an expression of somebody's own run over a text (SAFETY, security rule 7).
 */
import { examineJson } from "../../src/plan/json-limits.ts";
import { isJsonObject, type JsonSchema, type JsonValue } from "../../src/shared/json.ts";
import { givenSchemaProblem } from "../../src/tool/given-schema-check.ts";

const LIMITS = { maxBytes: 32_768, maxDepth: 32 };

export interface RefusedSchema {
  problem: string;
  hint: string;
}

/** Why the schema can't be used, or null. */
export function refuseSchema(schema: JsonSchema): RefusedSchema | null {
  const { finding } = examineJson(schema, LIMITS);
  if (finding !== null) return { problem: `it holds ${finding.what}`, hint: "Give a smaller, plainer schema." };
  const expression = findExpression(schema);
  if (expression !== null) {
    const hint = "Say in a description what the text must look like, or use enum or format.";
    return { problem: `'${expression}' is not allowed here`, hint };
  }
  const problem = givenSchemaProblem(schema);
  return problem === null ? null : { problem: `it is no JSON Schema: ${problem}`, hint: "Correct the schema." };
}

/** Keywords that hold data, or names, instead of schemas. */
const DATA: ReadonlySet<string> = new Set(["const", "enum", "default", "examples"]);
const NAMES: ReadonlySet<string> = new Set(["properties", "$defs", "definitions", "dependentSchemas"]);

function findExpression(schema: JsonValue): string | null {
  if (Array.isArray(schema)) return firstOf(schema);
  if (!isJsonObject(schema)) return null;
  if (typeof schema.pattern === "string") return "pattern";
  if (schema.patternProperties !== undefined) return "patternProperties";
  const parts = Object.entries(schema).flatMap(([keyword, value]) => {
    if (DATA.has(keyword)) return [];
    return NAMES.has(keyword) && isJsonObject(value) ? Object.values(value) : [value];
  });
  return firstOf(parts);
}

function firstOf(parts: readonly JsonValue[]): string | null {
  for (const part of parts) {
    const found = findExpression(part);
    if (found !== null) return found;
  }
  return null;
}
