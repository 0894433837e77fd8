/** Single rules of providers (provider-rules.ts) on one place of a schema. Owns: their words. */
import { jsonPointer } from "../error/issue.ts";
import { isJsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";
import type { ProviderRules, Violation } from "./provider-rules.ts";
import { isSafeName } from "./safe-names.ts";
import { referenceTarget, type SchemaPlace } from "./schema-places.ts";

/** From this many values on an enum's characters are limited (OpenAI). */
const LARGE_ENUM = 250;

export function keywordViolations(
  { path, schema }: SchemaPlace,
  { keywords, minItems, formats }: ProviderRules,
): Violation[] {
  const violations: Violation[] = Object.keys(schema)
    .filter((keyword) => !keywords.has(keyword))
    .map((keyword) => ({
      path: path + jsonPointer([keyword]),
      rule: "keyword",
      message: `'${keyword}' is not supported.`,
    }));
  const { minItems: least, format } = schema;
  if (typeof least === "number" && minItems?.includes(least) === false) {
    violations.push({ path: `${path}/minItems`, rule: "minItems", message: `minItems may not be ${least}.` });
  }
  if (typeof format === "string" && !formats.has(format)) {
    violations.push({ path: `${path}/format`, rule: "format", message: `The format '${format}' is not supported.` });
  }
  return violations;
}

export function objectViolations({ path, schema }: SchemaPlace, { requiresAll }: ProviderRules): Violation[] {
  if (schema.type !== "object" && !isJsonObject(schema.properties)) return [];
  const violations: Violation[] = [];
  if (schema.additionalProperties !== false) {
    violations.push({ path, rule: "closed", message: "An object must say additionalProperties: false." });
  }
  const names = Object.keys(isJsonObject(schema.properties) ? schema.properties : {});
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  for (const name of names) {
    const at = path + jsonPointer(["properties", name]);
    if (!isSafeName(name)) violations.push({ path: at, rule: "name", message: "The name is not a safe one." });
    if (requiresAll && !required.has(name)) {
      violations.push({ path: at, rule: "required", message: `'${name}' is not required.` });
    }
  }
  return violations;
}

/** Values of enums: scalars only (Anthropic: "no complex types"; nothing else makes sense anywhere). */
export function valueViolations({ path, schema }: SchemaPlace, { largeEnumCharacters }: ProviderRules): Violation[] {
  const values = schema.enum;
  if (values === undefined) return [];
  if (!Array.isArray(values) || values.length === 0) {
    return [{ path: `${path}/enum`, rule: "enum", message: "An enum needs values." }];
  }
  const violations: Violation[] = [];
  if (values.some((value) => typeof value === "object" && value !== null)) {
    violations.push({ path: `${path}/enum`, rule: "enum", message: "An enum holds a list or an object." });
  }
  if (largeEnumCharacters !== null && values.length > LARGE_ENUM && charactersOf(values) > largeEnumCharacters) {
    const message = `More than ${LARGE_ENUM} values with ${charactersOf(values)} characters; at most ${largeEnumCharacters} are allowed.`;
    violations.push({ path: `${path}/enum`, rule: "large-enum", message });
  }
  return violations;
}

function charactersOf(values: readonly JsonValue[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === "string" ? value.length : 0), 0);
}

export function referenceViolations(
  { path, schema }: SchemaPlace,
  root: JsonSchema,
  rules: ProviderRules,
): Violation[] {
  const reference = schema.$ref;
  if (reference === undefined) return [];
  if (typeof reference !== "string" || referenceTarget(reference, root) === undefined) {
    return [{ path: `${path}/$ref`, rule: "reference", message: "It names no definition of this schema." }];
  }
  if (!rules.requiresLoneReferences || Object.keys(schema).length === 1) return [];
  return [{ path, rule: "reference", message: "A $ref takes no other keyword beside it." }];
}
