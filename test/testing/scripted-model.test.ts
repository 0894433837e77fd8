/** The scripted model is a Model that tests can rely on: order, usage, streams, aborts, and readable complaints. */
import { describe, expect, test } from "vitest";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import { type AttemptOptions, ModelError, type ModelRequest } from "../../src/model/model.ts";
import { createManualClock, createScriptedModel, modelReply } from "../../src/testing/index.ts";

const request = (text: string, more: Partial<ModelRequest> = {}): ModelRequest => ({
  system: [{ text: "You plan.", isStable: true }],
  messages: [{ role: "user", parts: [{ text }] }],
  format: { kind: "text" },
  maxOutputTokens: 100,
  parameters: {},
  ...more,
});

function attempt(more: Partial<AttemptOptions> = {}): AttemptOptions {
  return { signal: new AbortController().signal, ...more };
}

describe("answers", () => {
  test("come in order: texts as they are, other values as JSON text, functions of the request", async () => {
    const model = createScriptedModel([
      "yes",
      { a: [1] },
      ({ messages }) => messages.length,
      modelReply({ value: "r" }),
    ]);
    const values: string[] = [];
    for (let n = 0; n < 4; n++) values.push((await model.generate(request("?"), attempt())).value);
    expect(values).toEqual(["yes", '{"a":[1]}', "1", "r"]);
  });

  test("use what the script says, else a quarter of the bytes", async () => {
    const model = createScriptedModel(["12345678", modelReply({ value: "x", usage: { outputTokens: 77 } })]);
    const first = await model.generate(request("abc"), attempt());
    expect(first.usage).toEqual({ inputTokens: 3, cachedInputTokens: 0, cacheWriteTokens: 0, outputTokens: 2 });
    const second = await model.generate(request("abc"), attempt());
    expect(second.usage).toMatchObject({ inputTokens: 3, outputTokens: 77 });
  });

  test("may be errors, which are thrown as they are", async () => {
    const error = new ModelError("MODEL_RATE_LIMITED", "Slow down.", { retryAfterMs: 5 });
    const model = createScriptedModel([error, () => new Error("odd")]);
    await expect(model.generate(request("?"), attempt())).rejects.toBe(error);
    await expect(model.generate(request("?"), attempt())).rejects.toThrow("odd");
  });

  test("run out with a complaint that says how many there were", async () => {
    const model = createScriptedModel(["only"]);
    await model.generate(request("?"), attempt());
    await expect(model.generate(request("?"), attempt())).rejects.toMatchObject({
      code: "INTERNAL",
      message: "The scripted model has 1 answer and was asked once more.",
    });
  });

  test("cost nothing, and what is known of the model can be set", () => {
    expect(createScriptedModel([])).toMatchObject({
      name: "scripted",
      provider: "scripted",
      price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
    });
    expect(createScriptedModel([], { name: "anthropic:x", provider: "anthropic", price: null })).toMatchObject({
      name: "anthropic:x",
      provider: "anthropic",
      price: null,
    });
  });
});

