/** Fake tools and the direct caller: what they promise to the tests that use them. */
import { describe, expect, test } from "vitest";
import { ModelCallError, ModelError, type ModelRequest } from "../../src/model/model.ts";
import {
  createDirectCaller,
  createFakeTool,
  createManualClock,
  createScriptedModel,
  createToolContext,
  modelReply,
} from "../../src/testing/index.ts";

describe("a fake tool", () => {
  test("is read and pure, takes any object, and gives its output", async () => {
    const tool = createFakeTool({ name: "search", output: { items: [1] } });
    expect(tool).toMatchObject({
      name: "search",
      effect: "read",
      idempotency: "pure",
      inputSchema: { type: "object" },
    });
    expect(tool.checkInput({ anything: 1 }).ok).toBe(true);
    expect(await tool.execute({}, createToolContext())).toEqual({ items: [1] });
  });

  test("remembers its calls as they were", async () => {
    const tool = createFakeTool({ name: "echo", output: (input) => ({ got: input as never }) });
    const input = { text: "a" };
    await tool.execute(input, createToolContext({ step: "s", attempt: 2, idempotencyKey: "k" }));
    input.text = "changed";
    expect(tool.calls).toEqual([{ input: { text: "a" }, step: "s", index: null, attempt: 2, idempotencyKey: "k" }]);
  });

  test("gives its outputs one after the other, the last one for ever, and throws those that are errors", async () => {
    const tool = createFakeTool({ name: "flaky", outputs: [new Error("first"), 2, 3] });
    const call = () => Promise.resolve(tool.execute({}, createToolContext()));
    await expect(call()).rejects.toThrow("first");
    expect([await call(), await call(), await call()]).toEqual([2, 3, 3]);
  });

  test("takes its time on the clock and stops when aborted", async () => {
    const clock = createManualClock();
    const tool = createFakeTool({ name: "slow", output: 1, delayMs: 500, clock });
    const first = tool.execute({}, createToolContext());
    await clock.advanceAsync(500);
    expect(await first).toBe(1);
    const controller = new AbortController();
    const second = Promise.resolve(tool.execute({}, createToolContext({ signal: controller.signal })));
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: "CANCELLED" });
    expect(clock.timers).toBe(0);
  });

  test("has the declared facts", () => {
    const tool = createFakeTool({ name: "send", effect: "external", idempotency: "none", timeoutMs: 5, uses: ["mcp"] });
    expect(tool).toMatchObject({ effect: "external", idempotency: "none", timeoutMs: 5, uses: ["mcp"] });
  });
});

describe("a direct caller", () => {
  const request: ModelRequest = {
    system: [],
    messages: [{ role: "user", parts: [{ text: "x".repeat(400) }] }],
    format: { kind: "text" },
    maxOutputTokens: 1_000,
    parameters: {},
  };
  const { signal } = new AbortController();
  const usage = { inputTokens: 10, outputTokens: 5 };
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

  test("counts and prices an answer", async () => {
    const caller = createDirectCaller(createScriptedModel([modelReply({ value: "a", usage })], { price }));
    expect(await caller.call(request, { signal })).toMatchObject({
      value: "a",
      usage: { ...usage, modelCalls: 1 },
      costUsd: 20e-6,
    });
  });

  test("turns what is thrown into a ModelCallError with what was used", async () => {
    const spent = { ...usage, cachedInputTokens: 0, cacheWriteTokens: 0 };
    const error = new ModelError("MODEL_TRUNCATED", "Cut off.", { usage: spent });
    const caller = createDirectCaller(createScriptedModel([error, new Error("odd")], { price }));
    const first = await caller.call(request, { signal }).catch((thrown: unknown) => thrown);
    expect(first).toBeInstanceOf(ModelCallError);
    expect(first).toMatchObject({ code: "MODEL_TRUNCATED", usage: { ...usage, modelCalls: 1 }, costUsd: 20e-6 });
    await expect(caller.call(request, { signal })).rejects.toMatchObject({ code: "INTERNAL", costUsd: 0 });
  });

  test("keeps to an allowance, or refuses before it asks", async () => {
    const model = createScriptedModel(["a"]);
    const caller = createDirectCaller(model);
    await caller.call(request, { signal, allowance: { tokens: 600, costUsd: null } });
    expect(model.requests[0]?.maxOutputTokens).toBe(200);
    const broke = caller.call(request, { signal, allowance: { tokens: 100, costUsd: null } });
    await expect(broke).rejects.toMatchObject({ code: "LIMIT_TOKENS", usage: { modelCalls: 0 } });
    model.expectAsked({ count: 1 });
  });
});
