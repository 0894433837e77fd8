/**
 * Maps a step of a checked plan to the registered tool that runs it. Owns: binding calls to tools and their input.
 * Must not: start anything.
 */
import type { ErrorShape } from "../error/planwright-error.ts";
import { errorShape } from "../error/planwright-error.ts";
import type { ToolFacts } from "../journal/entries.ts";
import { hashJson } from "../shared/hash.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";

/** What the journal keeps of a tool (KERNEL 21). Cached per tool, since hashing schemas costs. */
export function toolFacts(tool: Tool): ToolFacts {
  const known = FACTS.get(tool);
  if (known !== undefined) return known;
  const { version, effect, idempotency, inputSchema, outputSchema } = tool;
  const schemas = hashJson([inputSchema, outputSchema]);
  const undo = tool.compensate === null ? {} : { compensates: true as const };
  const facts = { version, effect, idempotency, schemas, ...undo };
  FACTS.set(tool, facts);
  return facts;
}

const FACTS = new WeakMap<Tool, ToolFacts>();

/** Facts of every tool that a plan names. */
export function factsOfPlan(steps: readonly { tool: string }[], tools: ToolRegistry): Record<string, ToolFacts> {
  const facts = new Map<string, ToolFacts>();
  for (const { tool: name } of steps) {
    const tool = facts.has(name) ? undefined : tools.get(name);
    if (tool !== undefined) facts.set(name, toolFacts(tool));
  }
  return Object.fromEntries(facts);
}

/** Why a pending step may not continue with the tool as it is now, or null (KERNEL 21). */
export function incompatibility(name: string, facts: ToolFacts | null, tool: Tool | undefined): string | null {
  if (tool === undefined) return `tool '${name}' is not registered`;
  if (facts === null) return `tool '${name}' was not known when the plan was accepted`;
  const now = toolFacts(tool);
  if (majorOf(now.version) !== majorOf(facts.version))
    return `tool '${name}' is now version ${now.version}, was ${facts.version}`;
  return now.schemas === facts.schemas ? null : `the schemas of tool '${name}' have changed`;
}

function majorOf(version: string): string {
  return version.split(".")[0] ?? version;
}

/**
 * The checked input of a call, copied so that the tool cannot change what the run knows. An advisory schema refuses
 * nothing: it is hearsay, and the tool itself knows better what it takes.
 */
export function bindInput(
  tool: Tool,
  input: JsonValue,
): { ok: true; value: unknown } | { ok: false; error: ErrorShape } {
  const copied = copyJson(input);
  const checked = tool.checkInput(copied);
  if (checked.ok) return checked;
  if (tool.schemaTrust === "advisory") return { ok: true, value: copied };
  const first = checked.issues[0];
  return {
    ok: false,
    error: errorShape(
      "TOOL_INVALID_INPUT",
      `The input of tool '${tool.name}' does not fit its schema: ${first?.message ?? ""}`,
      {
        hint: first?.hint ?? "Look at where the value comes from.",
        issues: checked.issues,
      },
    ),
  };
}

/** A deep copy of JSON; strings are shared, since nobody can change them. */
function copyJson(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copyJson);
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, copyJson(field)]));
}
