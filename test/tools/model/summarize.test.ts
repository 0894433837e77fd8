/** The model-backed `summarize`: bounded calls, whatever the length, and never more than was reserved. */
import { describe, expect, test } from "vitest";
import { estimateInputTokens } from "../../../src/model/account.ts";
import { ModelError, type ModelRequest } from "../../../src/model/model.ts";
import { createManualClock, modelReply, type ScriptedModelAnswer } from "../../../src/testing/index.ts";
import { splitText, spreadParts } from "../../../tools/model/split-text.ts";
import { summarize as offline } from "../../../tools/summarize.ts";
import { createModelWorld } from "./model-world.ts";

const sentence = (n: number) => `Sentence ${n} tells of the harbour and its ferry. `;
const textOf = (chars: number) => {
  let text = "";
  for (let n = 0; text.length < chars; n++) text += n % 5 === 4 ? `${sentence(n)}\n\n` : sentence(n);
  return text.slice(0, chars);
};
const repeat = (count: number, answer: ScriptedModelAnswer) => Array.from({ length: count }, () => answer);

describe("a short text", () => {
  test("is one call, with the wanted number of sentences", async () => {
    const { run, model } = createModelWorld(["The harbour has a ferry. It tells of it."]);
    expect(await run("summarize", { text: textOf(1_000), sentences: 2 })).toEqual({
      text: "The harbour has a ferry. It tells of it.",
      sentences: ["The harbour has a ferry.", "It tells of it."],
      method: "model",
      confidence: 1,
    });
    model.expectAsked({ count: 1, system: "summarize-whole", message: '{"sentences":"2"}' });
  });

  test("has five sentences by default, and never more than wanted", async () => {
    const { run, model } = createModelWorld([
      "One. Two. Three. Four. Five. Six.",
      "- One thing\n- Two things",
      "no end",
    ]);
    expect((await run("summarize", { text: "Some text." })).sentences).toHaveLength(5);
    model.expectAsked({ message: '{"sentences":"5"}' });
    expect((await run("summarize", { text: "Some text.", sentences: 1 })).sentences).toEqual(["One thing"]);
    expect((await run("summarize", { text: "Some text.", sentences: 3 })).sentences).toEqual(["no end"]);
  });

  test("that is empty costs nothing", async () => {
    const { run, model, tool } = createModelWorld([]);
    expect(await run("summarize", { text: "  " })).toEqual({ text: "", sentences: [], method: "none", confidence: 0 });
    model.expectAsked({ count: 0 });
    expect(tool("summarize").reserve?.({ text: " ", sentences: 5 }, { tokens: 0, costUsd: 0 })).toEqual({
      ...{ tokens: 0, costUsd: 0 },
    });
  });

  test("goes in as the offline tool's does, and comes out in its shape", () => {
    const { tool } = createModelWorld([]);
    const model = tool("summarize");
    expect(model.inputSchema).toEqual(offline.inputSchema);
    expect(model.planning).toEqual(offline.planning);
    const names = (schema: unknown) => Object.keys((schema as { properties: object }).properties);
    expect(names(model.outputSchema)).toEqual(names(offline.outputSchema));
  });
});

