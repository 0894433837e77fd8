/**
 * Writes a decision of the plan language as a model would write it in a dialect: the other direction of the decoders.
 * Owns: choosing, for each input, the tightest way to write it that the emitted schema admits.
 */
import { Ajv, type ValidateFunction } from "ajv";
import type { Dialect, DialectName } from "../../src/dialect/dialect.ts";
import { createToolbox, type InputProperty, type Toolbox } from "../../src/dialect/toolbox.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../../src/shared/json.ts";

const ajv = new Ajv({ strict: false });
const validators = new WeakMap<object, ValidateFunction>();

/** Everything about a dialect that writing in it takes. */
export interface Encoding {
  dialect: Dialect;
  toolbox: Toolbox;
}

export function encodingOf(dialect: Dialect, tools: readonly ToolDescription[]): Encoding {
  return { dialect, toolbox: createToolbox(tools) };
}

/** The schema that a dialect has the model fill; null for text. */
export function schemaOf({ format }: Dialect): JsonSchema | null {
  return format.kind === "text" ? null : format.schema;
}

/** Does the dialect's schema admit this? */
export function admits(dialect: Dialect, value: unknown): boolean {
  const schema = schemaOf(dialect);
  return schema === null || validatorOf(schema)(value) === true;
}

function validatorOf(schema: JsonSchema): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const made = ajv.compile(schema);
  validators.set(schema, made);
  return made;
}

export function encodeDecision(decision: JsonObject, encoding: Encoding): JsonObject {
  if (encoding.dialect.name === "text") return decision;
  const { kind, rationale, steps, then, output, question, reason } = decision;
  return {
    kind: kind ?? null,
    rationale: rationale ?? "",
    steps: Array.isArray(steps) ? steps.map((step) => encodeStep(step as JsonObject, encoding)) : [],
    then: then ?? "finish",
    output: output === undefined ? [] : encodeOutput(output),
    message: question ?? reason ?? "",
  };
}

export function encodeStep(step: JsonObject, encoding: Encoding): JsonObject {
  const { tool, id, input, ...rest } = step;
  const spelled = encoding.toolbox.find(String(tool));
  const isTyped = encoding.dialect.name === "variants";
  return {
    tool: spelled?.shown ?? tool ?? null,
    id: id ?? null,
    input: isTyped ? encodeTyped(input as JsonObject, encoding, String(tool)) : entriesOf(input as JsonObject),
    more: Object.entries(rest).map(([name, value]) => ({ name, value: JSON.stringify(value) })),
  };
}

function encodeOutput(output: JsonValue): JsonValue {
  const isForm = isJsonObject(output) && Object.keys(output).some((key) => FORM_KEYS.has(key));
  const isParts = isJsonObject(output) && !isForm && Object.keys(output).length > 0 && !Object.hasOwn(output, "*");
  return entriesOf(isParts ? output : { "*": output });
}

const FORM_KEYS = new Set(["ref", "template", "literal", "default"]);

function entriesOf(fields: JsonObject): JsonValue[] {
  return Object.entries(fields).map(([name, value]) => ({ name, ...encodeEntry(value) }));
}

function encodeEntry(value: JsonValue): { as: string; value: string } {
  if (typeof value === "string") return { as: "text", value };
  if (isJsonObject(value) && Object.keys(value).length === 1) {
    if (typeof value.ref === "string") return { as: "ref", value: value.ref };
    if (typeof value.template === "string") return { as: "template", value: value.template };
  }
  return { as: "json", value: JSON.stringify(value) };
}

function encodeTyped(input: JsonObject, encoding: Encoding, tool: string): JsonValue {
  const spelled = encoding.toolbox.find(tool);
  if (spelled?.isListed === false) return { json: JSON.stringify(input) };
  const given = (spelled?.properties ?? []).flatMap((property): [string, JsonValue][] => {
    if (Object.hasOwn(input, property.key)) {
      return [[property.shown, encodeProperty(input[property.key]!, property, { encoding, tool: spelled!.shown })]];
    }
    return property.isRequired ? [] : [[property.shown, null]];
  });
  return Object.fromEntries(given);
}

/** The first of the ways that the schema admits: as it is (with null for what is left out inside), or as JSON. */
function encodeProperty(
  value: JsonValue,
  property: InputProperty,
  { encoding, tool }: { encoding: Encoding; tool: string },
): JsonValue {
  const root = schemaOf(encoding.dialect)!;
  const schema = propertySchema(root, tool, property.shown);
  const asJson = { json: JSON.stringify(value) };
  if (value === null) return property.isRequired && fits(root, schema, null) ? null : asJson;
  if (holdsForms(value)) {
    const isWhole = isJsonObject(value) && Object.keys(value).length === 1 && !Object.hasOwn(value, "literal");
    return isWhole && fits(root, schema, value) ? value : asJson;
  }
  const filled = fillNulls(value, root, schema);
  return fits(root, schema, filled) ? filled : asJson;
}

function holdsForms(value: JsonValue): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (!Array.isArray(value) && Object.keys(value).some((key) => FORM_KEYS.has(key) || key === "json")) return true;
  return Object.values(value).some(holdsForms);
}

export function variantOf(root: JsonSchema, tool: string): JsonSchema {
  const { items } = (root as { properties: { steps: { items: JsonSchema } } }).properties.steps;
  const variants = (items.anyOf ?? [items]) as { properties: { tool: { enum: string[] } } }[];
  return variants.find((one) => one.properties.tool.enum.includes(tool)) as unknown as JsonSchema;
}

function propertySchema(root: JsonSchema, tool: string, name: string): JsonSchema {
  const variant = variantOf(root, tool) as { properties: { input: { properties: Record<string, JsonSchema> } } };
  return variant.properties.input.properties[name]!;
}

/** Root → text of a part → its validator: parts that are alike are compiled once. */
const parts = new WeakMap<object, Map<string, ValidateFunction>>();

function fits(root: JsonSchema, schema: JsonSchema, value: JsonValue): boolean {
  const ofRoot = parts.get(root) ?? new Map<string, ValidateFunction>();
  parts.set(root, ofRoot);
  const text = JSON.stringify(schema);
  const validate = ofRoot.get(text) ?? ajv.compile({ ...schema, $defs: root.$defs });
  ofRoot.set(text, validate);
  return validate(value) === true;
}

function fillNulls(value: JsonValue, root: JsonSchema, schema: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null || !isJsonObject(schema)) return value;
  const options = alternatives(schema, root);
  if (Array.isArray(value)) {
    const list = options.find(({ type }) => type === "array");
    return list === undefined ? value : value.map((item) => fillNulls(item, root, list.items!));
  }
  const object = options.find(
    (one) =>
      isJsonObject(one.properties) && Object.keys(value).every((key) => Object.hasOwn(one.properties as object, key)),
  );
  if (object === undefined) return value;
  const filled = Object.entries(object.properties as JsonObject).map(([key, part]): [string, JsonValue] => [
    key,
    Object.hasOwn(value, key) ? fillNulls(value[key]!, root, part) : null,
  ]);
  return Object.fromEntries(filled);
}

function alternatives(schema: JsonObject, root: JsonSchema): JsonObject[] {
  if (typeof schema.$ref === "string") {
    return alternatives((root.$defs as JsonObject)[schema.$ref.replace("#/$defs/", "")] as JsonObject, root);
  }
  return Array.isArray(schema.anyOf) ? schema.anyOf.flatMap((one) => alternatives(one as JsonObject, root)) : [schema];
}

export const SHELL_DIALECTS: readonly DialectName[] = ["variants", "entries", "tool"];
