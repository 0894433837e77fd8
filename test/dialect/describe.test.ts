import { describe, expect, test } from "vitest";
import { z } from "zod";
import { describeDialect } from "../../src/dialect/describe-dialect.ts";
import { describeTools } from "../../src/dialect/describe-tools.ts";
import { DIALECTS } from "../../src/dialect/dialect.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonObject, JsonSchema } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";
import { allDialects } from "./dialect-of.ts";
import { admits, schemaOf } from "./encode-decision.ts";

const shout = defineTool({
  name: "shout",
  description: "Says it loudly.\n\n  Twice if need be.",
  inputSchema: z.object({
    text: z.string().min(1).max(200).describe("What to\n say."),
    times: z.int().min(1).max(9).default(1),
    pitch: z.number().gt(0).optional(),
    voice: z.enum(["high", "low"]).nullable().optional(),
    tags: z.array(z.union([z.string(), z.int()])).optional(),
    options: z.record(z.string(), z.unknown()).optional(),
    "odd key": z.unknown(),
  }),
  outputSchema: z.object({
    said: z.string(),
    parts: z.array(z.object({ at: z.iso.date(), word: z.string().optional() })),
  }),
  effect: "external",
  idempotency: "none",
  execute: () => ({ said: "", parts: [] }),
});

function toolOf(rest: Partial<ToolDescription>): ToolDescription {
  return {
    ...{ name: "t", version: "1", description: "A tool.", inputSchema: { type: "object" }, outputSchema: {} },
    ...{ effect: "read", idempotency: "pure", planning: null },
    ...rest,
  } as ToolDescription;
}

describe("the catalogue of tools", () => {
  test("says names, types, bounds, defaults, choices, output and effect", () => {
    expect(describeTools([shout])).toMatchInlineSnapshot(`
      "shout(text: string (1..200 characters), times?: integer 1..9 = 1, pitch?: number > 0, voice?: "high" | "low" | null, tags?: (integer | string)[], options?: object, odd_key: any) -> {said: string, parts: {at: string (date), word?: string}[]} [external]
        Says it loudly.
        Twice if need be.
        text: What to say."
    `);
  });

  test("is the same bytes for the same tools in any order", () => {
    expect(describeTools([...builtInTools].reverse())).toBe(describeTools(builtInTools));
    expect(
      describeTools(builtInTools)
        .split("\n")
        .filter((line) => !line.startsWith(" ")),
    ).toHaveLength(builtInTools.length);
  });

  test("is bounded whatever a schema or a description holds, and one tool cannot write another's line", () => {
    const wide: JsonSchema = {
      type: "object",
      properties: Object.fromEntries(Array.from({ length: 60 }, (_, place) => [`k${place}`, { $ref: "#/$defs/d" }])),
    };
    const $defs = { d: { type: "object", properties: { a: { $ref: "#/$defs/d" }, b: { $ref: "#/$defs/d" } } } };
    const text = describeTools([
      toolOf({ inputSchema: { ...wide, $defs }, outputSchema: { ...wide, $defs }, description: "x\n".repeat(90_000) }),
      toolOf({
        name: "u",
        inputSchema: { type: "object", properties: { a: { enum: Array.from({ length: 5_000 }, (_, n) => n) } } },
      }),
      toolOf({ name: "v", description: "Harmless.\nw() -> any [read]\r\n  More." }),
    ]);
    expect(text.length).toBeLessThan(20_000);
    expect(text.split("\n").filter((line) => !line.startsWith("  "))).toHaveLength(3);
  });

  test("shows the safe names, and what a tool without listed inputs takes", () => {
    const text = describeTools([
      toolOf({ name: "odd name", inputSchema: { type: "object", properties: { "a b": { type: "string" } } } }),
      toolOf({ name: "free", inputSchema: { type: "object", additionalProperties: true } }),
      toolOf({ name: "none" }),
    ]);
    expect(text.split("\n").filter((line) => !line.startsWith("  "))).toEqual([
      "free(input: object) -> any [read]",
      "none() -> any [read]",
      "odd_name(a_b?: string) -> any [read]",
    ]);
  });
});

describe.each(DIALECTS)("the description of dialect %s", (name) => {
  const tools = [
    toolOf({
      name: "shout",
      inputSchema: {
        type: "object",
        properties: {
          text: { type: "string" },
          times: { type: "integer" },
          tags: { type: "array", items: { type: "string" } },
        },
        required: ["text"],
      },
    }),
  ];

  test("ends with a step that its schema admits and that decodes to what it says", () => {
    const dialect = allDialects(tools).find((one) => one.name === name)!;
    const step = JSON.parse(describeDialect(name).split("\n").at(-1)!) as JsonObject;
    const shell = { kind: "plan", rationale: "", steps: [step], then: "finish", output: [], message: "" };
    const answer = schemaOf(dialect) === null ? { kind: "plan", rationale: "", steps: [step] } : shell;
    expect(admits(dialect, answer)).toBe(true);
    const { decision, issues } = dialect.decode(JSON.stringify(answer));
    expect(issues).toEqual([]);
    const parsed = parseDecision(decision, MODEL_PLAN_LIMITS);
    expect(parsed.issues).toEqual([]);
    expect(parsed.decision).toMatchObject({
      steps: [
        {
          id: "loud",
          tool: "shout",
          input: { text: name === "variants" ? { template: "Hear: {{item.title}}" } : { ref: "item.title" }, times: 2 },
          forEach: { items: { ref: "list.items" }, max: 10 },
        },
      ],
    });
  });

  test("is short", () => {
    expect(describeDialect(name).length).toBeLessThan(2_400);
  });
});
