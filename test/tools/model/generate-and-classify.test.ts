/** `generate` and `classify`, and what holds for every model-backed tool: declared facts, accounts, failures. */
import { describe, expect, test } from "vitest";
import { ModelError } from "../../../src/model/model.ts";
import { modelReply } from "../../../src/testing/index.ts";
import { createModelWorld } from "./model-world.ts";

const usage = { inputTokens: 50, outputTokens: 10 };
const price = { inputUsdPerMillion: 2, outputUsdPerMillion: 10 };
const TEXT = "The ferry sails at nine.\nThe harbour stays open.";

/** One usual call of each tool, with an answer that it can use. */
const CALLS: [name: string, input: Record<string, unknown>, answer: string, prompt: string][] = [
  ["summarize", { text: TEXT }, "The ferry sails at nine.", "summarize-whole"],
  [
    "answer_question",
    { text: TEXT, question: "When?" },
    '{"answer":"At nine.","evidence":["The ferry sails at nine."]}',
    "answer-question",
  ],
  ["extract", { text: TEXT, schema: { type: "string" } }, '"nine"', "extract"],
  ["classify", { text: TEXT, labels: ["travel", "food"] }, "travel", "classify"],
  ["generate", { text: TEXT, instruction: "Write a line." }, "The ferry sails.", "generate"],
];

describe.each(CALLS)("%s", (...[name, input, answer, prompt]) => {
  test("reads only, is pure, uses a model, and is as trusted as its inputs", () => {
    expect(createModelWorld([]).tool(name)).toMatchObject({
      ...{ effect: "read", idempotency: "pure", uses: ["model"], derive: "inputs", schemaTrust: "exact" },
    });
  });

  test("says how it worked and how far that can be relied on", async () => {
    const output = await createModelWorld([answer]).run(name, input as never);
    expect(output).toMatchObject({ method: "model", confidence: 1 });
  });

  test("puts the text into the user's part alone", async () => {
    const { model, run } = createModelWorld([answer]);
    await run(name, input as never);
    model.expectAsked({ count: 1, system: `prompt ${prompt}`, message: `<data>${TEXT}</data>`, format: "text" });
    expect(JSON.stringify(model.requests[0]?.system)).not.toContain("ferry");
  });

  test("tells what its call used, and with which prompt", async () => {
    const { run, uses } = createModelWorld([modelReply({ value: answer, usage })], { price });
    await run(name, input as never);
    expect(uses).toEqual([
      {
        usage: { ...usage, modelCalls: 1 },
        costUsd: 200e-6,
        model: "scripted",
        prompt: { name: prompt, version: 1, hash: `sha256:${prompt}` },
      },
    ]);
  });

  test("tells what a failed call used, and fails with the model's code", async () => {
    const spent = { ...usage, cachedInputTokens: 0, cacheWriteTokens: 0 };
    const { run, uses } = createModelWorld([new ModelError("MODEL_REFUSED", "No.", { usage: spent })], { price });
    await expect(run(name, input as never)).rejects.toMatchObject({ code: "MODEL_REFUSED", retryable: false });
    expect(uses).toMatchObject([{ usage: { ...usage, modelCalls: 1 }, costUsd: 200e-6 }]);
  });

  test("asks within its allowance, or not at all", async () => {
    const { model, run, uses } = createModelWorld([answer]);
    await run(name, input as never, { allowance: { tokens: 500, costUsd: null } });
    expect(model.requests[0]?.maxOutputTokens).toBeLessThan(300);
    const broke = run(name, input as never, { allowance: { tokens: 100, costUsd: null } });
    await expect(broke).rejects.toMatchObject({ code: "LIMIT_TOKENS" });
    model.expectAsked({ count: 1 });
    expect(uses[1]?.usage.modelCalls).toBe(0);
  });

  test("reserves what its calls may use, and nothing where too little is left", () => {
    const { tool, input: checked } = createModelWorld([], { price });
    const reserve = (tokens: number, costUsd: number | null) =>
      tool(name).reserve?.(checked(name, input as never), { tokens, costUsd });
    const plenty = reserve(1_000_000, 10);
    expect(plenty?.tokens).toBeGreaterThan(300);
    expect(plenty?.costUsd).toBeGreaterThan(0);
    expect(reserve(100, 10)).toBeNull();
    expect(reserve(1_000_000, 0.000_01)).toBeNull();
    expect(reserve(1_000_000, null)?.tokens).toBe(plenty?.tokens);
  });

  test("ends when the attempt is aborted", async () => {
    const { run } = createModelWorld([answer]);
    const aborted = run(name, input as never, { signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "CANCELLED" });
  });
});

