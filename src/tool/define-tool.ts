/**
 * Declares a tool: what its author writes becomes the plain Tool that the runtime reads.
 * Owns: defaults, and the order of checks. Must not: run anything of the tool, nor touch the outside world.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Allowance } from "../model/usage.ts";
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import { checkDefinition, refuseDefinition } from "./check-definition.ts";
import { findingsToIssues } from "./schema-finding.ts";
import type { ReadSchema, SchemaSide } from "./schema-reading.ts";
import type { Checked, Effect, Idempotency, PlanningHints, Tool, ToolContext, ToolRepair } from "./tool.ts";
import { readToolSchema, type SchemaInput, type SchemaOutput, type ToolSchema } from "./tool-schema.ts";

/** What a tool author writes. */
export interface ToolDefinition<I extends ToolSchema = ToolSchema, O extends ToolSchema = ToolSchema> {
  /** A letter, then up to 63 letters, digits, `_`, `.` or `-`; unique in a registry. */
  name: string;
  /** "1" by default. Pending steps of a stopped run continue while the major version and the schemas are the same. */
  version?: string;
  /** What it does and when to use it: planners choose by these words. */
  description: string;
  /** An object schema: Zod 4, Zod 3 or JSON Schema. `params: { hint }` of a custom Zod issue becomes the issue's hint. */
  inputSchema: I;
  outputSchema: O;
  /** What a call does to the world; there is no default (SAFETY, rule 2). */
  effect: Effect;
  /** What calling it twice does; there is no default (SAFETY, rule 2). */
  idempotency: Idempotency;
  /** `exact` by default; `advisory` where the schemas are hearsay, such as imported ones. */
  schemaTrust?: "exact" | "advisory";
  /** Longest time for one attempt in milliseconds; the run's own limit (30 s by default) where it is left out. */
  timeoutMs?: number | null;
  /** `inputs`: the output is as trusted as what went in. Left out: the output is untrusted. */
  derive?: "inputs" | null;
  /** What it reaches besides its input; nothing by default. */
  uses?: readonly ("model" | "network" | "mcp")[];
  /** How people ask for it, for planners without a model. */
  planning?: PlanningHints | null;
  /** Schema of the output for given schemas of the inputs, where it follows them. */
  inferOutput?: ((inputs: Record<string, JsonSchema>) => JsonSchema) | null;
  /**
   * For tools that call a model: what an attempt with this input may use at most, within what is left (it is reserved
   * before the call and settled by what `context.report` tells after it), or null where too little is left.
   */
  reserve?: ((input: SchemaOutput<I>, left: Allowance) => Allowance | null) | null;
  /** Undoes a completed call. */
  compensate?: ToolRepair | null;
  /** Finds out how a call with unknown outcome ended. */
  reconcile?: ToolRepair | null;
  /** Does the work. Throw `transient(message)` for what may pass by itself; any other throw is final. */
  execute(input: SchemaOutput<I>, context: ToolContext): SchemaInput<O> | Promise<SchemaInput<O>>;
}

/**
 * Declares a tool.
 *
 * ```ts
 * const shout = defineTool({
 *   name: "shout",
 *   description: "Writes a text in capitals.",
 *   inputSchema: z.object({ text: z.string() }),
 *   outputSchema: z.object({ text: z.string() }),
 *   effect: "read",
 *   idempotency: "pure",
 *   execute: ({ text }) => ({ text: text.toUpperCase() }),
 * });
 * ```
 *
 * Throws CONFIG_INVALID that names the tool and the field; what in a Zod 4 schema has no JSON Schema is found when the
 * tool is registered. Zod schemas fill in defaults and transform; JSON Schemas only check.
 */
