/** What only one provider does: parts of its protocol that the common suite does not speak of. */
import { describe, expect, test } from "vitest";
import type { AnswerReader } from "../../src/model/answer-reader.ts";
import { createAnthropicReader } from "../../src/model/anthropic-reader.ts";
import { createCompatibleReader } from "../../src/model/compatible-reader.ts";
import type { AnswerFormat } from "../../src/model/model.ts";
import { createOpenAiReader } from "../../src/model/openai-reader.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { FORMATS } from "./model-worlds.ts";

/** Reads events as they come off the wire; gives the pieces. */
function readAll<Event>(reader: AnswerReader<Event>, events: JsonObject[]): string[] {
  return events.map((event) => reader.read(event as Event)).filter((piece) => piece !== "");
}

describe("Anthropic", () => {
  const start = (usage: JsonObject = { input_tokens: 9, output_tokens: 1 }): JsonObject => ({
    type: "message_start",
    message: { id: "m", model: "claude-x", usage },
  });
  const block = (index: number, content: JsonObject): JsonObject => ({
    type: "content_block_start",
    index,
    content_block: content,
  });
  const delta = (index: number, given: JsonObject): JsonObject => ({
    type: "content_block_delta",
    index,
    delta: given,
  });
  const end = (reason: string, details: JsonObject | null = null): JsonObject[] => [
    {
      type: "message_delta",
      delta: { stop_reason: reason, stop_details: details },
      usage: { output_tokens: 50, input_tokens: null },
    },
    { type: "message_stop" },
  ];

  test("thoughts are no part of the answer", () => {
    const reader = createAnthropicReader(FORMATS.text);
    const pieces = readAll(reader, [
      start(),
      block(0, { type: "thinking", thinking: "", signature: "" }),
      delta(0, { type: "thinking_delta", thinking: "hm" }),
      delta(0, { type: "signature_delta", signature: "long" }),
      block(1, { type: "text", text: "" }),
      delta(1, { type: "text_delta", text: "one" }),
      block(2, { type: "text", text: "" }),
      delta(2, { type: "text_delta", text: " two" }),
      ...end("end_turn"),
    ]);
    expect(pieces).toEqual(["one", " two"]);
    expect(reader.answer()).toMatchObject({ value: "one two", end: "done" });
    expect(reader.usage()).toMatchObject({ inputTokens: 9, outputTokens: 50 });
    expect(JSON.stringify(reader.answer().raw)).not.toContain("long");
  });

  test("of several tool calls the first is the answer, and words before it are none", () => {
    const reader = createAnthropicReader(FORMATS.tool);
    const pieces = readAll(reader, [
      start(),
      block(0, { type: "text", text: "" }),
      delta(0, { type: "text_delta", text: "Here it comes." }),
      block(1, { type: "tool_use", id: "a", name: "submit_plan", input: {} }),
      delta(1, { type: "input_json_delta", partial_json: "{}" }),
      block(2, { type: "tool_use", id: "b", name: "submit_plan", input: {} }),
      delta(2, { type: "input_json_delta", partial_json: '{"second":1}' }),
      ...end("tool_use"),
    ]);
    expect(pieces).toEqual(["{}"]);
    expect(reader.answer().value).toBe("{}");
  });

  test("a tool call without arguments is an empty object", () => {
    const reader = createAnthropicReader(FORMATS.tool);
    readAll(reader, [start(), block(0, { type: "tool_use", id: "a", name: "x", input: {} }), ...end("tool_use")]);
    expect(reader.answer().value).toBe("{}");
  });

  test.each([
    ["refusal", { type: "refusal", category: "cyber", explanation: "no cyber" }, "refused", "no cyber"],
    ["refusal", null, "refused", ""],
    ["max_tokens", null, "truncated", ""],
    ["model_context_window_exceeded", null, "truncated", "the context window is full"],
  ] as [string, JsonObject | null, string, string][])("%s with %o is %s", (...[stop, details, kind, reason]) => {
    const reader = createAnthropicReader(FORMATS.text);
    readAll(reader, [start(), ...end(stop, details)]);
    expect(reader.answer()).toMatchObject({ end: kind, reason });
  });

  test("events that are not known yet are passed over", () => {
    const reader = createAnthropicReader(FORMATS.text);
    expect(readAll(reader, [{ type: "news" }, start(), delta(7, { type: "text_delta", text: "lost" })])).toEqual([]);
    expect(reader.answer()).toMatchObject({ value: "", end: null });
  });
});

