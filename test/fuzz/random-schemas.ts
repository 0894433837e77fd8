/** Random JSON Schemas of the subset that the checker understands, and random values that conform to them. */
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import type { Dice } from "./dice.ts";

export const KEYS = ["name", "count", "items", "odd key", "inner"] as const;
const TEXTS = ["", "a", "red", "green", "2026-01-01", "🙂"] as const;

export function randomSchema(dice: Dice, depth = 0): JsonSchema {
  const kinds =
    depth < 3 ? ["text", "number", "scalar", "object", "object", "list", "union"] : ["text", "number", "scalar"];
  switch (dice.pick(kinds)) {
    case "text":
      return dice.pick<() => JsonSchema>([
        () => ({ type: "string" }),
        () => ({ enum: ["red", "green", "blue"] }),
        () => ({ type: "string", minLength: 2, maxLength: 6 }),
        () => ({ const: "red" }),
      ])();
    case "number":
      return dice.pick<() => JsonSchema>([
        () => ({ type: "number" }),
        () => ({ type: "integer", minimum: 0, maximum: 3 }),
        () => ({ type: "integer", exclusiveMinimum: 5 }),
        () => ({ type: "number", minimum: 10, maximum: 20 }),
        () => ({ type: "integer", minimum: 3, maximum: 3 }),
        () => ({ type: "number", minimum: 3, maximum: 10 }),
      ])();
    case "scalar":
      return dice.pick<() => JsonSchema>([
        () => ({ type: "boolean" }),
        () => ({ type: "null" }),
        () => ({ type: ["string", "null"] }),
        () => ({}),
      ])();
    case "list":
      return {
        type: "array",
        items: randomSchema(dice, depth + 1),
        ...(dice.chance(0.4) ? { minItems: 1 } : {}),
        ...(dice.chance(0.3) ? { maxItems: 2 } : {}),
      };
    case "union":
      return { anyOf: [randomSchema(dice, depth + 1), randomSchema(dice, depth + 1)] };
    default:
      return randomObjectSchema(dice, depth);
  }
}

export function randomObjectSchema(dice: Dice, depth = 0): JsonSchema {
  const keys = KEYS.filter(() => dice.chance(0.5));
  const properties = Object.fromEntries(keys.map((key) => [key, randomSchema(dice, depth + 1) as JsonValue]));
  return {
    type: "object",
    properties,
    required: keys.filter(() => dice.chance(0.7)),
    ...(dice.chance(0.8) ? { additionalProperties: false } : {}),
  };
}

/** A value that conforms; knows nothing of src/plan. */
export function conformingValue(schema: JsonSchema, dice: Dice, depth = 0): JsonValue {
  if ("const" in schema) return schema.const as JsonValue;
  if (Array.isArray(schema.enum)) return dice.pick(schema.enum);
  if (Array.isArray(schema.anyOf)) return conformingValue(dice.pick(schema.anyOf) as JsonSchema, dice, depth);
  const type = Array.isArray(schema.type) ? dice.pick(schema.type) : schema.type;
  switch (type) {
    case "string":
      return textOf(schema, dice);
    case "integer":
    case "number":
      return numberOf(schema, dice);
    case "boolean":
      return dice.chance(0.5);
    case "null":
      return null;
    case "array":
      return listOf(schema, dice, depth);
    case "object":
      return objectOf(schema, dice, depth);
    default:
      return anyValue(dice, depth);
  }
}

function anyValue(dice: Dice, depth: number): JsonValue {
  const type = dice.pick(
    depth > 3 ? ["string", "number", "null"] : ["string", "number", "null", "boolean", "array", "object"],
  );
  return conformingValue({ type }, dice, depth + 1);
}

function textOf({ minLength, maxLength }: JsonSchema, dice: Dice): string {
  if (typeof minLength !== "number") return dice.pick(TEXTS);
  return "x".repeat(minLength + dice.number(Number(maxLength) - minLength + 1));
}

function numberOf(schema: JsonSchema, dice: Dice): number {
  const low = typeof schema.exclusiveMinimum === "number" ? schema.exclusiveMinimum + 1 : Number(schema.minimum ?? -2);
  const high = Number(schema.maximum ?? low + 5);
  const whole = low + dice.number(high - low + 1);
  return schema.type === "number" && whole < high && dice.chance(0.5) ? whole + 0.5 : whole;
}

function listOf(schema: JsonSchema, dice: Dice, depth: number): JsonValue[] {
  const low = Number(schema.minItems ?? 0);
  const high = Math.max(low, Number(schema.maxItems ?? 3));
  const items = (schema.items ?? {}) as JsonSchema;
  return Array.from({ length: low + dice.number(high - low + 1) }, () => conformingValue(items, dice, depth + 1));
}

function objectOf(schema: JsonSchema, dice: Dice, depth: number): JsonObject {
  const required = new Set((schema.required ?? []) as string[]);
  const fields: [string, JsonValue][] = [];
  for (const [key, part] of Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>)) {
    if (required.has(key) || dice.chance(0.5)) fields.push([key, conformingValue(part, dice, depth + 1)]);
  }
  const isOpen = schema.additionalProperties !== false && depth < 3;
  if (isOpen && dice.chance(0.3)) fields.push(["extra", anyValue(dice, depth + 1)]);
  return Object.fromEntries(fields);
}
