/** A cassette gives back what a model said, and how it failed; strictly, and no call goes out in a replay. */
import { describe, expect, test } from "vitest";
import { CASSETTE_MODES, openCassette } from "../../src/model/cassette-model.ts";
import { ModelError, type ModelRequest } from "../../src/model/model.ts";
import { createManualClock, createScriptedModel, modelReply } from "../../src/testing/index.ts";
import { attempt, createWorld, FILE, outcome, request } from "./cassette-world.ts";

const usage = { inputTokens: 90, cachedInputTokens: 40, cacheWriteTokens: 10, outputTokens: 7 };

describe("a replay", () => {
  const FORMATS: ModelRequest["format"][] = [
    { kind: "text" },
    { kind: "schema", name: "plan", schema: { type: "object", properties: { kind: { type: "string" } } } },
    { kind: "tool", name: "submit", description: "Submits.", schema: { type: "object" } },
  ];

  test.each(FORMATS)("meets what the recording met, for format $kind", async (format) => {
    const world = createWorld();
    const broken = new ModelError("MODEL_STREAM_BROKEN", "Cut.", { hint: "Wait.", retryAfterMs: 5, usage });
    const recording = await world.record([
      modelReply({ pieces: ['{"kind"', ':"finish"}'], usage, raw: { id: "r1", parts: [1, null] } }),
      modelReply({ pieces: ["half"], error: broken }),
      new ModelError("MODEL_RATE_LIMITED", "Slow down.", { retryAfterMs: 1_000 }),
      "",
    ]);
    const met = [];
    for (const text of ["a", "b", "b", "b"]) met.push(await outcome(recording, request(text, { format })));
    const replay = await world.replay();
    const again = [];
    for (const text of ["a", "b", "b", "b"]) again.push(await outcome(replay, request(text, { format })));
    expect(again).toEqual(met);
    expect(again[0]).toMatchObject({ pieces: ['{"kind"', ':"finish"}'], answer: { usage, raw: { id: "r1" } } });
    expect(again[1]?.error).toBeInstanceOf(ModelError);
    expect(again[1]).toMatchObject({ pieces: ["half"], error: { code: "MODEL_STREAM_BROKEN", hint: "Wait.", usage } });
    expect(again[2]?.error).toMatchObject({ code: "MODEL_RATE_LIMITED", retryAfterMs: 1_000, usage: null });
  });

  test("has the recorded model's name, price, limits and formats, and says whose rules it keeps to", async () => {
    const world = createWorld();
    const price = { inputUsdPerMillion: 3, outputUsdPerMillion: 15, cachedInputUsdPerMillion: 0.3 };
    const facts = { name: "anthropic:some", provider: "anthropic", price, maxOutputTokens: 123 } as const;
    const inner = createScriptedModel(["a"], { ...facts, formats: ["tool", "text"] });
    await (await world.record([], { inner })).generate(request("a"), attempt());
    expect(await world.replay()).toMatchObject({
      ...{ ...facts, provider: "cassette", rulesOf: "anthropic", formats: ["tool", "text"], mode: "replay" },
    });
  });

  test("gives the value in one piece where nothing was streamed, and no piece where nobody reads along", async () => {
    const world = createWorld();
    const recording = await world.record(["whole", modelReply({ pieces: ["a", "b"] })]);
    await recording.generate(request("1"), attempt());
    await outcome(recording, request("2"));
    const replay = await world.replay();
    expect((await outcome(replay, request("1"))).pieces).toEqual(["whole"]);
    expect((await replay.generate(request("2"), attempt())).value).toBe("ab");
  });

  test("tells of activity, and ends when the signal aborts", async () => {
    const world = createWorld();
    await outcome(await world.record([modelReply({ pieces: ["a", "b"] })]), request("1"));
    let count = 0;
    await outcome(await world.replay(), request("1"), { onActivity: () => void count++ });
    expect(count).toBe(3);
    const controller = new AbortController();
    const onText = () => controller.abort();
    const replay = await world.replay();
    const cut = replay.generate(request("1"), attempt({ signal: controller.signal, onText }));
    await expect(cut).rejects.toMatchObject({ code: "CANCELLED" });
    await expect(replay.generate(request("1"), attempt({ signal: AbortSignal.abort() }))).rejects.toMatchObject({
      code: "CANCELLED",
    });
    expect((await replay.generate(request("1"), attempt())).value).toBe("ab");
  });

  test("tells equal requests apart by their number and by their trial", async () => {
    const world = createWorld();
    const recording = await world.record(["one", "two", "other trial"]);
    for (const trial of [1, 1, 2]) await recording.generate(request("same"), attempt({ trial }));
    const replay = await world.replay();
    const ask = async (trial: number) => (await replay.generate(request("same"), attempt({ trial }))).value;
    expect([await ask(2), await ask(1), await ask(1)]).toEqual(["other trial", "one", "two"]);
    const { value } = await (await world.replay()).generate(request("same"), attempt());
    expect(value).toBe("one");
  });

  test("does not look at cache marks, key order or the cap on output", async () => {
    const world = createWorld();
    await (await world.record(["a"])).generate(request("1", { parameters: { a: 1, b: 2 } }), attempt());
    const other = request("1", { parameters: { b: 2, a: 1 }, system: [{ text: "You plan." }], maxOutputTokens: 64 });
    expect((await (await world.replay()).generate(other, attempt())).value).toBe("a");
  });

  test("spends no more output than the request allows", async () => {
    const world = createWorld();
    await (await world.record([modelReply({ value: "long", usage })])).generate(request("1"), attempt());
    const replay = await world.replay();
    const short = replay.generate(request("1", { maxOutputTokens: 5 }), attempt());
    await expect(short).rejects.toMatchObject({ code: "MODEL_TRUNCATED", usage: { ...usage, outputTokens: 5 } });
  });
});

