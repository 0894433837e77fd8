/** The tools of one case. Owns: look-up by name, and foreign tools made from their definitions. Must not: run any. */
import { PlanwrightError } from "../error/planwright-error.ts";
import { defineTool } from "../tool/define-tool.ts";
import type { Tool } from "../tool/tool.ts";
import { createToolRegistry, type ToolRegistry, unknownToolMessage } from "../tool/tool-registry.ts";
import type { CaseTool, EvalCase } from "./case.ts";

/**
 * Registered tools by name and foreign ones by definition, in the order of the case; all registered ones where the case
 * names none. Foreign tools can be planned with and checked against; calling one fails.
 * Raises CONFIG_INVALID for an unknown or repeated name and for a definition that is no tool.
 */
export function caseTools(one: EvalCase, registered: readonly Tool[]): ToolRegistry {
  if (one.tools === undefined) return createToolRegistry(registered);
  const byName = new Map(registered.map((tool) => [tool.name, tool]));
  return createToolRegistry(
    one.tools.map((entry) => {
      if (typeof entry !== "string") return foreignTool(entry);
      const tool = byName.get(entry);
      if (tool === undefined) throw unknownTool(one, entry, [...byName.keys()]);
      return tool;
    }),
  );
}

const FOREIGN = new WeakMap<CaseTool, Tool>();

function foreignTool(definition: CaseTool): Tool {
  const known = FOREIGN.get(definition);
  if (known !== undefined) return known;
  const { name, description, inputSchema, outputSchema = {}, effect, idempotency, schemaTrust } = definition;
  const tool = defineTool({
    ...{ name, description, inputSchema, outputSchema, effect, idempotency, schemaTrust },
    execute() {
      throw new PlanwrightError("CONFIG_INVALID", `Tool '${name}' is only described in its case and can't be called.`, {
        hint: "Give the suite stub or recorded answers for it, or run the suite at level plan.",
      });
    },
  });
  FOREIGN.set(definition, tool);
  return tool;
}

function unknownTool(one: EvalCase, name: string, names: readonly string[]): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Case '${one.id}': ${unknownToolMessage(name, names)}`, {
    hint: "Name a registered tool, or define the tool in the case.",
  });
}

/** Inputs that steer a call of this tool; null: all of them. */
export function controlInputs(one: EvalCase, tool: string): readonly string[] | null {
  for (const entry of one.tools ?? []) {
    if (typeof entry !== "string" && entry.name === tool) return entry.controlInputs ?? null;
  }
  return null;
}
