/**
 * The schema of the dialect `variants`: one alternative per tool, told apart by its first key, with typed inputs.
 * Owns: what may stand for an input. Must not: decide whether a provider takes it (provider-rules.ts).
 */
import { expandView } from "../plan/schema-expand.ts";
import type { JsonSchema } from "../shared/json.ts";
import { definition, shellSchema, stepSchema } from "./shell-schema.ts";
import { strictObject, strictTypes, unionOf } from "./strict-type.ts";
import type { InputProperty, SpelledTool, Toolbox } from "./toolbox.ts";

/** Of lists and objects inside an input's own type; with the four around it this stays below ten. */
const OWN_LEVELS = 4;

/** Types inside an input's own type; larger ones are written as JSON. */
const MOST_TYPES = 500;

const STRING: JsonSchema = { type: "string" };

/** Other ways to write a value: each an object of one key, so that first keys tell them apart. */
const FORMS = {
  ref: strictObject([["ref", STRING]]),
  template: strictObject([["template", STRING]]),
  json: strictObject([["json", STRING]]),
};

export function variantsSchema(toolbox: Toolbox, outputSchema: JsonSchema | null): JsonSchema {
  const shared = sharedTypes(toolbox);
  const variants = toolbox.tools.map((tool) => stepSchema([tool.shown], inputSchema(tool, shared)));
  const definitions: Record<string, JsonSchema> = { ...FORMS };
  for (const [text, name] of shared) definitions[name] = JSON.parse(text) as JsonSchema;
  const step = variants.length === 0 ? stepSchema([], strictObject([])) : unionOf(variants);
  return shellSchema({ step, outputSchema, definitions: onlyUsed(step, definitions) });
}

function inputSchema(tool: SpelledTool, shared: ReadonlyMap<string, string>): JsonSchema {
  if (!tool.isListed) return definition("json");
  return strictObject(
    tool.properties.map((property): [string, JsonSchema] => {
      const schema = propertySchema(property);
      const name = shared.get(JSON.stringify(schema));
      return [property.shown, name === undefined ? schema : definition(name)];
    }),
  );
}

/** Its own type, a form, or null where it may be left out; null itself is then written as JSON. */
function propertySchema({ view, isRequired }: InputProperty): JsonSchema {
  const { types } = strictTypes(view, { levels: OWN_LEVELS, types: { left: MOST_TYPES } });
  const own = isRequired ? types : types.filter(({ type }) => type !== "null");
  const isText = expandView(view).some((leaf) => leaf.type === "string" && leaf.values === null);
  const forms = [definition("ref"), ...(isText ? [definition("template")] : []), definition("json")];
  return unionOf([...own, ...forms, ...(isRequired ? [] : [{ type: "null" }])]);
}

/** Types that several inputs have, written once: text of the schema → name of its definition. */
function sharedTypes(toolbox: Toolbox): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { properties } of toolbox.tools) {
    for (const property of properties) {
      const text = JSON.stringify(propertySchema(property));
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  const repeated = [...counts].filter(([, count]) => count > 1);
  return new Map(repeated.map(([text], place) => [text, `type${place + 1}`]));
}

/** Definitions that the step, or one of its definitions, refers to. */
function onlyUsed(step: JsonSchema, definitions: Record<string, JsonSchema>): Record<string, JsonSchema> {
  const used = new Set<string>();
  const collect = (text: string): void => {
    for (const [, name = ""] of text.matchAll(/"#\/\$defs\/(\w+)"/g)) {
      const schema = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
      if (schema === undefined || used.has(name)) continue;
      used.add(name);
      collect(JSON.stringify(schema));
    }
  };
  collect(JSON.stringify(step));
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => used.has(name)));
}
