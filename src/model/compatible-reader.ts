/** Puts an answer in OpenAI's Chat Completions together. Owns: its chunks, finish reasons and usage. */
import type OpenAI from "openai";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import type { AnswerReader, ReadAnswer } from "./answer-reader.ts";
import type { AnswerFormat, TokenUsage } from "./model.ts";

type Chunk = OpenAI.Chat.ChatCompletionChunk;

interface State {
  id: string | null;
  model: string | null;
  text: string;
  refusal: string;
  /** Arguments of the first tool call. */
  call: string | null;
  finishReason: string | null;
  usage: JsonObject | null;
}

export function createCompatibleReader(format: AnswerFormat): AnswerReader<Chunk> {
  const state: State = { id: null, model: null, text: "", refusal: "", call: null, finishReason: null, usage: null };
  const isTool = format.kind === "tool";
  return {
    read: (chunk) => (isJsonObject(chunk) ? readChunk(state, chunk, isTool) : ""),
    readWhole: (message) => readWhole(state, message),
    // The usage comes after the finish reason, from servers that send any: only the stream's own end tells.
    isComplete: () => false,
    usage: () => usageOf(state.usage),
    answer: () => answerOf(state, isTool),
  };
}

/** Servers are many, so that a chunk is read as JSON of any shape. */
function readChunk(state: State, chunk: JsonObject, isTool: boolean): string {
  readHead(state, chunk);
  const choice = firstObject(chunk["choices"]);
  if (choice === null) return "";
  if (typeof choice["finish_reason"] === "string") state.finishReason = choice["finish_reason"];
  const delta = isJsonObject(choice["delta"]) ? choice["delta"] : {};
  const { text, call } = readContent(state, delta);
  return isTool ? call : text;
}

function readWhole(state: State, message: JsonObject): void {
  readHead(state, message);
  const choice = firstObject(message["choices"]);
  if (choice === null) return;
  state.finishReason = typeof choice["finish_reason"] === "string" ? choice["finish_reason"] : null;
  readContent(state, isJsonObject(choice["message"]) ? choice["message"] : {});
}

function readHead(state: State, { id, model, usage }: JsonObject): void {
  if (typeof id === "string") state.id = id;
  if (typeof model === "string" && model !== "") state.model = model;
  if (isJsonObject(usage)) state.usage = usage;
}

function readContent(
  state: State,
  { content, refusal, tool_calls: calls }: JsonObject,
): { text: string; call: string } {
  const text = typeof content === "string" ? content : "";
  state.text += text;
  if (typeof refusal === "string") state.refusal += refusal;
  const first = firstObject(calls);
  if (first === null || (typeof first["index"] === "number" && first["index"] > 0)) return { text, call: "" };
  const given = isJsonObject(first["function"]) ? first["function"]["arguments"] : "";
  // Some servers give the arguments as an object.
  const call = typeof given === "string" ? given : JSON.stringify(given ?? {});
  state.call = (state.call ?? "") + call;
  return { text, call };
}

function firstObject(list: JsonValue | undefined): JsonObject | null {
  const first = Array.isArray(list) ? list[0] : null;
  return isJsonObject(first) ? first : null;
}

function usageOf(usage: JsonObject | null): TokenUsage | null {
  if (usage === null) return null;
  const { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details } = usage;
  if (typeof input !== "number") return null;
  const part = (name: string): number => {
    const tokens = isJsonObject(details) ? details[name] : 0;
    return typeof tokens === "number" ? tokens : 0;
  };
  return {
    inputTokens: input,
    cachedInputTokens: part("cached_tokens"),
    cacheWriteTokens: part("cache_write_tokens"),
    outputTokens: typeof output === "number" ? output : 0,
  };
}

function answerOf(state: State, isTool: boolean): ReadAnswer {
  const { id, model, text, refusal, call, finishReason, usage } = state;
  const value = isTool && call !== null ? call || "{}" : text;
  return {
    value,
    end: finishReason === null ? null : endOf(finishReason, refusal),
    reason: refusal === "" && finishReason === "content_filter" ? "content filter" : refusal,
    raw: { id, model, finish_reason: finishReason, content: text, tool_arguments: call, usage },
    model,
  };
}

function endOf(finishReason: string, refusal: string): ReadAnswer["end"] {
  if (refusal !== "" || finishReason === "content_filter") return "refused";
  return finishReason === "length" ? "truncated" : "done";
}
