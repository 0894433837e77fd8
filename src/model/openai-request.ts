/** What is sent to OpenAI's Responses API. Owns: formats. Pure. Prompt caching needs no marks: it goes by prefixes. */
import type OpenAI from "openai";
import { isJsonObject } from "../shared/json.ts";
import type { ModelRequest, ModelText } from "./model.ts";

type Body = OpenAI.Responses.ResponseCreateParamsStreaming;

export function openAiBody(model: string, request: ModelRequest): Body {
  const { parameters, maxOutputTokens, messages, system } = request;
  const instructions = joined(system);
  return {
    // Nothing is kept at the provider unless a parameter says so; obfuscation only pads the stream.
    ...{ store: false, stream_options: { include_obfuscation: false } },
    ...parameters,
    ...formatFields(request),
    model,
    max_output_tokens: maxOutputTokens,
    ...(instructions === "" ? {} : { instructions }),
    input: messages.map(({ role, parts }) => ({ role, content: joined(parts) })),
    stream: true,
  };
}

/** Parts are pieces of one text. */
export function joined(parts: readonly ModelText[]): string {
  return parts.map(({ text }) => text).join("");
}

function formatFields({ format, parameters }: ModelRequest): Partial<Body> {
  switch (format.kind) {
    case "text":
      return {};
    case "schema": {
      const { name, schema } = format;
      const others = isJsonObject(parameters["text"]) ? parameters["text"] : {};
      return { text: { ...others, format: { type: "json_schema", name, schema, strict: true } } };
    }
    case "tool": {
      const { name, description, schema } = format;
      return {
        tools: [{ type: "function", name, description, parameters: schema, strict: false }],
        tool_choice: { type: "function", name },
        parallel_tool_calls: false,
      };
    }
  }
}
