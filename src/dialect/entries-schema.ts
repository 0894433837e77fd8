/** The schema of the dialects `entries` and `tool`: inputs are lists of name and value, so that it has no union at all. */
import type { JsonSchema } from "../shared/json.ts";
import { definition, shellSchema, stepSchema } from "./shell-schema.ts";
import type { Toolbox } from "./toolbox.ts";

export function entriesSchema(toolbox: Toolbox, outputSchema: JsonSchema | null): JsonSchema {
  const names = toolbox.tools.map(({ shown }) => shown);
  const step = stepSchema(names, { type: "array", items: definition("entry") });
  return shellSchema({ step, outputSchema, definitions: {} });
}
