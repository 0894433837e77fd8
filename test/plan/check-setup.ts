/** Tools and contexts that the tests of the checker share. */
import { z } from "zod";
import type { Issue } from "../../src/error/issue.ts";
import type { CheckContext, KnownStep } from "../../src/plan/check-context.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import type { Decision, PlanDecision, Step } from "../../src/plan/decision.ts";
import { defaultPolicy } from "../../src/policy/authorize.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { createToolRegistry } from "../../src/tool/tool-registry.ts";

const read = { effect: "read", idempotency: "pure" } as const;
const never = (): never => {
  throw new Error("the checker never runs a tool");
};

export const summarize = defineTool({
  ...read,
  name: "summarize",
  description: "Shortens a text.",
  inputSchema: z.object({
    text: z.string(),
    sentences: z.int().min(1).max(20).optional(),
    style: z.enum(["plain", "short"]).optional(),
  }),
  outputSchema: z.object({ text: z.string(), sentences: z.array(z.string()) }),
  execute: never,
});
export const topics = defineTool({
  ...read,
  name: "extract_topics",
  description: "Finds topics.",
  inputSchema: z.object({ text: z.string() }),
  outputSchema: z.object({
    items: z.array(z.object({ topic: z.string(), score: z.number() })),
    note: z.string().optional(),
  }),
  execute: never,
});
export const mood = defineTool({
  ...read,
  name: "analyze_sentiment",
  description: "Tells the tone.",
  inputSchema: z.object({ text: z.string() }),
  outputSchema: z.object({ label: z.enum(["positive", "neutral", "negative"]), score: z.number() }),
  execute: never,
});
export const report = defineTool({
  ...read,
  name: "compile_report",
  description: "Writes a report.",
  inputSchema: z.object({ title: z.string(), sections: z.array(z.object({ title: z.string(), content: z.json() })) }),
  outputSchema: z.object({ markdown: z.string() }),
  execute: never,
});
export const send = defineTool({
  name: "send_email",
  description: "Sends a mail.",
  inputSchema: z.object({ to: z.string(), body: z.string() }),
  outputSchema: z.object({ sent: z.boolean() }),
  effect: "irreversible",
  idempotency: "none",
  execute: never,
});
export const first = defineTool({
  ...read,
  name: "first",
  description: "First element of a list.",
  inputSchema: z.object({ items: z.array(z.json()) }),
  outputSchema: z.object({ value: z.json() }),
  inferOutput: ({ items }) => ({
    type: "object",
    properties: { value: (items?.items ?? {}) as JsonValue },
    required: ["value"],
    additionalProperties: false,
  }),
  execute: never,
});
export const hearsay = defineTool({
  ...read,
  name: "hearsay",
  description: "An imported tool.",
  inputSchema: {
    type: "object",
    properties: { count: { type: "number" } },
    required: ["count"],
    additionalProperties: false,
  },
  outputSchema: {
    type: "object",
    properties: { total: { type: "number" } },
    required: ["total"],
    additionalProperties: false,
  },
  schemaTrust: "advisory",
  execute: never,
});
export const loose = defineTool({
  ...read,
  name: "loose",
  description: "A tool whose output is open.",
  inputSchema: z.object({}),
  outputSchema: { type: "object", properties: { result: { type: "string" } } },
  execute: never,
});

export const TOOLS: Tool[] = [summarize, topics, mood, report, send, first, hearsay, loose];

export function contextWith(overrides: Partial<CheckContext> = {}): CheckContext {
  return {
    tools: createToolRegistry(TOOLS),
    known: new Map<string, KnownStep>(),
    documents: 1,
    paramsSchema: null,
    params: {},
    outputSchema: null,
    maxSteps: 50,
    policy: (facts) =>
      defaultPolicy({
        ...facts,
        tool: facts.tool.name,
        effect: facts.tool.effect,
        grants: [],
        isRepeatOfUnknown: false,
      }),
    isPersonal: false,
    ...overrides,
  };
}

export const DOCUMENT_TEXT = { ref: "document.text" };

export function planOf(steps: Step[], rest: Partial<PlanDecision> = {}): PlanDecision {
  return { kind: "plan", rationale: "test", steps, then: "finish", ...rest };
}

export function check(decision: Decision, overrides: Partial<CheckContext> = {}): Issue[] {
  return checkDecision(decision, contextWith(overrides)).issues;
}

/** `code path` of each issue, with a `?` behind warnings. */
export function briefly(issues: readonly Issue[]): string[] {
  return issues.map(({ code, path, severity }) => `${code} ${path}${severity === "warning" ? " ?" : ""}`);
}

/** A plan that uses most of the language and is right. */
export const GOOD_PLAN: PlanDecision = planOf(
  [
    { id: "summary", tool: "summarize", input: { text: DOCUMENT_TEXT, sentences: 3 } },
    { id: "topics", tool: "extract_topics", input: { text: { ref: "summary.text" } } },
    { id: "mood", tool: "analyze_sentiment", input: { text: DOCUMENT_TEXT }, after: ["topics"] },
    {
      id: "calm",
      tool: "summarize",
      input: { text: { template: "{{goal}}: {{summary.text}}" } },
      when: { ref: "mood.label", is: "negative" },
    },
    {
      id: "each",
      tool: "summarize",
      input: { text: { ref: "item.topic" }, sentences: 1 },
      forEach: { items: { ref: "topics.items" }, max: 20 },
      onFailure: "skip",
    },
    {
      id: "report",
      tool: "compile_report",
      input: {
        title: { ref: "document.title", default: "Untitled" },
        sections: [
          { title: "Topics", content: { ref: "topics.items[*].topic" } },
          { title: "Short", content: { ref: "calm.text", default: { ref: "summary.text" } } },
          { title: "Each", content: { ref: "each[*].text" } },
        ],
      },
    },
  ],
  { output: { report: { ref: "report.markdown" }, mood: { ref: "mood.label" } } },
);
