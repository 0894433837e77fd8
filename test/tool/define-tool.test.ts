import { describe, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import { z as z3 } from "zod3";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import { createToolContext } from "../../src/testing/tool-context.ts";
import { defineTool, type ToolDefinition } from "../../src/tool/define-tool.ts";
import type { Tool, ToolContext } from "../../src/tool/tool.ts";
import { transient } from "../../src/tool/transient.ts";

const CONTEXT = createToolContext();

const BASE = {
  name: "shout",
  description: "Writes a text in capitals.",
  inputSchema: { type: "object" },
  outputSchema: {},
  effect: "read",
  idempotency: "pure",
  execute: () => null,
} as const;

/** As a JavaScript author would: no compiler looks at the definition. */
function defineUnchecked(fields: Record<string, unknown>): Tool {
  return defineTool({ ...BASE, ...fields } as unknown as ToolDefinition);
}

function refusal(define: () => unknown): PlanwrightError {
  try {
    define();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(PlanwrightError);
    return thrown as PlanwrightError;
  }
  throw new Error("the definition was accepted");
}

describe("a definition", () => {
  test("gets version 1, exact trust and no timeout where it says nothing", () => {
    const tool = defineTool(BASE);
    expect(tool).toMatchObject({ version: "1", schemaTrust: "exact", timeoutMs: null, derive: null, uses: [] });
    expect(tool).toMatchObject({ planning: null, inferOutput: null, compensate: null, reconcile: null });
  });

  test("keeps what it says", () => {
    const compensate = (): null => null;
    const planning = { intents: ["shout"], inputs: { text: "quote" } as const, answer: "text" };
    const said = { version: "2.1.0", schemaTrust: "advisory", timeoutMs: 500, derive: "inputs" } as const;
    const tool = defineTool({ ...BASE, ...said, uses: ["network"], planning, compensate });
    expect(tool).toMatchObject({ ...said, uses: ["network"], planning, compensate });
  });

  test.each(["name", "description", "inputSchema", "outputSchema", "effect", "idempotency", "execute"])(
    "without %s is refused with the field named",
    (field) => {
      const error = refusal(() => defineUnchecked({ [field]: undefined }));
      expect(error.code).toBe("CONFIG_INVALID");
      expect(error.message).toContain(`: ${field} is missing`);
      if (field !== "name") expect(error.message).toContain("'shout'");
    },
  );

  test.each([
    ["name", "9lives"],
    ["name", "two words"],
    ["name", `a${"b".repeat(64)}`],
    ["version", 2],
    ["description", "  "],
    ["effect", "reads"],
    ["idempotency", "often"],
    ["schemaTrust", "blind"],
    ["timeoutMs", 0],
    ["timeoutMs", Number.POSITIVE_INFINITY],
    ["derive", "all"],
    ["uses", "model"],
    ["planning", { intents: "shout" }],
    ["inferOutput", {}],
    ["compensate", true],
    ["execute", "shout"],
  ])("with a wrong %s (%s) is refused with the field named", (field, value) => {
    const error = refusal(() => defineUnchecked({ [field]: value }));
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message).toContain(`: ${field} must be`);
  });

  test("with an unknown field is refused with the field that was probably meant", () => {
    expect(refusal(() => defineUnchecked({ timeoutMS: 5 })).message).toContain("did you mean 'timeoutMs'?");
    expect(refusal(() => defineUnchecked({ parameters: {} })).message).toContain("'shout': parameters is not a field");
  });

  test("may be missing or null", () => {
    expect(refusal(() => defineTool(null as unknown as ToolDefinition)).code).toBe("CONFIG_INVALID");
    expect(defineUnchecked({ timeoutMs: null, planning: null }).timeoutMs).toBeNull();
  });

  test("needs effect and idempotency for the compiler too", () => {
    expectTypeOf<Omit<ToolDefinition, "effect">>().not.toExtend<ToolDefinition>();
    expectTypeOf<Omit<ToolDefinition, "idempotency">>().not.toExtend<ToolDefinition>();
  });
});