describe("streams", () => {
  test("come piece by piece at the pace of the clock", async () => {
    const clock = createManualClock();
    const model = createScriptedModel([modelReply({ pieces: ["one ", "two"] })], { delayMs: 1_000, clock });
    const seen: [string, number][] = [];
    const answer = model.generate(request("?"), attempt({ onText: (piece) => seen.push([piece, clock.monotonic()]) }));
    await clock.advanceAsync(1_500);
    expect(seen).toEqual([["one ", 1_000]]);
    await clock.advanceAsync(500);
    expect(seen).toEqual([
      ["one ", 1_000],
      ["two", 2_000],
    ]);
    expect((await answer).value).toBe("one two");
    expect(clock.timers).toBe(0);
  });

  test("that nobody reads are one wait", async () => {
    const clock = createManualClock();
    const model = createScriptedModel([modelReply({ pieces: ["a", "b", "c"], delayMs: 10 })], { clock });
    const answer = model.generate(request("?"), attempt());
    await clock.advanceAsync(10);
    expect((await answer).value).toBe("abc");
  });

  test("can break after some pieces", async () => {
    const error = new ModelError("MODEL_STREAM_BROKEN", "Cut.");
    const model = createScriptedModel([modelReply({ pieces: ["half"], error })]);
    const seen: string[] = [];
    const answer = model.generate(request("?"), attempt({ onText: (piece) => seen.push(piece) }));
    await expect(answer).rejects.toBe(error);
    expect(seen).toEqual(["half"]);
  });

  test("tell of activity with every piece", async () => {
    let count = 0;
    const model = createScriptedModel([modelReply({ pieces: ["a", "b"] }), "c"]);
    const onActivity = () => {
      count += 1;
    };
    await model.generate(request("?"), attempt({ onText: () => {}, onActivity }));
    expect(count).toBe(2);
    await model.generate(request("?"), attempt({ onActivity }));
    expect(count).toBe(3);
  });

  test("end at once when the signal aborts, with its reason, and leave no timer", async () => {
    const clock = createManualClock();
    const model = createScriptedModel(["late", "later", "never"], { delayMs: 60_000, clock });
    const controller = new AbortController();
    const answer = model.generate(request("?"), attempt({ signal: controller.signal }));
    const other = model.generate(request("?"), attempt({ signal: AbortSignal.any([controller.signal]) }));
    controller.abort(new PlanwrightError("MODEL_TIMEOUT", "Too slow."));
    await expect(answer).rejects.toMatchObject({ code: "MODEL_TIMEOUT" });
    await expect(other).rejects.toMatchObject({ code: "MODEL_TIMEOUT" });
    const aborted = attempt({ signal: AbortSignal.abort() });
    await expect(model.generate(request("?"), aborted)).rejects.toMatchObject({ code: "CANCELLED" });
    expect(clock.timers).toBe(0);
  });

  test("end when the reader itself aborts between two pieces", async () => {
    const clock = createManualClock();
    const controller = new AbortController();
    const model = createScriptedModel([modelReply({ pieces: ["a", "b"] })], { delayMs: 5, clock });
    const onText = () => controller.abort();
    const answer = model.generate(request("?"), attempt({ signal: controller.signal, onText }));
    const refused = expect(answer).rejects.toMatchObject({ code: "CANCELLED" });
    await clock.advanceAsync(5);
    await refused;
    expect(clock.timers).toBe(0);
  });
});

describe("what it was asked", () => {
  async function asked() {
    const model = createScriptedModel(["1", "2"]);
    const first = request("Summarise the letter.");
    await model.generate(first, attempt());
    first.messages.push({ role: "assistant", parts: [{ text: "changed later" }] });
    await model.generate(request("Name the people.", { format: { kind: "schema", name: "p", schema: {} } }), attempt());
    return model;
  }

  test("is kept as it was at that time", async () => {
    const { requests } = await asked();
    expect(requests.map(({ messages }) => messages.length)).toEqual([1, 1]);
  });

  test("meets expectations on count, texts, patterns and format", async () => {
    const model = await asked();
    model.expectAsked({ count: 2, system: "You plan.", message: /people/g });
    model.expectAsked({ call: 1, message: "Summarise", format: "text", never: "people" });
    model.expectAsked({ call: 2, format: "schema" });
  });

  test("or else is listed in the complaint", async () => {
    const model = await asked();
    expect(() => model.expectAsked({ count: 1 })).toThrow("to be asked once, but was asked 2 times");
    expect(() => model.expectAsked({ call: 3 })).toThrow("There is no call 3");
    expect(() => model.expectAsked({ call: 1, message: "people" })).toThrow('Call 1 lacks "people" in a message');
    expect(() => model.expectAsked({ system: "x", format: "tool" })).toThrow(
      /No call has "x" in its system text, and the format 'tool'\.\n {2}1\. text; system "You plan\."; messages "Summarise/,
    );
    expect(() => model.expectAsked({ never: /lett[aeiou]r/ })).toThrow("which it was never to see");
  });
});
