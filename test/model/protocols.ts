/** How each provider writes an answer, for servers that stand in for it. Owns: the wire formats of the tests. */
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";

/** What a provider is to answer, whatever its protocol. */
export interface Script {
  pieces: string[];
  /** The pieces are the arguments of this tool call. */
  tool?: string;
  end?: "done" | "truncated" | "refused";
  usage?: { input: number; cached?: number; written?: number; output: number };
}

export interface Protocol {
  path: string;
  /** The body of a complete stream. */
  stream(script: Script): string;
  /** The same answer as one JSON. */
  whole(script: Script): JsonObject;
  /** The body of an error status. */
  error(kind: string, message: string): JsonObject;
  /** An error in the middle of a stream. */
  errorEvent(kind: string, message: string): string;
  /** How many pieces of the stream tell the usage before the answer begins. */
  tellsUsageFirst: boolean;
}

const USAGE = { input: 120, output: 40 };

function event(data: JsonObject, name = typeof data["type"] === "string" ? data["type"] : null): string {
  return `${name === null ? "" : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}

function anthropicUsage({ usage = USAGE }: Script): JsonObject {
  const { input, cached = 0, written = 0, output } = { cached: 0, written: 0, ...usage };
  return {
    input_tokens: input - cached - written,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: written,
    output_tokens: output,
  };
}

const ANTHROPIC_STOPS = { done: "end_turn", truncated: "max_tokens", refused: "refusal" } as const;

export const anthropic: Protocol = {
  path: "/v1/messages",
  tellsUsageFirst: true,
  stream(script) {
    const { pieces, tool, end = "done" } = script;
    const block =
      tool === undefined ? { type: "text", text: "" } : { type: "tool_use", id: "t1", name: tool, input: {} };
    const message = { id: "msg_1", type: "message", role: "assistant", model: "claude-test-1", content: [] };
    const delta = (piece: string): JsonObject =>
      tool === undefined ? { type: "text_delta", text: piece } : { type: "input_json_delta", partial_json: piece };
    return [
      event({ type: "message_start", message: { ...message, usage: { ...anthropicUsage(script), output_tokens: 1 } } }),
      event({ type: "content_block_start", index: 0, content_block: block }),
      event({ type: "ping" }),
      ...pieces.map((piece) => event({ type: "content_block_delta", index: 0, delta: delta(piece) })),
      event({ type: "content_block_stop", index: 0 }),
      event({
        type: "message_delta",
        delta: { stop_reason: tool === undefined ? ANTHROPIC_STOPS[end] : "tool_use", stop_sequence: null },
        usage: { output_tokens: anthropicUsage(script)["output_tokens"] ?? 0 },
      }),
      event({ type: "message_stop" }),
    ].join("");
  },
  whole(script) {
    const { pieces, tool, end = "done" } = script;
    const text = pieces.join("");
    const block: JsonValue =
      tool === undefined ? { type: "text", text } : { type: "tool_use", id: "t1", name: tool, input: JSON.parse(text) };
    return {
      ...{ id: "msg_1", type: "message", role: "assistant", model: "claude-test-1", content: [block] },
      stop_reason: tool === undefined ? ANTHROPIC_STOPS[end] : "tool_use",
      usage: anthropicUsage(script),
    };
  },
  error: (type, message) => ({ type: "error", error: { type, message }, request_id: "req_1" }),
  errorEvent: (type, message) => event({ type: "error", error: { type, message } }),
};

function responseOf(script: Script): JsonObject {
  const { pieces, tool, end = "done", usage = USAGE } = script;
  const text = pieces.join("");
  const refusal = { type: "refusal", refusal: "I can't help with that." };
  const content = end === "refused" ? [refusal] : [{ type: "output_text", text, annotations: [] }];
  const item =
    tool === undefined
      ? { type: "message", id: "m1", role: "assistant", status: "completed", content }
      : { type: "function_call", id: "f1", call_id: "c1", name: tool, arguments: text, status: "completed" };
  const { input, cached = 0, written = 0, output } = { cached: 0, written: 0, ...usage };
  return {
    ...{
      id: "resp_1",
      object: "response",
      model: "gpt-test-1",
      created_at: 1,
      instructions: "as asked",
      output: [item],
    },
    status: end === "truncated" ? "incomplete" : "completed",
    incomplete_details: end === "truncated" ? { reason: "max_output_tokens" } : null,
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
      output_tokens: output,
    },
  };
}

export const openai: Protocol = {
  path: "/responses",
  tellsUsageFirst: false,
  stream(script) {
    const { pieces, tool, end = "done" } = script;
    const begun = { id: "resp_1", model: "gpt-test-1", status: "in_progress", output: [], usage: null };
    const type = tool === undefined ? "response.output_text.delta" : "response.function_call_arguments.delta";
    const added = tool === undefined ? { type: "message", id: "m1" } : { type: "function_call", id: "f1", name: tool };
    const last = end === "truncated" ? "response.incomplete" : "response.completed";
    return [
      event({ type: "response.created", response: begun }),
      event({ type: "response.output_item.added", output_index: 0, item: added }),
      ...pieces.map((delta) => event({ type, item_id: "i1", output_index: 0, content_index: 0, delta })),
      event({ type: last, response: responseOf(script) }),
    ].join("");
  },
  whole: responseOf,
  error: (code, message) => ({ error: { message, type: code, param: null, code } }),
  errorEvent: (code, message) => event({ type: "error", code, message, param: null, sequence_number: 9 }),
};

const CHAT_STOPS = { done: "stop", truncated: "length", refused: "content_filter" } as const;

function chatUsage({ usage = USAGE }: Script): JsonObject {
  const { input, cached = 0, output } = { cached: 0, ...usage };
  return { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: { cached_tokens: cached } };
}

export const compatible: Protocol = {
  path: "/chat/completions",
  tellsUsageFirst: false,
  stream(script) {
    const { pieces, tool, end = "done" } = script;
    const head = { id: "chat_1", object: "chat.completion.chunk", created: 1, model: "local-test-1" };
    const delta = (piece: string): JsonObject =>
      tool === undefined
        ? { content: piece }
        : { tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: tool, arguments: piece } }] };
    const choice = (fields: JsonObject): JsonObject => ({
      ...head,
      choices: [{ index: 0, finish_reason: null, ...fields }],
    });
    return [
      event(choice({ delta: { role: "assistant", content: "" } })),
      ...pieces.map((piece) => event(choice({ delta: delta(piece) }))),
      event(choice({ delta: {}, finish_reason: tool === undefined ? CHAT_STOPS[end] : "tool_calls" })),
      event({ ...head, choices: [], usage: chatUsage(script) }),
      "data: [DONE]\n\n",
    ].join("");
  },
  whole(script) {
    const { pieces, tool, end = "done" } = script;
    const text = pieces.join("");
    const calls = [{ id: "c1", type: "function", function: { name: tool ?? "", arguments: text } }];
    const message = tool === undefined ? { content: text } : { content: null, tool_calls: calls };
    return {
      ...{ id: "chat_1", object: "chat.completion", created: 1, model: "local-test-1", usage: chatUsage(script) },
      choices: [{ index: 0, message: { role: "assistant", ...message }, finish_reason: CHAT_STOPS[end] }],
    };
  },
  error: (code, message) => ({ error: { message, type: code, code } }),
  errorEvent: (code, message) => event({ error: { message, type: code, code } }, null),
};
