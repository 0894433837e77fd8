/**
 * A tool that asks a model, with a tool of the same name that needs none to stand in where the model is down. Owns: when
 * it does. The output's `method` tells which of the two worked.
 */
import { ModelCallError } from "../model/model.ts";
import { isJsonObject, type JsonSchema } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";

export function withStandIn(tool: Tool, offline: Tool): Tool {
  return {
    ...tool,
    outputSchema: withMethodsOf(tool.outputSchema, offline.outputSchema),
    checkOutput(value) {
      const checked = tool.checkOutput(value);
      return checked.ok ? checked : offline.checkOutput(value);
    },
    async execute(input, context) {
      try {
        return await tool.execute(input, context);
      } catch (thrown) {
        if (!(thrown instanceof ModelCallError) || thrown.category !== "model") throw thrown;
        return offline.execute(input, context);
      }
    },
  };
}

/** The two differ in nothing else. */
function withMethodsOf(schema: JsonSchema, other: JsonSchema): JsonSchema {
  const methods = [...methodsOf(schema), ...methodsOf(other)];
  const properties = isJsonObject(schema.properties) ? schema.properties : {};
  return { ...schema, properties: { ...properties, method: { type: "string", enum: [...new Set(methods)] } } };
}

function methodsOf({ properties }: JsonSchema): string[] {
  const method = isJsonObject(properties) ? properties.method : undefined;
  const names = isJsonObject(method) && Array.isArray(method.enum) ? method.enum : [];
  return names.filter((name) => typeof name === "string");
}
