/** A miss names what changed; a damaged cassette names its line; nothing that was recorded gets lost. */
import { describe, expect, test } from "vitest";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import type { ModelMessage, ModelRequest } from "../../src/model/model.ts";
import { fileError } from "../../src/testing/file-faults.ts";
import { attempt, createWorld, FILE, request } from "./cassette-world.ts";

const user = (text: string): ModelMessage => ({ role: "user", parts: [{ text }] });

describe("a miss says what changed:", () => {
  const schema = (type: string): ModelRequest["format"] => ({ kind: "schema", name: "plan", schema: { type } });
  const recorded: ModelRequest = {
    system: [{ text: "You plan, with care." }],
    messages: [user("goal"), { role: "assistant", parts: [{ text: "plan" }] }, user("Step a is done.")],
    format: schema("object"),
    maxOutputTokens: 1_000,
    parameters: { temperature: 0, seed: 7 },
  };
  const { messages } = recorded;

  const CHANGES: [what: string, change: Partial<ModelRequest>, message: string][] = [
    ["a parameter", { parameters: { temperature: 1, seed: 7 } }, "parameters.temperature 0 → 1."],
    ["a parameter that went", { parameters: { temperature: 0 } }, "parameters.seed 7 → (none)."],
    ["the schema", { format: schema("array") }, "schema changed."],
    ["the format", { format: { kind: "text" } }, 'format "schema" → "text".'],
    ["the format's name", { format: { ...schema("object"), name: "p" } as never }, 'format.name "plan" → "p".'],
    [
      "the system text",
      { system: [{ text: "You plan, with haste." }] },
      'system text changed, at character 15: " plan, with care." → " plan, with haste.".',
    ],
    [
      "a message",
      { messages: [...messages.slice(0, 2), user("Step a is lost.")] },
      'messages changed from message 3 on, at character 10: "Step a is done." → "Step a is lost.".',
    ],
    [
      "one message more",
      { messages: [...messages, user("more")] },
      "messages changed from message 4 on: recorded are 3, asked were 4.",
    ],
    [
      "one message less",
      { messages: messages.slice(0, 1) },
      "messages changed from message 2 on: recorded are 3, asked were 1.",
    ],
    [
      "a role",
      { messages: [user("goal"), user("plan"), user("Step a is done.")] },
      "messages changed from message 2 on: role assistant → user.",
    ],
  ];
  test.each(CHANGES)("%s", async (_, change, message) => {
    const world = createWorld();
    const recording = await world.record(["far", "near"]);
    await recording.generate(request("something else altogether"), attempt());
    await recording.generate(recorded, attempt());
    const miss = (await world.replay()).generate({ ...recorded, ...change }, attempt());
    await expect(miss).rejects.toMatchObject({
      code: "CASSETTE_MISS",
      message: `Cassette '${FILE}' has no answer for this request (2 recorded): ${message}`,
      hint: expect.stringContaining("'auto'"),
    });
  });

  test("against the recorded request with which most texts are the same, though none of its messages is", async () => {
    const world = createWorld();
    const message = (...texts: string[]): ModelRequest => ({
      ...recorded,
      messages: [{ role: "user", parts: texts.map((text) => ({ text })) }],
    });
    const recording = await world.record(["first", "second", "third"]);
    for (const texts of [
      ["goal", "100 left"],
      ["goal", "step a", "99 left"],
      ["other goal", "100 left"],
    ]) {
      await recording.generate(message(...texts), attempt());
    }
    await expect((await world.replay()).generate(message("goal", "step a", "98 left"), attempt())).rejects.toThrow(
      'messages changed from message 1 on, at character 1: "99 left" → "98 left".',
    );
  });

  test("several things at once", async () => {
    const world = createWorld();
    await (await world.record(["a"])).generate(recorded, attempt());
    const other = { ...recorded, format: schema("array"), parameters: { temperature: 2, seed: 7 } };
    await expect((await world.replay()).generate(other, attempt())).rejects.toThrow(
      "parameters.temperature 0 → 2; schema changed.",
    );
  });

  test("how often and for which trials it is recorded", async () => {
    const world = createWorld();
    await (await world.record(["a"])).generate(recorded, attempt({ trial: 2 }));
    const replay = await world.replay();
    await expect(replay.generate(recorded, attempt({ trial: 3 }))).rejects.toThrow(
      "is recorded for trial 2, not for trial 3",
    );
    await replay.generate(recorded, attempt({ trial: 2 }));
    await expect(replay.generate(recorded, attempt({ trial: 2 }))).rejects.toThrow(
      "is recorded once for trial 2, and was asked 2 times",
    );
  });
});

