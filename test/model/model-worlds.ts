/** The three adapters, each with a server that stands in for its provider. */
import { createAnthropicModel } from "../../src/model/anthropic-model.ts";
import { createCompatibleModel } from "../../src/model/compatible-model.ts";
import type { Fetch } from "../../src/model/exchange.ts";
import type { AnswerFormat, Model, ModelRequest } from "../../src/model/model.ts";
import { createOpenAiModel } from "../../src/model/openai-model.ts";
import { anthropic, compatible, openai, type Protocol } from "./protocols.ts";

export const KEY = "sk-planted-secret-0123456789";

export interface ModelWorld {
  protocol: Protocol;
  create(url: string, options?: { fetch?: Fetch; key?: string }): Model;
}

export const WORLDS: Record<"anthropic" | "openai" | "compatible", ModelWorld> = {
  anthropic: {
    protocol: anthropic,
    create: (baseUrl, { key = KEY, ...options } = {}) =>
      createAnthropicModel({ name: "claude-haiku-4-5", apiKey: key, baseUrl, ...options }),
  },
  openai: {
    protocol: openai,
    create: (baseUrl, { key = KEY, ...options } = {}) =>
      createOpenAiModel({ name: "gpt-6.2-sol", apiKey: key, baseUrl, ...options }),
  },
  compatible: {
    protocol: compatible,
    create: (baseUrl, { key = KEY, ...options } = {}) =>
      createCompatibleModel({ name: "local-1", apiKey: key, baseUrl, ...options }),
  },
};

export const PLAN_SCHEMA = { type: "object", properties: { goal: { type: "string" } }, required: ["goal"] };

export const FORMATS: Record<AnswerFormat["kind"], AnswerFormat> = {
  text: { kind: "text" },
  schema: { kind: "schema", name: "plan", schema: PLAN_SCHEMA },
  tool: { kind: "tool", name: "submit_plan", description: "Takes the plan.", schema: PLAN_SCHEMA },
};

export function requestOf(fields: Partial<ModelRequest> = {}): ModelRequest {
  return {
    system: [{ text: "You plan.\n\n", isStable: true }],
    messages: [{ role: "user", parts: [{ text: "Plan this." }] }],
    format: FORMATS.text,
    maxOutputTokens: 1_000,
    parameters: {},
    ...fields,
  };
}
