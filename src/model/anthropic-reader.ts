/** Puts an answer of Anthropic's Messages API together. Owns: its events, stop reasons and usage. */
import type Anthropic from "@anthropic-ai/sdk";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import type { AnswerReader, ReadAnswer } from "./answer-reader.ts";
import type { AnswerFormat, TokenUsage } from "./model.ts";

type Event = Anthropic.RawMessageStreamEvent;

interface Block {
  type: string;
  /** Text, thought, or the JSON text of a tool's input. */
  text: string;
  name: string | null;
}

interface State {
  id: string | null;
  model: string | null;
  blocks: Map<number, Block>;
  stopReason: string | null;
  refusal: string;
  /** Counts by the provider's names; what it tells later replaces what it told before. */
  counts: Record<string, number>;
  isComplete: boolean;
}

export function createAnthropicReader(format: AnswerFormat): AnswerReader<Event> {
  const state: State = {
    ...{ id: null, model: null, stopReason: null, refusal: "", isComplete: false },
    blocks: new Map(),
    counts: {},
  };
  const wanted = format.kind === "tool" ? "tool_use" : "text";
  return {
    read: (event) => read(state, event, wanted),
    readWhole: (message) => readWhole(state, message),
    isComplete: () => state.isComplete,
    usage: () => usageOf(state.counts),
    answer: () => answerOf(state, wanted),
  };
}

function read(state: State, event: Event, wanted: string): string {
  switch (event.type) {
    case "message_start":
      state.id = event.message.id;
      state.model = event.message.model;
      count(state, event.message.usage);
      return "";
    case "content_block_start": {
      const { content_block: block } = event;
      state.blocks.set(event.index, startedBlock(block));
      return block.type === wanted && block.type === "text" ? block.text : "";
    }
    case "content_block_delta":
      return readDelta(state, event, wanted);
    case "message_delta":
      state.stopReason = event.delta.stop_reason ?? state.stopReason;
      state.refusal = event.delta.stop_details?.explanation ?? state.refusal;
      count(state, event.usage);
      return "";
    case "message_stop":
      state.isComplete = true;
      return "";
    default:
      return "";
  }
}

function startedBlock(block: Anthropic.ContentBlock): Block {
  const name = block.type === "tool_use" ? block.name : null;
  return { type: block.type, text: block.type === "text" ? block.text : "", name };
}

function readDelta(state: State, { index, delta }: Anthropic.RawContentBlockDeltaEvent, wanted: string): string {
  const block = state.blocks.get(index);
  const piece = pieceOf(delta);
  if (block === undefined || piece === null) return "";
  block.text += piece;
  const isWanted = block.type === wanted && (wanted === "text" || index === firstOf(state, wanted));
  return isWanted ? piece : "";
}

function pieceOf(delta: Anthropic.RawContentBlockDelta): string | null {
  switch (delta.type) {
    case "text_delta":
      return delta.text;
    case "input_json_delta":
      return delta.partial_json;
    case "thinking_delta":
      return delta.thinking;
    default:
      return null;
  }
}

/** Where the first block of a type stands: of several tool calls only one is the answer, of several texts all are. */
function firstOf(state: State, wanted: string): number {
  return [...state.blocks].find(([, { type }]) => type === wanted)?.[0] ?? -1;
}

function count(state: State, usage: object | null | undefined): void {
  for (const [name, value] of Object.entries(usage ?? {})) {
    if (typeof value === "number") state.counts[name] = value;
  }
}

function usageOf(counts: Record<string, number>): TokenUsage | null {
  const { input_tokens: plain, output_tokens: output = 0 } = counts;
  if (plain === undefined) return null;
  const { cache_read_input_tokens: cached = 0, cache_creation_input_tokens: written = 0 } = counts;
  return {
    inputTokens: plain + cached + written,
    cachedInputTokens: cached,
    cacheWriteTokens: written,
    outputTokens: output,
  };
}

function readWhole(state: State, message: JsonObject): void {
  const { id, model, content, stop_reason: stopReason, stop_details: details, usage } = message;
  state.id = typeof id === "string" ? id : null;
  state.model = typeof model === "string" ? model : null;
  state.stopReason = typeof stopReason === "string" ? stopReason : null;
  state.refusal = isJsonObject(details) && typeof details["explanation"] === "string" ? details["explanation"] : "";
  count(state, isJsonObject(usage) ? usage : {});
  for (const block of Array.isArray(content) ? content : []) {
    if (isJsonObject(block)) state.blocks.set(state.blocks.size, wholeBlock(block));
  }
  state.isComplete = state.stopReason !== null;
}

function wholeBlock({ type, text, thinking, input, name }: JsonObject): Block {
  const said = [text, thinking].find((part) => typeof part === "string");
  return {
    type: typeof type === "string" ? type : "",
    text: typeof said === "string" ? said : input === undefined ? "" : JSON.stringify(input),
    name: typeof name === "string" ? name : null,
  };
}

function answerOf(state: State, wanted: string): ReadAnswer {
  const { model, refusal, stopReason, isComplete } = state;
  const blocks = [...state.blocks.values()];
  const tool = blocks.find(({ type }) => type === "tool_use");
  const texts = blocks.flatMap(({ type, text }) => (type === "text" ? [text] : []));
  const isTool = wanted === "tool_use" && tool !== undefined;
  return {
    // A tool call without arguments streams no text at all.
    value: isTool ? tool.text || "{}" : texts.join(""),
    end: isComplete ? endOf(stopReason) : null,
    reason: refusal || (stopReason === "model_context_window_exceeded" ? "the context window is full" : ""),
    raw: rawOf(state, blocks),
    model,
  };
}

function endOf(stopReason: string | null): ReadAnswer["end"] {
  if (stopReason === "refusal") return "refused";
  return stopReason === "max_tokens" || stopReason === "model_context_window_exceeded" ? "truncated" : "done";
}

function rawOf({ id, model, stopReason, counts }: State, blocks: readonly Block[]): JsonValue {
  const content = blocks.map(({ type, text, name }) => ({ type, text, ...(name === null ? {} : { name }) }));
  return { id, model, stop_reason: stopReason, content, usage: counts };
}