describe("a cassette file", () => {
  async function recordedFile() {
    const world = createWorld();
    const recording = await world.record(["one", "two"]);
    await recording.generate(request("1"), attempt());
    await recording.generate(request("2"), attempt());
    return { world, text: await world.text() };
  }

  test("that is missing or empty can't be replayed", async () => {
    const world = createWorld();
    await expect(world.replay()).rejects.toMatchObject({ code: "CONFIG_INVALID", message: /missing or empty/ });
    await world.write("");
    await expect(world.replay()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  test("cut at any byte replays what was whole and takes new recordings", async () => {
    const { text } = await recordedFile();
    const bytes = Buffer.from(text);
    const isLineEnd = (place: number): boolean => bytes[place] === 10;
    for (let length = text.indexOf("\n") + 1; length < bytes.length - 1; length += 7) {
      const world = createWorld();
      await world.write(bytes.subarray(0, length).toString("latin1"));
      const replay = await world.replay();
      expect(replay.notes.length, `cut at ${length}`).toBe(isLineEnd(length - 1) || isLineEnd(length) ? 0 : 1);
      const auto = await world.record(["three", "three", "three"], { mode: "auto" });
      await auto.generate(request("3"), attempt());
      await auto.generate(request("1"), attempt());
      await auto.generate(request("2"), attempt());
      const whole = await world.replay();
      expect(whole.notes).toEqual([]);
      const { value } = await whole.generate(request("2"), attempt());
      expect(value, `cut at ${length}`).toBe("three");
    }
  });

  test("torn at its last line says so", async () => {
    const { text } = await recordedFile();
    const world = createWorld();
    await world.write(text.slice(0, -20));
    expect((await world.replay()).notes).toEqual([
      `Cassette '${FILE}': line 6, the last one, is torn and was left out.`,
    ]);
  });

  test("whose last line end, or line ends altogether, an editor changed is whole", async () => {
    const { text } = await recordedFile();
    for (const changed of [text.trimEnd(), text.replaceAll("\n", "\r\n"), `\uFEFF${text}\n\n`]) {
      const world = createWorld();
      await world.write(changed);
      const auto = await world.record(["three"], { mode: "auto" });
      await auto.generate(request("3"), attempt());
      const replay = await world.replay();
      expect(replay.notes).toEqual([]);
      expect((await replay.generate(request("2"), attempt())).value).toBe("two");
      expect((await replay.generate(request("3"), attempt())).value).toBe("three");
    }
  });

  test.each([
    ["is not JSON", (lines: string[]) => lines.with(3, "{oops"), "is damaged in line 4: it is not JSON"],
    ["has a wrong field", (lines: string[]) => lines.with(3, '{"v":1,"kind":"call"}'), "is damaged in line 4: 'key'"],
    ["is of a later version", (lines: string[]) => lines.with(1, '{"v":2,"kind":"text"}'), "is damaged in line 2: 'v'"],
    ["lacks its header", (lines: string[]) => lines.slice(1), "does not begin with a cassette's header"],
    [
      "has two models",
      (lines: string[]) => [...lines.slice(0, 5), lines[0]!.replace('"scripted"', '"other"'), lines[5]!, ""],
      "is of two models, 'scripted' and 'other', by line 6",
    ],
  ])("that %s is CONFIG_INVALID", async (_, damage, message) => {
    const { text } = await recordedFile();
    const world = createWorld();
    await world.write(damage(text.split("\n")).join("\n"));
    const opening = world.replay();
    await expect(opening).rejects.toMatchObject({ code: "CONFIG_INVALID", hint: /Correct or remove line \d/ });
    await expect(opening).rejects.toThrow(message);
  });

  test("that can't be read is CONFIG_INVALID, and what lies in its place too", async () => {
    const world = createWorld();
    await world.fileSystem.makeDirectory(FILE);
    await expect(world.replay()).rejects.toMatchObject({ code: "CONFIG_INVALID", message: /can't be read/ });
  });

  test("whose disk fails loses one answer, says what it cost, and takes the next", async () => {
    for (let nth = 1; nth < 40; nth++) {
      const world = createWorld();
      const recording = await world.record(["one", "two", "three"]);
      await recording.generate(request("1"), attempt());
      let calls = 0;
      world.fileSystem.onCall = ({ path, call }) => {
        calls += 1;
        if (calls !== nth) return null;
        return { error: fileError("ENOSPC", path), takesEffect: call === "sync", appendedBytes: 30 };
      };
      const failed = await recording.generate(request("2"), attempt()).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      world.fileSystem.onCall = null;
      if (failed === null) {
        expect(nth).toBeGreaterThan(5);
        return;
      }
      expect(failed).toBeInstanceOf(PlanwrightError);
      expect(failed).toMatchObject({ code: "STORE_IO", usage: { outputTokens: 1 } });
      await recording.generate(request("3"), attempt());
      const replay = await world.replay();
      expect((await replay.generate(request("1"), attempt())).value).toBe("one");
      expect((await replay.generate(request("3"), attempt())).value).toBe("three");
    }
    expect.unreachable("the disk never stopped failing");
  });
});
