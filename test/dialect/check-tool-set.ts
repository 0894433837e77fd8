/** What must hold of the dialects of any set of tools, wherever it comes from. */
import { expect } from "vitest";
import { checkProviderRules } from "../../src/dialect/check-provider-rules.ts";
import { chooseDialects } from "../../src/dialect/choose-dialects.ts";
import { describeTools } from "../../src/dialect/describe-tools.ts";
import type { Dialect } from "../../src/dialect/dialect.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { isJsonObject, type JsonObject } from "../../src/shared/json.ts";
import { exampleValue } from "../fake-tools/example-value.ts";
import { ALL_FORMATS } from "./dialect-of.ts";
import { admits, encodeDecision, encodingOf, schemaOf } from "./encode-decision.ts";

/** A plan that uses every tool once with all of its inputs, and once with those it must have, as references. */
function planOfAll(tools: readonly ToolDescription[]): JsonObject {
  const steps = tools.flatMap(({ name, inputSchema }, place) => {
    const input = exampleValue({ ...inputSchema, type: "object" }, "x") as JsonObject;
    const required = new Set(Array.isArray(inputSchema.required) ? inputSchema.required : []);
    const references = Object.keys(input).filter((key) => required.has(key));
    return [
      { id: `all${place}`, tool: name, input },
      {
        id: `few${place}`,
        tool: name,
        input: Object.fromEntries(references.map((key) => [key, { ref: `all${place}.${place}` }])),
        after: [`all${place}`],
      },
    ];
  });
  return { kind: "plan", rationale: "everything", steps, then: "finish" };
}

/**
 * Schemas that are offered keep the provider's rules; the plan is admitted and comes back; a wrong tool and a further
 * key are not admitted; the catalogue names every tool. Gives how many steps came back.
 */
export function checkToolSet(tools: readonly ToolDescription[]): number {
  const plan = planOfAll(tools);
  let steps = 0;
  for (const provider of ["openai", "anthropic"] as const) {
    for (const dialect of chooseDialects(tools, { provider, formats: ALL_FORMATS }).dialects) {
      if (dialect.format.kind === "schema") expect(checkProviderRules(schemaOf(dialect)!, provider)).toEqual([]);
      checkDialect(dialect, plan, tools);
      steps += (plan.steps as unknown[]).length;
    }
  }
  const lines = describeTools(tools).split("\n");
  expect(lines.filter((line) => !line.startsWith("  "))).toHaveLength(tools.length);
  return steps;
}

function checkDialect(dialect: Dialect, plan: JsonObject, tools: readonly ToolDescription[]): void {
  const written = encodeDecision(plan, encodingOf(dialect, tools));
  if (!admits(dialect, written)) throw new Error(`${dialect.name} does not admit the plan of all tools`);
  expect(dialect.decode(JSON.stringify(written))).toEqual({ decision: plan, issues: [] });
  if (schemaOf(dialect) !== null) expectRefusals(dialect, written);
}

function expectRefusals(dialect: Dialect, written: JsonObject): void {
  const [first, ...rest] = written.steps as JsonObject[];
  const withFirst = (step: JsonObject): JsonObject => ({ ...written, steps: [step, ...rest] });
  expect(admits(dialect, withFirst({ ...first, tool: "no_such_tool" }))).toBe(false);
  expect(admits(dialect, withFirst({ ...first, extra: "x" }))).toBe(false);
  const input = first?.input;
  if (isJsonObject(input))
    expect(admits(dialect, withFirst({ ...first, input: { ...input, extra: "x" } }))).toBe(false);
}
