/** What is sent to Anthropic's Messages API. Owns: formats, cache markers. Pure. */
import type Anthropic from "@anthropic-ai/sdk";
import { isJsonObject } from "../shared/json.ts";
import type { AnswerFormat, ModelRequest, ModelText } from "./model.ts";

type Body = Anthropic.MessageCreateParamsStreaming;

/** The API takes this many cache markers in one request. */
const MOST_MARKERS = 4;

/**
 * Only these take a forced tool: later models refuse it with a 400 since they think first (platform.claude.com/docs,
 * "What's new in Claude Opus 5.5"). With the others the tool is offered, and an answer in plain text is an answer too.
 */
const TAKES_FORCED_TOOL = /^claude-(?:opus|sonnet|haiku)-4/;

export function anthropicBody(model: string, request: ModelRequest): Body {
  const { parameters, maxOutputTokens, messages, system } = request;
  const marked = markedTexts(request);
  const block = (part: ModelText): Anthropic.TextBlockParam => ({
    type: "text",
    text: part.text,
    ...(marked.has(part) ? { cache_control: { type: "ephemeral" } } : {}),
  });
  const said = system.filter(isSaid);
  return {
    ...parameters,
    ...formatFields(model, request),
    model,
    max_tokens: maxOutputTokens,
    ...(said.length === 0 ? {} : { system: said.map(block) }),
    messages: messages.map(({ role, parts }) => ({ role, content: parts.filter(isSaid).map(block) })),
    stream: true,
  };
}

/** The API refuses empty texts. */
function isSaid({ text }: ModelText): boolean {
  return text !== "";
}

/** The last stable parts: the longest prefixes that are worth reading from the cache. */
function markedTexts({ system, messages }: ModelRequest): ReadonlySet<ModelText> {
  const parts = [...system, ...messages.flatMap((message) => message.parts)];
  return new Set(parts.filter((part) => isSaid(part) && part.isStable === true).slice(-MOST_MARKERS));
}

function formatFields(model: string, { format, parameters }: ModelRequest): Partial<Body> {
  switch (format.kind) {
    case "text":
      return {};
    case "schema": {
      const given = parameters["output_config"];
      const others = isJsonObject(given) ? given : {};
      return { output_config: { ...others, format: { type: "json_schema", schema: format.schema } } };
    }
    case "tool":
      return { tools: [toolOf(format)], tool_choice: toolChoice(model, format.name) };
  }
}

function toolOf({ name, description, schema }: Extract<AnswerFormat, { kind: "tool" }>): Anthropic.Tool {
  return { name, description, input_schema: { ...schema, type: "object" } };
}

function toolChoice(model: string, name: string): Anthropic.ToolChoice {
  if (TAKES_FORCED_TOOL.test(model)) return { type: "tool", name, disable_parallel_tool_use: true };
  return { type: "auto", disable_parallel_tool_use: true };
}
