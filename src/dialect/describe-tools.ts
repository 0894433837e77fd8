/**
 * The tools as a catalogue for people and models: signature, effect, description. Owns: its form. The same tools, in
 * any order, give the same bytes, so that a provider's prompt cache holds; names are spelled as dialects spell them.
 */

import { viewOf } from "../plan/schema-expand.ts";
import type { ToolDescription } from "../planner/planning-request.ts";
import { cutText } from "../shared/cut-text.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { createTypeWriter, shortJson } from "./describe-type.ts";
import { createToolbox, type InputProperty, type SpelledTool } from "./toolbox.ts";

/** UTF-16 code units; descriptions of imported tools can be pages long. */
const LONGEST_DESCRIPTION = 2_000;
const LONGEST_INPUT_DESCRIPTION = 300;
const MOST_INPUTS = 100;

/**
 * One signature a tool, `name(input: type, optional?: type = default) -> output [effect]`, with what it does, and its
 * inputs where they are described, indented below.
 */
export function describeTools(tools: readonly ToolDescription[]): string {
  return createToolbox(tools).tools.map(describeTool).join("\n");
}

function describeTool(spelled: SpelledTool): string {
  const { tool, shown, properties } = spelled;
  const write = createTypeWriter();
  const inputs = inputsOf(spelled, write);
  const signature = `${shown}(${inputs}) -> ${write(viewOf(tool.outputSchema))} [${tool.effect}]`;
  const lines = cutText(tool.description.trim(), LONGEST_DESCRIPTION).split(/\s*\n\s*/);
  const notes = properties.slice(0, MOST_INPUTS).flatMap((property) => noteOf(property, tool));
  return [signature, ...[...lines, ...notes].map((line) => `  ${line}`)].join("\n").toWellFormed();
}

type TypeWriter = ReturnType<typeof createTypeWriter>;

function inputsOf({ tool, properties, isListed }: SpelledTool, write: TypeWriter): string {
  if (!isListed) return `input: ${write(viewOf(tool.inputSchema))}`;
  const inputs = properties.slice(0, MOST_INPUTS).map((property) => {
    const { default: otherwise } = schemaOf(property, tool);
    const value = otherwise === undefined ? "" : ` = ${shortJson(otherwise)}`;
    return `${property.shown}${property.isRequired ? "" : "?"}: ${write(property.view)}${value}`;
  });
  return (properties.length > MOST_INPUTS ? [...inputs, "…"] : inputs).join(", ");
}

function noteOf(property: InputProperty, tool: ToolDescription): string[] {
  const { description } = schemaOf(property, tool);
  if (typeof description !== "string" || description.trim() === "") return [];
  return [`${property.shown}: ${cutText(description.trim().replace(/\s+/g, " "), LONGEST_INPUT_DESCRIPTION)}`];
}

/** The property's own schema, for what says nothing about its type. */
function schemaOf({ key }: InputProperty, { inputSchema }: ToolDescription): JsonObject {
  const { properties } = inputSchema;
  const schema = isJsonObject(properties) && Object.hasOwn(properties, key) ? properties[key] : undefined;
  return isJsonObject(schema) ? schema : {};
}
