/** `extract` gives what satisfies the schema, or fails; and takes no schema that could do harm. */
import { describe, expect, test } from "vitest";
import { createModelWorld } from "./model-world.ts";

const TEXT = "Ann Bell paid 120 euros on 3 May.";
const schema = {
  type: "object",
  properties: { name: { type: "string" }, amount: { type: "number" } },
  required: ["name", "amount"],
  additionalProperties: false,
};
const GOOD = { name: "Ann Bell", amount: 120 };

describe("an answer", () => {
  test.each([
    ["JSON alone", JSON.stringify(GOOD)],
    ["JSON in a fence", `Here it is:\n\`\`\`json\n${JSON.stringify(GOOD, null, 2)}\n\`\`\`\nDone.`],
    ["JSON in prose", `I found ${JSON.stringify(GOOD)} in it.`],
    ["JSON with a slip", '{"name": "Ann Bell", "amount": 120,}'],
  ])("may be %s", async (_, answer) => {
    const { run } = createModelWorld([answer]);
    expect(await run("extract", { text: TEXT, schema })).toEqual({ value: GOOD, method: "model", confidence: 1 });
  });

  test.each([
    ["a list", { type: "array" }, "[1, 120]", [1, 120]],
    ["a list in a fence", { type: "array" }, "```\n[120]\n```", [120]],
    ["a text", { type: "string" }, '"Ann"', "Ann"],
    ["null", { type: "null" }, "null", null],
    ["false", {}, "false", false],
  ])("may be %s", async (...[, wanted, answer, value]) => {
    const { run } = createModelWorld([answer]);
    expect((await run("extract", { text: TEXT, schema: wanted })).value).toEqual(value);
  });

  test("that does not satisfy the schema is asked for once more, with what is wrong", async () => {
    const { run, model, uses } = createModelWorld(['{"name": "Ann Bell", "sum": "120"}', JSON.stringify(GOOD)]);
    expect(await run("extract", { text: TEXT, schema })).toMatchObject({ value: GOOD, method: "model-repaired" });
    model.expectAsked({ count: 2, call: 2, message: /\/amount: .*is missing.*\/sum: .*is not known here/s });
    model.expectAsked({ call: 2, message: '{"name": "Ann Bell", "sum": "120"}' });
    expect(uses).toHaveLength(2);
  });

  test("that does not satisfy it twice is TOOL_INVALID_OUTPUT, and no third call", async () => {
    const { run, model } = createModelWorld(["no JSON at all", '{"name": 1, "amount": 2}', "never"]);
    await expect(run("extract", { text: TEXT, schema })).rejects.toMatchObject({
      code: "TOOL_INVALID_OUTPUT",
      message: /^Twice the model's answer for tool 'extract' could not be used: Output '\/name' /,
      issues: [{ path: "/name" }],
    });
    model.expectAsked({ count: 2, call: 2, message: "holds no JSON object" });
  });

  test.each([
    ["keys that reach a prototype", '{"__proto__": {"a": 1}}', "the key '__proto__'"],
    ["a hundred levels", `${"[".repeat(100)}${"]".repeat(100)}`, "more than 64 levels"],
  ])("with %s can't be used", async (_, answer, finding) => {
    const { run, model } = createModelWorld([answer, '"fine"']);
    expect((await run("extract", { text: TEXT, schema: {} })).value).toBe("fine");
    model.expectAsked({ call: 2, message: finding });
  });

  test("is relied on as far as its texts and numbers stand in the text", async () => {
    const { run } = createModelWorld(['{"name": "ANN BELL", "amount": 999}', "{}"]);
    expect((await run("extract", { text: TEXT, schema })).confidence).toBe(0.5);
    expect((await run("extract", { text: TEXT, schema: {} })).confidence).toBe(0);
  });
});

describe("a schema", () => {
  const check = (given: object) =>
    createModelWorld([])
      .tool("extract")
      .checkInput({ text: TEXT, schema: given } as never);

  test.each([
    ["an expression", { type: "object", properties: { a: { anyOf: [{ pattern: "(a+)+$" }] } } }, "'pattern'"],
    ["expressions as names", { $defs: { a: { patternProperties: { "(a+)+$": {} } } } }, "'patternProperties'"],
    ["a wrong keyword value", { type: "strin" }, "no JSON Schema"],
    ["a reference to elsewhere", { $ref: "https://example.com/schema" }, "no JSON Schema"],
    ["more than 32 levels", JSON.parse(`${'{"not":'.repeat(33)}{}${"}".repeat(33)}`) as object, "more than 32 levels"],
    ["more than 32 KiB", { description: "x".repeat(33_000) }, "more than 32768 bytes"],
  ])("with %s is refused before anything is asked", (_, given, problem) => {
    const checked = check(given);
    expect(checked).toMatchObject({ ok: false, issues: [{ code: "TOOL_INVALID_INPUT", path: "/schema" }] });
    expect(JSON.stringify(checked)).toContain(problem);
  });

  test("may have properties and data of those names", () => {
    const properties = { pattern: { type: "string" }, patternProperties: { const: { pattern: "x" } } };
    expect(check({ type: "object", properties, examples: [{ pattern: "x" }] }).ok).toBe(true);
  });

  test("that claims to be asynchronous is checked all the same", async () => {
    const { run } = createModelWorld(["1", "2"]);
    const given = { $async: true, type: "string" };
    await expect(run("extract", { text: TEXT, schema: given })).rejects.toMatchObject({ code: "TOOL_INVALID_OUTPUT" });
  });

  test("that the plan states is the type of the value, unless it has references", () => {
    const { inferOutput } = createModelWorld([]).tool("extract");
    expect(inferOutput?.({ schema: { const: schema } })).toMatchObject({ properties: { value: schema } });
    const recursive = { const: { $ref: "#/$defs/a", $defs: { a: {} } } };
    expect(inferOutput?.({ schema: recursive })).toMatchObject({ properties: { value: {} } });
    expect(inferOutput?.({ schema: { type: "object" } })).toMatchObject({ properties: { value: {} } });
  });
});