describe("modes", () => {
  test("auto replays what is there and records the rest, once", async () => {
    const world = createWorld();
    await (await world.record(["first"])).generate(request("1"), attempt());
    const inner = createScriptedModel(["second"]);
    const auto = await world.record([], { mode: "auto", inner });
    expect((await auto.generate(request("1"), attempt())).value).toBe("first");
    expect((await auto.generate(request("2"), attempt())).value).toBe("second");
    inner.expectAsked({ count: 1, message: "2" });
    expect(auto.recorded()).toBe(2);
    expect((await (await world.replay()).generate(request("2"), attempt())).value).toBe("second");
  });

  test("record asks again and only appends; the later answer counts", async () => {
    const world = createWorld();
    await (await world.record(["old"])).generate(request("1"), attempt());
    const before = await world.text();
    await (await world.record(["new"])).generate(request("1"), attempt());
    expect((await world.text()).startsWith(before)).toBe(true);
    expect((await (await world.replay()).generate(request("1"), attempt())).value).toBe("new");
  });

  test("replay never asks the inner model", async () => {
    const world = createWorld();
    await (await world.record(["a"])).generate(request("1"), attempt());
    const inner = createScriptedModel(["never"]);
    const replay = await world.replay({ inner });
    await expect(replay.generate(request("2"), attempt())).rejects.toMatchObject({ code: "CASSETTE_MISS" });
    inner.expectAsked({ count: 0 });
  });

  test.each(CASSETTE_MODES)("%s without what it needs is CONFIG_INVALID", async (mode) => {
    await expect(createWorld().replay({ mode })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("a cassette of another model is refused", async () => {
    const world = createWorld();
    await (await world.record(["a"])).generate(request("1"), attempt());
    const inner = createScriptedModel([], { name: "openai:other" });
    await expect(world.record([], { inner })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      message: `Cassette '${FILE}' is of 'scripted', not of 'openai:other'.`,
    });
  });

  test("a specification names a file for replay, from a folder", async () => {
    const { fileSystem, ...world } = createWorld();
    await (await world.record(["a"])).generate(request("1"), attempt());
    const model = await openCassette("cassette:./answers.jsonl", { folder: "/work", fileSystem });
    expect(model).toMatchObject({ name: "scripted", mode: "replay", file: FILE });
    await expect(openCassette("cassette:", { fileSystem })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    await expect(openCassette("openai:x", { fileSystem })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

describe("a recording", () => {
  test("keeps how long a call took, and each text once", async () => {
    const world = createWorld();
    const clock = createManualClock();
    const inner = createScriptedModel([modelReply({ value: "a", delayMs: 250 }), "b"], { clock });
    const recording = await world.record([], { inner, clock });
    const first = recording.generate(request("1"), attempt());
    await clock.advanceAsync(250);
    await first;
    await recording.generate(request("2"), attempt());
    const lines = await world.lines();
    expect(lines.map(({ kind }) => kind)).toEqual(["cassette", "text", "text", "call", "text", "call"]);
    expect(lines.flatMap(({ text }) => text ?? [])).toEqual(["You plan.", "1", "2"]);
    expect(lines.flatMap(({ latencyMs }) => latencyMs ?? [])).toEqual([250, 0]);
  });

  test("of calls side by side is whole", async () => {
    const world = createWorld();
    const texts = Array.from({ length: 20 }, (_, place) => `t${place}`);
    const recording = await world.record(texts);
    await Promise.all(texts.map((text) => recording.generate(request(text), attempt())));
    const replay = await world.replay();
    expect(replay.recorded()).toBe(20);
    for (const text of texts) expect((await replay.generate(request(text), attempt())).value).toBe(text);
    expect(world.fileSystem.openFiles).toBe(0);
  });

  test("leaves out what says nothing of the model: cancelled calls and our own faults", async () => {
    const world = createWorld();
    const recording = await world.record(["never", new Error("a bug"), "c"]);
    await expect(recording.generate(request("1"), attempt({ signal: AbortSignal.abort() }))).rejects.toThrow();
    await expect(recording.generate(request("1"), attempt())).rejects.toThrow("a bug");
    await recording.generate(request("1"), attempt());
    expect(recording.recorded()).toBe(1);
    expect((await (await world.replay()).generate(request("1"), attempt())).value).toBe("c");
  });
});