describe("a long text", () => {
  test("is summed up in parts, four at a time, and then as a whole", async () => {
    const clock = createManualClock();
    const { run, model } = createModelWorld(repeat(8, "The ferry."), { delayMs: 1_000, clock });
    const output = run("summarize", { text: textOf(150_000) });
    const asked: number[] = [];
    for (let second = 0; second < 3; second++) {
      await clock.advanceAsync(999);
      asked.push(model.requests.length);
      await clock.advanceAsync(1);
    }
    expect(await output).toMatchObject({ method: "model-parts", text: "The ferry." });
    expect(asked).toEqual([4, 7, 8]);
    const last = JSON.stringify(model.requests[7]);
    expect(last).toContain("summarize-whole");
    expect(last).toContain("<data>The ferry.\\n\\nThe ferry.");
  });

  test("loses nothing between its parts", () => {
    const text = textOf(200_000);
    const parts = splitText(text, 24_000);
    expect(parts.join("")).toBe(text);
    expect(parts.every((part) => part.length <= 24_000 && part.length > 0)).toBe(true);
    expect(parts.slice(0, -1).every((part) => part.endsWith("\n\n"))).toBe(true);
    const smileys = "😀".repeat(1_000);
    expect(splitText(smileys, 101).every((part) => part.isWellFormed())).toBe(true);
    expect(splitText(smileys, 101).join("")).toBe(smileys);
    expect(spreadParts(["a", "b", "c", "d", "e"], 3)).toEqual(["a", "c", "e"]);
  });

  test("of any length takes 17 calls at most, and says where it only sampled", async () => {
    const { run, model } = createModelWorld(repeat(17, "The ferry."));
    const output = await run("summarize", { text: textOf(2_000_000) });
    expect(output.method).toBe("model-sampled");
    expect(output.confidence).toBeLessThan(0.3);
    model.expectAsked({ count: 17, message: "Sentence 0 tells" });
  });

  test("whose part fails stops the others, and reports every call", async () => {
    const clock = createManualClock();
    const answers = ["a", "b", modelReply({ error: new ModelError("MODEL_QUOTA", "Empty."), delayMs: 10 })];
    const { run, model, uses } = createModelWorld([...answers, "d", ...repeat(20, "never")], { delayMs: 500, clock });
    const output = run("summarize", { text: textOf(300_000) });
    const refused = expect(output).rejects.toMatchObject({ code: "MODEL_QUOTA" });
    await clock.advanceAsync(10);
    await refused;
    model.expectAsked({ count: 4 });
    expect(uses).toHaveLength(4);
    expect(clock.timers).toBe(0);
  });
});

describe("what is reserved", () => {
  const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 15 };
  /** The most that a call may use: all input as estimated, all output as allowed, as long in bytes as it can be. */
  const worst = (request: ModelRequest) =>
    modelReply({
      value: "ö. ".repeat(request.maxOutputTokens),
      usage: { inputTokens: estimateInputTokens(request), outputTokens: request.maxOutputTokens },
    });

  test.each([
    ["a short text", textOf(5_000)],
    ["a text of one call", textOf(48_000)],
    ["a text of some parts", textOf(130_000)],
    ["a text in another script", "港".repeat(130_000)],
    ["a text of all parts", textOf(384_000)],
    ["a text that is sampled", textOf(1_000_000)],
  ])("covers the worst for %s", async (_, text) => {
    const { tool, run, input, uses } = createModelWorld(repeat(17, worst), { price });
    const allowance = tool("summarize").reserve?.(input("summarize", { text }), { tokens: 10_000_000, costUsd: 100 });
    expect(allowance).not.toBeNull();
    await run("summarize", { text }, { allowance: allowance ?? null });
    const tokens = uses.reduce((sum, { usage }) => sum + usage.inputTokens + usage.outputTokens, 0);
    const costUsd = uses.reduce((sum, use) => sum + (use.costUsd ?? 0), 0);
    expect(tokens).toBeLessThanOrEqual(allowance?.tokens ?? 0);
    expect(costUsd).toBeLessThanOrEqual((allowance?.costUsd ?? 0) + 1e-9);
    expect(tokens).toBeGreaterThan((allowance?.tokens ?? 0) * 0.8);
  });

  test("is nothing where not all parts can be paid for", () => {
    const { tool, input } = createModelWorld([], { price });
    const reserve = (tokens: number) =>
      tool("summarize").reserve?.(input("summarize", { text: textOf(130_000) }), { tokens, costUsd: null });
    expect(reserve(60_000)).toBeNull();
    expect(reserve(200_000)?.tokens).toBeLessThan(200_000);
  });
});
