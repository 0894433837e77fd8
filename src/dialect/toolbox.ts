/**
 * The tools of a request as dialects need them: spelled safely, with their inputs taken apart. Owns: how what a model
 * wrote is found again. Must not: emit schemas or judge values.
 */

import { expandView, isNothing, viewOf } from "../plan/schema-expand.ts";
import type { ObjectLeaf, SchemaView } from "../plan/schema-leaf.ts";
import type { ToolDescription } from "../planner/planning-request.ts";
import { isJsonObject, type JsonSchema } from "../shared/json.ts";
import { safeNames } from "./safe-names.ts";

export interface InputProperty {
  /** As the tool knows it. */
  key: string;
  /** As the model sees it. */
  shown: string;
  view: SchemaView;
  isRequired: boolean;
}

export interface SpelledTool {
  tool: ToolDescription;
  /** As the model sees it. */
  shown: string;
  /** In the order of the schema; empty where they can't be listed. */
  properties: readonly InputProperty[];
  /** False where the input is an object of any keys, or one of several objects. */
  isListed: boolean;
  /** By either spelling. */
  property(written: string): InputProperty | undefined;
}

export interface Toolbox {
  /** By name, so that the same tools always make the same text. */
  tools: readonly SpelledTool[];
  /** By either spelling; failing that, by letters regardless of case where only one fits. */
  find(written: string): SpelledTool | undefined;
}

export function createToolbox(descriptions: readonly ToolDescription[]): Toolbox {
  const byName = new Map(descriptions.map((tool) => [tool.name, tool]));
  const shown = safeNames([...byName.keys()]);
  const tools = [...byName.values()]
    .map((tool) => spell(tool, shown.get(tool.name) ?? tool.name))
    .sort((left, right) => (left.shown < right.shown ? -1 : 1));
  const exact = new Map(tools.flatMap((one) => [[one.tool.name, one] as const, [one.shown, one] as const]));
  const find = (written: string): SpelledTool | undefined => {
    const found = exact.get(written);
    if (found !== undefined) return found;
    const close = tools.filter((one) => one.shown.toLowerCase() === written.toLowerCase());
    return close.length === 1 ? close[0] : undefined;
  };
  return { tools, find };
}

function spell(tool: ToolDescription, shown: string): SpelledTool {
  const leaf = listedObject(tool.inputSchema);
  const keys = safeNames([...(leaf?.properties.keys() ?? [])]);
  const properties = [...(leaf?.properties ?? [])].map(
    ([key, view]): InputProperty => ({
      key,
      shown: keys.get(key) ?? key,
      view,
      isRequired: leaf?.required.has(key) === true,
    }),
  );
  const byName = new Map(properties.flatMap((one) => [[one.key, one] as const, [one.shown, one] as const]));
  return { tool, shown, properties, isListed: leaf !== null, property: (written) => byName.get(written) };
}

/** The one object that the schema describes, if its keys can be listed. Open objects count by the keys they name. */
export function listedObject(schema: JsonSchema): ObjectLeaf | null {
  const leaves = expandView(viewOf(schema));
  const objects = leaves.filter((leaf) => leaf.type === "object");
  const [leaf] = objects;
  if (leaf === undefined || objects.length > 1) return null;
  if (leaf.properties.size > 0 || isNothing(leaf.additional)) return leaf;
  const { additionalProperties: extra, patternProperties: patterns } = schema;
  return extra === true || isJsonObject(extra) || isJsonObject(patterns) ? null : leaf;
}
