/** What is sent to servers that speak OpenAI's Chat Completions. Owns: formats. Pure. */
import type OpenAI from "openai";
import type { ModelRequest } from "./model.ts";
import { joined } from "./openai-request.ts";

type Body = OpenAI.Chat.ChatCompletionCreateParamsStreaming;

export function compatibleBody(model: string, request: ModelRequest): Body {
  const { parameters, maxOutputTokens, messages, system } = request;
  const instructions = joined(system);
  return {
    ...parameters,
    ...formatFields(request),
    model,
    // Its successor max_completion_tokens is known to fewer servers.
    max_tokens: maxOutputTokens,
    messages: [
      ...(instructions === "" ? [] : [{ role: "system" as const, content: instructions }]),
      ...messages.map(({ role, parts }) => ({ role, content: joined(parts) })),
    ],
    stream: true,
    stream_options: { include_usage: true },
  };
}

function formatFields({ format }: ModelRequest): Partial<Body> {
  switch (format.kind) {
    case "text":
      return {};
    case "schema": {
      const { name, schema } = format;
      return { response_format: { type: "json_schema", json_schema: { name, schema, strict: true } } };
    }
    case "tool": {
      const { name, description, schema } = format;
      return {
        tools: [{ type: "function", function: { name, description, parameters: schema } }],
        tool_choice: { type: "function", function: { name } },
      };
    }
  }
}
