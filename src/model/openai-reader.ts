/** Puts an answer of OpenAI's Responses API together. Owns: its events, statuses and usage. */
import type OpenAI from "openai";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import type { AnswerReader, ReadAnswer } from "./answer-reader.ts";
import type { AnswerFormat, ModelError, TokenUsage } from "./model.ts";
import { failureOfBody } from "./provider-failure.ts";

type Event = OpenAI.Responses.ResponseStreamEvent;

interface State {
  /** The response as it stood when it was last sent whole. */
  response: JsonObject | null;
  /** What was streamed, by the item that it belongs to. */
  streamed: Map<number, string>;
  /** Items that are remarks on the way to the answer. */
  remarks: Set<number>;
  isComplete: boolean;
  failure: ModelError | null;
}

/** `model` is for messages. */
export function createOpenAiReader(format: AnswerFormat, model: string): AnswerReader<Event> {
  const state: State = { response: null, streamed: new Map(), remarks: new Set(), isComplete: false, failure: null };
  const isTool = format.kind === "tool";
  const settle = (response: object): void => {
    state.response = response as JsonObject;
    const { status } = state.response;
    state.isComplete = status === "completed" || status === "incomplete" || status === "failed";
    // Codes and messages of a failed response are those of error bodies.
    if (status === "failed") state.failure = failureOfBody({ error: state.response["error"] }, { model });
  };
  return {
    read(event) {
      if ("response" in event && isJsonObject(event.response)) settle(event.response);
      if (state.failure !== null) throw state.failure;
      return readPiece(state, event, isTool);
    },
    readWhole(message) {
      settle(message);
      if (state.failure !== null) throw state.failure;
    },
    isComplete: () => state.isComplete,
    usage: () => usageOf(state.response?.["usage"]),
    answer: () => answerOf(state, isTool),
  };
}

function readPiece(state: State, event: Event, isTool: boolean): string {
  if (event.type === "response.output_item.added") {
    if ("phase" in event.item && event.item.phase === "commentary") state.remarks.add(event.output_index);
    return "";
  }
  const wanted = isTool ? "response.function_call_arguments.delta" : "response.output_text.delta";
  if (event.type !== wanted || !("delta" in event) || typeof event.delta !== "string") return "";
  const place = event.output_index;
  if (state.remarks.has(place) || (isTool && state.streamed.size > 0 && !state.streamed.has(place))) return "";
  state.streamed.set(place, (state.streamed.get(place) ?? "") + event.delta);
  return event.delta;
}

function usageOf(usage: unknown): TokenUsage | null {
  if (!isJsonObject(usage)) return null;
  const { input_tokens: input, output_tokens: output, input_tokens_details: details } = usage;
  if (typeof input !== "number" || typeof output !== "number") return null;
  const part = (name: string): number => {
    const tokens = isJsonObject(details) ? details[name] : 0;
    return typeof tokens === "number" ? tokens : 0;
  };
  return {
    inputTokens: input,
    cachedInputTokens: part("cached_tokens"),
    cacheWriteTokens: part("cache_write_tokens"),
    outputTokens: output,
  };
}

function answerOf({ response, streamed, isComplete }: State, isTool: boolean): ReadAnswer {
  const streamedText = [...streamed.values()].join("");
  if (response === null) return { value: streamedText, end: null, reason: "", raw: null, model: null };
  const items = Array.isArray(response["output"]) ? response["output"].filter(isJsonObject) : [];
  const call = isTool ? items.find(({ type }) => type === "function_call") : undefined;
  const said = call === undefined ? textOf(items) : String(call["arguments"]);
  const refusal = contentsOf(items).find(({ type }) => type === "refusal");
  const reason = isJsonObject(response["incomplete_details"]) ? response["incomplete_details"]["reason"] : null;
  const isRefused = refusal !== undefined || reason === "content_filter";
  return {
    value: said === "" ? streamedText : said,
    end: isComplete ? endOf(response["status"], isRefused) : null,
    reason: refusal === undefined ? (typeof reason === "string" ? reason : "") : String(refusal["refusal"]),
    raw: rawOf(response),
    model: typeof response["model"] === "string" ? response["model"] : null,
  };
}

function endOf(status: unknown, isRefused: boolean): ReadAnswer["end"] {
  if (isRefused) return "refused";
  return status === "incomplete" ? "truncated" : "done";
}

/** Where the model marks its final answer only that counts. */
function textOf(items: readonly JsonObject[]): string {
  const messages = items.filter(({ type, phase }) => type === "message" && phase !== "commentary");
  const texts = contentsOf(messages).filter(({ type }) => type === "output_text");
  return texts.map(({ text }) => String(text)).join("");
}

function contentsOf(items: readonly JsonObject[]): JsonObject[] {
  return items.flatMap(({ content }) => (Array.isArray(content) ? content.filter(isJsonObject) : []));
}

/** A response repeats the request: its instructions, tools and schema are left out. */
const KEPT = ["id", "model", "status", "created_at", "output", "usage", "incomplete_details", "error"];

function rawOf(response: JsonObject): JsonValue {
  return Object.fromEntries(KEPT.flatMap((name) => (name in response ? [[name, response[name] ?? null]] : [])));
}
