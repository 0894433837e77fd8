import { describe, expect, test } from "vitest";
import { chooseDialects, type DialectSetting } from "../../src/dialect/choose-dialects.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonSchema } from "../../src/shared/json.ts";
import { ALL_FORMATS } from "./dialect-of.ts";

function toolWith(name: string, inputs: number, property: JsonSchema = { type: "string" }): ToolDescription {
  const properties = Object.fromEntries(Array.from({ length: inputs }, (_, place) => [`p${place}`, property]));
  return {
    name,
    version: "1",
    description: "A tool.",
    inputSchema: { type: "object", properties, required: Object.keys(properties), additionalProperties: false },
    outputSchema: {},
    effect: "read",
    idempotency: "pure",
    planning: null,
  };
}

const many = (count: number, inputs: number): ToolDescription[] =>
  Array.from({ length: count }, (_, place) => toolWith(`t${place}`, inputs));

function names(tools: ToolDescription[], setting: Partial<DialectSetting> = {}): string[] {
  const choice = chooseDialects(tools, { provider: "openai", formats: ALL_FORMATS, ...setting });
  expect(choice.rows.map(({ dialect }) => dialect)).toEqual(["variants", "entries", "tool", "text"]);
  return choice.dialects.map(({ name }) => name);
}

describe("dialects are chosen best first", () => {
  test("by what the server can do", () => {
    const tools = many(3, 2);
    expect(names(tools)).toEqual(["variants", "entries", "tool", "text"]);
    expect(names(tools, { formats: ["tool", "text"] })).toEqual(["tool", "text"]);
    expect(names(tools, { formats: ["text"] })).toEqual(["text"]);
    expect(names(tools, { formats: ["schema"] })).toEqual(["variants", "entries"]);
    expect(names(tools, { formats: [] })).toEqual(["text"]);
  });

  test("by Anthropic's limit of 16 unions: one for the steps, one for each input", () => {
    const setting = { provider: "anthropic" } as const;
    expect(names(many(5, 3), setting)[0]).toBe("variants");
    expect(names([...many(5, 3), toolWith("more", 1)], setting)[0]).toBe("entries");
    expect(names(many(1, 16), setting)[0]).toBe("variants"); // a single tool needs no choice of steps
    expect(names(many(1, 17), setting)[0]).toBe("entries");
    const { rows } = chooseDialects(many(6, 3), { provider: "anthropic", formats: ALL_FORMATS });
    expect(rows[0]).toMatchObject({ fits: false, size: { unions: 19 } });
    expect(rows[0]!.why).toBe("19 parameters with union types; at most 16 are allowed");
    expect(rows[1]).toMatchObject({ fits: true, size: { unions: 0 } });
  });

  test("by OpenAI's limits of properties and enum values", () => {
    expect(names(many(100, 10))[0]).toBe("variants");
    expect(names(many(200, 10))[0]).toBe("entries");
    expect(names(many(900, 1))).toEqual(["entries", "tool", "text"]);
    const { dialects, rows } = chooseDialects(many(1_000, 1), { provider: "openai", formats: ALL_FORMATS });
    expect(dialects.map(({ name }) => name)).toEqual(["tool", "text"]);
    expect(rows[1]!.why).toBe("1018 enum values; at most 1000 are allowed");
  });

  test("by what the output says: names of its parts count as enum values", () => {
    const properties = Object.fromEntries(Array.from({ length: 90 }, (_, place) => [`o${place}`, {}]));
    const outputSchema = { type: "object", properties, additionalProperties: false };
    expect(names(many(900, 1), { outputSchema })).toEqual(["tool", "text"]);
  });

  test("and say why, with the figures", () => {
    const { dialects, rows } = chooseDialects(many(2, 2), { provider: "openai", formats: ["schema"] });
    expect(dialects.map(({ why }) => why)).toEqual(rows.filter(({ fits }) => fits).map(({ why }) => why));
    expect(rows.map(({ why }) => why)).toEqual([
      expect.stringMatching(
        /^within the limits: \d+ of 5000 object properties, \d of 10 levels of nesting, .* enum values/,
      ),
      expect.stringMatching(/^within the limits: /),
      "the server has no tool use",
      "the server does not answer with text",
    ]);
  });

  test("quickly, also for many tools", () => {
    const startedAt = process.cpuUsage().user;
    chooseDialects(many(50, 5), { provider: "openai", formats: ALL_FORMATS });
    expect((process.cpuUsage().user - startedAt) / 1_000).toBeLessThan(500);
  });
});
