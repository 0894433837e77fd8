/** Checks a tool definition at run time, for authors whose compiler didn't. Owns: the rules and their words. */
import { PlanwrightError } from "../error/planwright-error.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { isJsonObject } from "../shared/json.ts";
import { EFFECTS, IDEMPOTENCIES } from "./tool.ts";

/** Names that planners, providers and paths all take. */
const TOOL_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

const isText = (value: unknown): boolean => typeof value === "string" && value.trim() !== "";
const isFunction = (value: unknown): boolean => typeof value === "function";
const isOneOf = (allowed: readonly unknown[]) => (value: unknown) => allowed.includes(value);
const isPositive = (value: unknown): boolean => typeof value === "number" && Number.isFinite(value) && value > 0;

interface Rule {
  required: boolean;
  holds: (value: unknown) => boolean;
  /** Completes "… must be". */
  wanted: string;
}
const required = (holds: Rule["holds"], wanted: string): Rule => ({ required: true, holds, wanted });
const optional = (holds: Rule["holds"], wanted: string): Rule => ({ required: false, holds, wanted });

const RULES: Record<string, Rule> = {
  name: required(
    (value) => typeof value === "string" && TOOL_NAME.test(value),
    "a letter followed by up to 63 letters, digits, '_', '.' or '-'",
  ),
  version: optional(isText, 'a text such as "1" or "2.1.0"'),
  description: required(isText, "a text that says what the tool does; planners choose by it"),
  inputSchema: required(isJsonObject, "a Zod schema or a JSON Schema of one object"),
  outputSchema: required(isJsonObject, "a Zod schema or a JSON Schema"),
  effect: required(isOneOf(EFFECTS), `one of ${EFFECTS.join(", ")}: what a call does to the world`),
  idempotency: required(isOneOf(IDEMPOTENCIES), `one of ${IDEMPOTENCIES.join(", ")}: what calling it twice does`),
  schemaTrust: optional(isOneOf(["exact", "advisory"]), "exact or advisory"),
  timeoutMs: optional(isPositive, "a number of milliseconds above 0"),
  derive: optional(isOneOf(["inputs"]), '"inputs" or null'),
  uses: optional(
    (value) => Array.isArray(value) && value.every(isOneOf(["model", "network", "mcp"])),
    "a list of model, network, mcp",
  ),
  planning: optional(
    (value) => isJsonObject(value) && Array.isArray(value.intents) && value.intents.every(isText),
    "an object whose intents is a list of phrases",
  ),
  inferOutput: optional(isFunction, "a function"),
  reserve: optional(isFunction, "a function of (input, left)"),
  compensate: optional(isFunction, "a function"),
  reconcile: optional(isFunction, "a function"),
  execute: required(isFunction, "a function of (input, context)"),
};

/** Throws CONFIG_INVALID for the first field that is missing, wrong or unknown. */
export function checkDefinition(definition: unknown): void {
  if (!isJsonObject(definition)) {
    throw new PlanwrightError("CONFIG_INVALID", "defineTool takes one object that describes the tool.", {
      hint: "Give name, description, inputSchema, outputSchema, effect, idempotency and execute.",
    });
  }
  const fields = definition as Record<string, unknown>;
  const tool = typeof fields.name === "string" ? fields.name : "(without a name)";
  for (const [field, rule] of Object.entries(RULES)) {
    const value = fields[field];
    if (value === undefined || (value === null && !rule.required)) {
      if (rule.required) throw refuseDefinition(tool, field, `is missing; it must be ${rule.wanted}`);
    } else if (!rule.holds(value)) {
      throw refuseDefinition(tool, field, `must be ${rule.wanted}`);
    }
  }
  for (const field of Object.keys(fields)) {
    if (!Object.hasOwn(RULES, field)) throw refuseDefinition(tool, field, unknownField(field));
  }
}

function unknownField(field: string): string {
  const near = didYouMean(field, Object.keys(RULES));
  return near === null
    ? `is not a field of tools (fields: ${Object.keys(RULES).join(", ")})`
    : `is not a field of tools; did you mean '${near}'?`;
}

/** CONFIG_INVALID about one field of one tool. */
export function refuseDefinition(tool: string, field: string, problem: string): PlanwrightError {
  return new PlanwrightError(
    "CONFIG_INVALID",
    `Tool '${tool}': ${field} ${problem}${problem.endsWith("?") ? "" : "."}`,
    {
      hint: `Correct '${field}' where tool '${tool}' is defined.`,
    },
  );
}