test("tools are not made without their prompts", () => {
  const { tools } = createModelWorld([]);
  expect(tools.map(({ name }) => name)).toEqual(["summarize", "answer_question", "extract", "classify", "generate"]);
});

describe("generate", () => {
  test("needs no text, and gives the answer tidied", async () => {
    const { run, model } = createModelWorld(["\n A line. \n"]);
    expect((await run("generate", { instruction: "Write." })).text).toBe("A line.");
    model.expectAsked({ message: '{"instruction":"Write."}\n<data></data>' });
  });

  test("relies less on words that it was not given", async () => {
    const { run } = createModelWorld(["The ferry sails tomorrow.", "Unrelated nonsense altogether."]);
    const share = async () => (await run("generate", { instruction: "Write.", text: TEXT })).confidence;
    expect([await share(), await share()]).toEqual([0.67, 0]);
  });

  test("refuses a text that is too long for one call, and says what to do", () => {
    const { input } = createModelWorld([]);
    expect(() => input("generate", { instruction: "Write.", text: "x".repeat(400_001) })).toThrow(
      /Input '\/text' .*at most 400000 characters; pass its summary/,
    );
  });
});

describe("classify", () => {
  const labels = ["Complaint", "praise.", "question, open"];
  const ask = (answers: string[]) => createModelWorld(answers).run("classify", { text: TEXT, labels });

  test.each([
    ["Complaint", "Complaint"],
    [" complaint. \n", "Complaint"],
    ['- "praise"', "praise."],
    ["`question, open`", "question, open"],
  ])("takes %j as %j", async (answer, label) => {
    expect(await ask([answer])).toMatchObject({ label, method: "model" });
  });

  test("asks once more for a label that is none, and says which are", async () => {
    const { run, model, uses } = createModelWorld(["It is a complaint, I think", "complaint"]);
    expect(await run("classify", { text: TEXT, labels })).toMatchObject({
      ...{ label: "Complaint", method: "model-repaired", confidence: 0.5 },
    });
    model.expectAsked({ call: 2, message: /is none of the labels.*Complaint, praise\., question, open/ });
    expect(model.requests[1]?.messages.map(({ role }) => role)).toEqual(["user", "assistant", "user"]);
    expect(uses.map(({ prompt }) => prompt?.name)).toEqual(["classify", "answer-repair"]);
  });

  test("is TOOL_INVALID_OUTPUT where the second answer is none either", async () => {
    await expect(ask(["neither", ""])).rejects.toMatchObject({
      code: "TOOL_INVALID_OUTPUT",
      issues: [{ code: "TOOL_INVALID_OUTPUT" }],
    });
  });

  test.each([
    ["no label", []],
    ["an empty label", ["a", " "]],
    ["the same label twice", ["a", "b", "A."]],
    ["too many labels", Array.from({ length: 101 }, (_, n) => `l${n}`)],
  ])("refuses %s", (_, given) => {
    expect(() => createModelWorld([]).input("classify", { text: TEXT, labels: given })).toThrow("/labels");
  });

  test("has the stated labels as the type of its label", () => {
    const { inferOutput } = createModelWorld([]).tool("classify");
    const label = (schema: object) => inferOutput?.({ labels: schema as never });
    expect(label({ const: ["a", "b"] })).toMatchObject({ properties: { label: { enum: ["a", "b"] } } });
    expect(label({ type: "array" })).toMatchObject({ properties: { label: { type: "string" } } });
  });
});