describe("an input schema", () => {
  test.each([
    ["a text", z.string()],
    ["a union of objects", z.union([z.object({ a: z.string() }), z.object({ b: z.string() })])],
    ["a list, in Zod 3", z3.array(z3.string())],
    ["anything", {}],
  ])("that is %s is refused, since inputs have names", (_kind, inputSchema) => {
    expect(refusal(() => defineUnchecked({ inputSchema })).message).toMatch(/inputSchema must describe one object/);
  });

  test("closes the root of a Zod object that would drop unknown names, and no other object", () => {
    const fields = { a: z.object({ b: z.string() }) };
    const fields3 = { a: z3.object({ b: z3.string() }) };
    for (const inputSchema of [z.object(fields), z3.object(fields3), z3.object(fields3).refine(() => true)]) {
      const json = defineUnchecked({ inputSchema }).inputSchema as Record<string, unknown>;
      expect(json.additionalProperties).toBe(false);
      expect((json.properties as { a: object }).a).not.toMatchObject({ additionalProperties: false });
    }
    expect(defineUnchecked({ inputSchema: z.looseObject(fields) }).inputSchema.additionalProperties).not.toBe(false);
    expect(defineUnchecked({ inputSchema: z3.object(fields3).passthrough() }).inputSchema.additionalProperties).toBe(
      true,
    );
    expect(defineUnchecked({ inputSchema: { type: "object" } }).inputSchema).toEqual({ type: "object" });
  });
});

describe("execute", () => {
  test("gets the types of Zod 4, Zod 3 and JSON Schema", () => {
    const outputSchema = z.object({ length: z.number() });
    defineTool({
      ...BASE,
      inputSchema: z.object({ text: z.string(), times: z.number().default(1) }),
      outputSchema,
      execute(input, context) {
        expectTypeOf(input).toEqualTypeOf<{ text: string; times: number }>();
        expectTypeOf(context).toEqualTypeOf<ToolContext>();
        return { length: input.text.length };
      },
    });
    defineTool({
      ...BASE,
      inputSchema: z3.object({ text: z3.string(), times: z3.number().default(1) }),
      outputSchema: z3.object({ length: z3.number().default(0) }),
      execute(input) {
        expectTypeOf(input).toEqualTypeOf<{ text: string; times: number }>();
        return {};
      },
    });
    defineTool({ ...BASE, execute: (input) => expectTypeOf(input).toEqualTypeOf<unknown>() });
    expectTypeOf<ReturnType<ToolDefinition<typeof outputSchema, typeof outputSchema>["execute"]>>().toEqualTypeOf<
      { length: number } | Promise<{ length: number }>
    >();
  });

  test("gets the checked value and the context, with the definition as this", async () => {
    const definition = {
      ...BASE,
      inputSchema: z.object({ text: z.string().trim(), times: z.number().default(2) }),
      outputSchema: z.object({ text: z.string() }),
      mark: "!",
      execute(input: { text: string; times: number }, { attempt }: ToolContext) {
        return { text: input.text.repeat(input.times) + attempt + this.name };
      },
    };
    const { mark: _mark, ...known } = definition;
    const tool = defineTool(known);
    const checked = tool.checkInput({ text: " ab " });
    expect(checked).toEqual({ ok: true, value: { text: "ab", times: 2 } });
    if (checked.ok) expect(await tool.execute(checked.value, CONTEXT)).toEqual({ text: "abab1shout" });
  });

  test("can say that a failure will pass", () => {
    const cause = new Error("503");
    const error = transient("The registry answered 503.", { retryAfterMs: 1500, cause });
    expect(error).toMatchObject({ code: "TOOL_TRANSIENT", retryable: "backoff", retryAfterMs: 1500, cause });
    expect(transient("Busy.").retryAfterMs).toBeNull();
  });
});
