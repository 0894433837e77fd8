/**
 * Tools for tests: fixed or computed outputs, at the pace of a given clock, and a list of the calls.
 * Owns: that list. Must not: check inputs beyond what the schemas say.
 */
import { type Clock, systemClock } from "../shared/clock.ts";
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import { defineTool } from "../tool/define-tool.ts";
import type { Tool, ToolContext } from "../tool/tool.ts";
import { pause } from "./pause.ts";

/** A JSON value, an error to throw, or a function of the input that gives or throws one. */
export type FakeOutput = JsonValue | Error | ((input: unknown, context: ToolContext) => unknown);

export interface FakeToolOptions
  extends Partial<Pick<Tool, "version" | "description" | "effect" | "idempotency" | "timeoutMs" | "derive" | "uses">> {
  name: string;
  /** What every call gives; `{}` by default. */
  output?: FakeOutput;
  /** What the calls give, one after the other; the last one stays. Instead of `output`. */
  outputs?: readonly FakeOutput[];
  /** JSON Schemas; any object by default. */
  inputSchema?: JsonSchema;
  outputSchema?: JsonSchema;
  /** How long a call takes; 0 by default. */
  delayMs?: number;
  /** Whose time that is; hand in a manual clock. */
  clock?: Clock;
}

export interface FakeCall {
  input: unknown;
  step: string;
  index: number | null;
  attempt: number;
  idempotencyKey: string;
}

export interface FakeTool extends Tool {
  /** Every call so far, in order, with its input as it was at that time. */
  readonly calls: readonly FakeCall[];
}

/**
 * A tool that does nothing in the world: `read` and `pure` unless told otherwise.
 *
 * @example
 * const search = createFakeTool({ name: "search", output: { items: [] } });
 */
export function createFakeTool(options: FakeToolOptions): FakeTool {
  const { output = {}, outputs = [output], delayMs = 0, clock = systemClock, ...definition } = options;
  const calls: FakeCall[] = [];
  const tool = defineTool({
    description: `Stands in for the tool ${options.name} in a test.`,
    inputSchema: { type: "object" },
    outputSchema: {},
    effect: "read",
    idempotency: "pure",
    ...definition,
    async execute(input, context) {
      const { step, index, attempt, idempotencyKey } = context;
      const given = outputs[Math.min(calls.length, outputs.length - 1)] ?? {};
      calls.push({ input: structuredClone(input), step, index, attempt, idempotencyKey });
      if (delayMs > 0) await pause(clock, delayMs, context.signal);
      if (given instanceof Error) throw given;
      return typeof given === "function" ? given(input, context) : structuredClone(given);
    },
  });
  return Object.assign(tool, { calls });
}
