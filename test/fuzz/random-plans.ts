/** Random plans over random tools: mostly sensible, so that many are accepted, and wrong often enough. */

import { parsePath } from "../../src/plan/path.ts";
import { schemaAtPath } from "../../src/plan/schema-path.ts";
import { relate } from "../../src/plan/schema-relation.ts";
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import type { Dice } from "./dice.ts";
import { conformingValue, KEYS, randomObjectSchema, randomSchema } from "./random-schemas.ts";

export interface RandomPlan {
  tools: Tool[];
  plan: JsonObject;
}

/** Tools whose outputs conform exactly to their schemas. `answer` gives the values. */
export function randomTools(dice: Dice, answer: (schema: JsonSchema) => JsonValue): Tool[] {
  return Array.from({ length: 5 }, (_, place) => {
    const inputSchema = randomObjectSchema(dice, 1);
    const outputSchema = dice.chance(0.8) ? randomObjectSchema(dice) : randomSchema(dice);
    return defineTool({
      name: `tool${place}`,
      description: "A random tool.",
      inputSchema,
      outputSchema,
      effect: "read",
      idempotency: "pure",
      execute: () => answer(outputSchema) as never,
    });
  });
}

export function randomPlan(dice: Dice): RandomPlan {
  const tools = randomTools(dice, (schema) => conformingValue(schema, dice));
  const steps: JsonObject[] = [];
  const sources = new Map<string, JsonSchema>();
  const count = 2 + dice.number(5);
  for (let place = 0; place < count; place++) {
    const tool = dice.pick(tools);
    const id = `s${place}`;
    const step = randomStep(dice, { id, tool, sources });
    steps.push(step);
    sources.set(id, step.forEach === undefined ? tool.outputSchema : { type: "array", items: tool.outputSchema });
  }
  const output = dice.chance(0.5) ? { output: { a: randomForm(dice, {}, sources), b: "constant" } } : {};
  return { tools, plan: { kind: "plan", rationale: "random", steps, then: "finish", ...output } };
}

interface Slot {
  id: string;
  tool: Tool;
  sources: ReadonlyMap<string, JsonSchema>;
}

function randomStep(dice: Dice, { id, tool, sources }: Slot): JsonObject {
  const step: JsonObject = { id, tool: tool.name };
  const isEach = sources.size > 0 && dice.chance(0.2);
  const scope = new Map(sources);
  if (isEach) {
    const source = dice.pick([...sources.keys()]);
    step.forEach = {
      items: dice.chance(0.5) ? { ref: randomPath(dice, source, sources.get(source)!) } : ["a", 1],
      max: 50,
    };
    scope.set("item", {});
  }
  const properties = (tool.inputSchema.properties ?? {}) as Record<string, JsonSchema>;
  const required = new Set((tool.inputSchema.required ?? []) as string[]);
  const given = Object.entries(properties).filter(([key]) => required.has(key) || dice.chance(0.3));
  step.input = Object.fromEntries(given.map(([key, schema]) => [key, randomForm(dice, schema, scope)]));
  if (sources.size > 0 && dice.chance(0.2))
    step.when = { ref: dice.pick([...sources.keys()]), exists: dice.chance(0.7) };
  if (dice.chance(0.2)) step.onFailure = dice.pick(["skip", "fail"]);
  return step;
}

type Sources = ReadonlyMap<string, JsonSchema>;

/** Something for an input of this schema: a fitting constant or reference most of the time, else anything. */
function randomForm(dice: Dice, schema: JsonSchema, sources: Sources): JsonValue {
  const fitting = sources.size > 0 && dice.chance(0.75) ? fittingPath(dice, schema, sources) : null;
  if (fitting !== null) return { ref: fitting };
  if (sources.size > 0 && dice.chance(0.3)) return anyForm(dice, schema, sources);
  return { literal: conformingValue(dice.chance(0.97) ? schema : randomSchema(dice, 2), dice) };
}

function anyForm(dice: Dice, schema: JsonSchema, sources: Sources): JsonValue {
  const ref = pathIn(dice, sources);
  switch (dice.number(8)) {
    case 0:
      return { template: `${dice.pick(["", "about "])}{{${ref}}}` };
    case 1:
      return [randomForm(dice, (schema.items ?? {}) as JsonSchema, sources)];
    case 2: {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
      return Object.fromEntries(properties.map(([key, part]) => [key, randomForm(dice, part, sources)]));
    }
    case 3:
      return { ref, default: randomForm(dice, schema, sources) };
    default:
      return { ref };
  }
}

/** One of a few random paths that the relation does not rule out. */
function fittingPath(dice: Dice, schema: JsonSchema, sources: Sources): string | null {
  for (let attempt = 0; attempt < 6; attempt++) {
    const text = pathIn(dice, sources);
    const parsed = parsePath(text);
    const source = sources.get(text.replace(/[.[].*/s, ""));
    if (!parsed.ok || source === undefined) continue;
    const found = schemaAtPath(source, parsed.path.segments);
    if (found.kind === "found" && relate(found.schema, schema) !== "no") return text;
  }
  return null;
}

function pathIn(dice: Dice, sources: Sources): string {
  const source = dice.pick([...sources.keys()]);
  return randomPath(dice, source, sources.get(source)!);
}

/** A path that follows the schema most of the time. */
function randomPath(dice: Dice, root: string, schema: JsonSchema): string {
  let path = root;
  let current: JsonSchema | null = schema;
  while (current !== null && dice.chance(0.75)) {
    const next = randomSegment(dice, current);
    path += next.text;
    current = next.schema;
  }
  return path;
}

function randomSegment(dice: Dice, schema: JsonSchema): { text: string; schema: JsonSchema | null } {
  if (schema.type === "array" || dice.chance(0.03)) {
    return { text: dice.pick(["[0]", "[*]", "[1]", "[*]"]), schema: (schema.items ?? {}) as JsonSchema };
  }
  if (Array.isArray(schema.anyOf)) return { text: "", schema: dice.pick(schema.anyOf) as JsonSchema };
  const properties = (schema.properties ?? {}) as Record<string, JsonSchema>;
  const keys = dice.chance(0.05) ? [...KEYS] : Object.keys(properties);
  if (keys.length === 0) return { text: "", schema: null };
  const key = dice.pick(keys);
  const text = key.includes(" ") ? `[${JSON.stringify(key)}]` : `.${key}`;
  return { text, schema: properties[key] ?? {} };
}