describe("OpenAI", () => {
  const create = (format: AnswerFormat = FORMATS.text) => createOpenAiReader(format, "openai:x");
  const message = (text: string, phase: string): JsonObject => ({
    type: "message",
    phase,
    content: [{ type: "output_text", text }],
  });

  test("remarks on the way are neither pieces nor answer", () => {
    const reader = create();
    const text = (place: number, delta: string): JsonObject => ({
      type: "response.output_text.delta",
      output_index: place,
      delta,
    });
    const pieces = readAll(reader, [
      { type: "response.output_item.added", output_index: 0, item: { type: "message", phase: "commentary" } },
      text(0, "Let me see."),
      { type: "response.output_item.added", output_index: 1, item: { type: "message", phase: "final_answer" } },
      text(1, "fine"),
      {
        type: "response.completed",
        response: {
          status: "completed",
          output: [message("Let me see.", "commentary"), message("fine", "final_answer")],
        },
      },
    ]);
    expect(pieces).toEqual(["fine"]);
    expect(reader.answer()).toMatchObject({ value: "fine", end: "done" });
  });

  test("a completed response without output is what was streamed", () => {
    const reader = create();
    readAll(reader, [
      { type: "response.output_text.delta", output_index: 0, delta: "fine" },
      { type: "response.completed", response: { status: "completed", output: [] } },
    ]);
    expect(reader.answer()).toMatchObject({ value: "fine", end: "done" });
  });

  test.each([
    ["rate_limit_exceeded", "MODEL_RATE_LIMITED"],
    ["server_error", "MODEL_UNAVAILABLE"],
    ["invalid_prompt", "MODEL_BAD_REQUEST"],
  ])("a response that failed with %s is %s, with its usage", (code, expected) => {
    const reader = create();
    const usage = { input_tokens: 5, output_tokens: 2, input_tokens_details: { cached_tokens: 1 } };
    const response = { status: "failed", error: { code, message: "sorry" }, usage };
    expect(() => readAll(reader, [{ type: "response.failed", response }])).toThrow(
      expect.objectContaining({ code: expected, message: expect.stringContaining("sorry") }),
    );
    expect(reader.usage()).toMatchObject({ inputTokens: 5, cachedInputTokens: 1, outputTokens: 2 });
  });

  test.each([
    [{ incomplete_details: { reason: "content_filter" } }, "refused", "content_filter"],
    [{ incomplete_details: { reason: "max_output_tokens" } }, "truncated", "max_output_tokens"],
    [
      { status: "completed", output: [{ type: "message", content: [{ type: "refusal", refusal: "I won't." }] }] },
      "refused",
      "I won't.",
    ],
  ] as [JsonObject, string, string][])("%o is %s", (fields, kind, reason) => {
    const reader = create();
    readAll(reader, [{ type: "response.incomplete", response: { status: "incomplete", output: [], ...fields } }]);
    expect(reader.answer()).toMatchObject({ end: kind, reason });
  });
});

describe("compatible servers", () => {
  const chunk = (delta: JsonObject, finish: string | null = null): JsonObject => ({
    choices: [{ index: 0, delta, finish_reason: finish }],
  });

  test("may leave out the usage, and whatever else is not the answer", () => {
    const reader = createCompatibleReader(FORMATS.text);
    const pieces = readAll(reader, [
      { choices: null },
      chunk({ role: "assistant", reasoning_content: "hm" }),
      chunk({ content: "fi" }),
      chunk({ content: "ne" }, "stop"),
    ]);
    expect(pieces).toEqual(["fi", "ne"]);
    expect(reader.answer()).toMatchObject({ value: "fine", end: "done", model: null });
    expect(reader.usage()).toBeNull();
  });

  test("may give a tool's arguments as an object", () => {
    const reader = createCompatibleReader(FORMATS.tool);
    reader.readWhole({
      choices: [{ message: { tool_calls: [{ function: { name: "x", arguments: { a: 1 } } }] }, finish_reason: "stop" }],
    });
    expect(reader.answer().value).toBe('{"a":1}');
  });

  test("may call several tools: the first is the answer", () => {
    const reader = createCompatibleReader(FORMATS.tool);
    const call = (index: number, text: string) => chunk({ tool_calls: [{ index, function: { arguments: text } }] });
    expect(readAll(reader, [call(0, "{"), call(1, "[]"), call(0, "}"), chunk({}, "tool_calls")])).toEqual(["{", "}"]);
    expect(reader.answer()).toMatchObject({ value: "{}", end: "done" });
  });

  test("refuse in words of their own", () => {
    const reader = createCompatibleReader(FORMATS.text);
    readAll(reader, [chunk({ refusal: "I " }), chunk({ refusal: "won't." }, "stop")]);
    expect(reader.answer()).toMatchObject({ end: "refused", reason: "I won't." });
  });
});