export function defineTool<I extends ToolSchema, O extends ToolSchema>(definition: ToolDefinition<I, O>): Tool {
  checkDefinition(definition);
  const { name, execute } = definition;
  const input = readSchema(definition, "input");
  const output = readSchema(definition, "output");
  if (!isZodObject(definition.inputSchema)) inputJson(definition, input);
  return {
    name,
    version: definition.version ?? "1",
    description: definition.description,
    get inputSchema() {
      return inputJson(definition, input);
    },
    get outputSchema() {
      return jsonOf(definition, output, "output");
    },
    schemaTrust: definition.schemaTrust ?? "exact",
    effect: definition.effect,
    idempotency: definition.idempotency,
    timeoutMs: definition.timeoutMs ?? null,
    derive: definition.derive ?? null,
    uses: definition.uses ?? [],
    planning: definition.planning ?? null,
    inferOutput: definition.inferOutput ?? null,
    compensate: definition.compensate ?? null,
    reconcile: definition.reconcile ?? null,
    reserve: (definition.reserve ?? null) as Tool["reserve"],
    checkInput: (value) => check(input, value, { tool: name, side: "input" }),
    checkOutput: (value) => check(output, value, { tool: name, side: "output" }),
    execute: (value, context) => execute.call(definition, value as SchemaOutput<I>, context),
  };
}

type AnyDefinition = ToolDefinition<ToolSchema, ToolSchema>;

function readSchema(definition: AnyDefinition, side: SchemaSide): ReadSchema {
  return orConfigInvalid(definition, side, () => readToolSchema(definition[fieldOf(side)], side));
}

/** Writing Zod as JSON Schema takes too long to be done for every tool that a program imports. */
function jsonOf(definition: AnyDefinition, schema: ReadSchema, side: SchemaSide): JsonSchema {
  return orConfigInvalid(definition, side, () => schema.json);
}

function inputJson(definition: AnyDefinition, input: ReadSchema): JsonSchema {
  return asObjectSchema(jsonOf(definition, input, "input"), definition.name);
}

/** The usual case, of which the kind of its root is known without writing it as JSON Schema. */
function isZodObject(schema: ToolSchema): boolean {
  const { def } = (schema as { _zod?: { def?: { type?: unknown } } })._zod ?? {};
  return def?.type === "object";
}

function fieldOf(side: SchemaSide): "inputSchema" | "outputSchema" {
  return side === "input" ? "inputSchema" : "outputSchema";
}

function orConfigInvalid<T>({ name }: AnyDefinition, side: SchemaSide, read: () => T): T {
  try {
    return read();
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const field = fieldOf(side);
    throw new PlanwrightError("CONFIG_INVALID", `Tool '${name}': ${field} ${why}.`, {
      hint: `Correct ${field} of tool '${name}'; it takes Zod 4, Zod 3 or JSON Schema that JSON values can meet.`,
      cause: thrown,
    });
  }
}

/** Inputs are named, so the root is one object. */
function asObjectSchema(json: JsonSchema, tool: string): JsonSchema {
  if (json.type !== "object") {
    throw refuseDefinition(
      tool,
      "inputSchema",
      "must describe one object (type: object), since inputs have names; merge unions and intersections into one object",
    );
  }
  return json;
}

function check(schema: ReadSchema, value: JsonValue, about: { tool: string; side: SchemaSide }): Checked {
  try {
    const examined = schema.examine(value);
    return examined.ok ? examined : { ok: false, issues: findingsToIssues(examined.findings, about) };
  } catch (thrown) {
    return { ok: false, issues: findingsToIssues([findingOfThrow(thrown)], about) };
  }
}

/** Zod throws on promises in refinements and transforms, and lets errors of the author's own functions through. */
function findingOfThrow(thrown: unknown): { path: string; problem: string; hint: string } {
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  if (/async|promise/i.test(why)) {
    const hint = "Checks are synchronous: move what has to wait from the schema into execute.";
    return { path: "", problem: "cannot be checked: its schema has an asynchronous refinement or transform", hint };
  }
  return {
    path: "",
    problem: `cannot be checked: a function in its schema threw '${why}'`,
    hint: "Correct the tool's schema.",
  };
}
