/** Random plans over random tools: mostly sensible, so that many are accepted, and wrong often enough. */

import { parsePath } from "../../src/plan/path.ts";
import { schemaAtPath } from "../../src/plan/schema-path.ts";
import { relate } from "../../src/plan/schema-relation.ts";
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import type { Dice } from "./dice.ts";
import { KEYS, randomObjectSchema, randomSchema, conformingValue } from "./random-schemas.ts";

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

/** Something for an input of this schema: a fitting constant, a reference (often a fitting one), a text, a list or object of those. */
function randomForm(dice: Dice, schema: JsonSchema, sources: ReadonlyMap<string, JsonSchema>, depth = 0): JsonValue {
  const fitting = sources.size > 0 && dice.chance(0.75) ? fittingPath(dice, schema, sources) : null;
  if (fitting !== null) return { ref: fitting };
  const draw = dice.chance(0.7) ? 0 : dice.number(10);
  if (sources.size === 0 || draw < 2)
    return { literal: conformingValue(dice.chance(0.97) ? schema : randomSchema(dice, 2), dice) };
  if (draw < 3) return { template: `${dice.pick(["", "about "])}{{${pathIn(dice, sources)}}}` };
  if (draw < 4 && depth < 2) return [randomForm(dice, (schema.items ?? {}) as JsonSchema, sources, depth + 1)];
  if (draw < 5 && depth < 2) {
    const properties = Object.entries((schema.properties ?? {}) as Record<string, JsonSchema>);
    return Object.fromEntries(properties.map(([key, part]) => [key, randomForm(dice, part, sources, depth + 1)]));
  }
  const ref = pathIn(dice, sources);
  return dice.chance(0.2) ? { ref, default: randomForm(dice, schema, sources, depth + 1) } : { ref };
}

/** One of a few random paths that the relation does not rule out. */
function fittingPath(dice: Dice, schema: JsonSchema, sources: ReadonlyMap<string, JsonSchema>): string | null {
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

function pathIn(dice: Dice, sources: ReadonlyMap<string, JsonSchema>): string {
  const source = dice.pick([...sources.keys()]);
  return randomPath(dice, source, sources.get(source)!);
}

/** A path that follows the schema most of the time. */
function randomPath(dice: Dice, root: string, schema: JsonSchema): string {
  let path = root;
  let current: JsonSchema = schema;
  while (dice.chance(0.75)) {
    const properties = (current.properties ?? {}) as Record<string, JsonSchema>;
    const keys = dice.chance(0.05) ? [...KEYS] : Object.keys(properties);
    if (current.type === "array" || dice.chance(0.03)) {
      path += dice.pick(["[0]", "[*]", "[1]", "[*]"]);
      current = (current.items ?? {}) as JsonSchema;
    } else if (Array.isArray(current.anyOf)) {
      current = dice.pick(current.anyOf) as JsonSchema;
    } else if (keys.length > 0) {
      const key = dice.pick(keys);
      path += key.includes(" ") ? `[${JSON.stringify(key)}]` : `.${key}`;
      current = properties[key] ?? {};
    } else break;
  }
  return path;
}
