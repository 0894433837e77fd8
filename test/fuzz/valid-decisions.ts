/** Decisions that are right and use the whole language between them; what mutations start from. */
import type { CheckContext } from "../../src/plan/check-context.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { contextWith, GOOD_PLAN } from "../plan/check-setup.ts";

/** A context with two documents and typed parameters. */
export function fuzzContext(overrides: Partial<CheckContext> = {}): CheckContext {
  return contextWith({ documents: 2, params: { depth: 3, names: ["a", "b"], "odd key": { x: null } }, ...overrides });
}

const text = { ref: "document.text" };
const plan = (steps: JsonObject[], rest: JsonObject = {}): JsonObject => ({
  kind: "plan",
  rationale: "Fuzzed: “quotes”, emoji 🙂 and a } brace.",
  steps,
  then: "finish",
  ...rest,
});
const first = (id: string, items: JsonObject[string], rest: JsonObject = {}): JsonObject => ({
  id,
  tool: "first",
  input: { items },
  ...rest,
});
const mood: JsonObject = { id: "mood", tool: "analyze_sentiment", input: { text } };
const topics: JsonObject = { id: "topics", tool: "extract_topics", input: { text } };

const conditions = plan([
  mood,
  topics,
  first("one", [1], { when: { ref: "mood.label", in: ["positive", "neutral"] } }),
  first("two", [2], {
    when: {
      all: [
        { ref: "mood.score", gt: 0.5 },
        { ref: "mood.score", lte: 1 },
      ],
    },
  }),
  first("three", [3], {
    when: {
      any: [
        { ref: "goal", contains: "a" },
        { ref: "goal", startsWith: "b" },
      ],
    },
  }),
  first("four", [4], {
    when: {
      none: [
        { ref: "goal", endsWith: "c" },
        { ref: "mood.label", not: "neutral" },
      ],
    },
  }),
  first("five", [5], { when: { ref: "topics.items", some: { field: "score", gte: { ref: "mood.score" } } } }),
  first("six", [6], { when: { ref: "topics.items", every: { all: [{ field: "topic", empty: false }] } } }),
  first("seven", [7], { when: { ref: "topics.items[*].score", some: { lt: 10 } } }),
  first("eight", [8], { when: { ref: "topics.note", exists: true } }),
]);

const branches = plan(
  [
    mood,
    { id: "bad", tool: "summarize", input: { text }, when: { ref: "mood.label", is: "negative" }, onFailure: "skip" },
    { id: "good", tool: "summarize", input: { text }, when: { ref: "status.bad", is: "unmet" }, onFailure: "fail" },
    first("joined", [{ ref: "bad.text", default: { ref: "good.text", default: "neither" } }]),
  ],
  { output: { said: { ref: "joined.value", default: null }, how: { template: "{{mood.label}}: {{mood.score}}" } } },
);

const forms = plan(
  [
    first("forms", [
      { literal: { ref: "not a reference" } },
      { template: "{{{{goal}} is {{goal}}, {{documents[1].title}} on {{now.date}}" },
      { ref: 'params["odd key"].x' },
      { ref: "params.names[*]" },
      { ref: "documents[*].tables[*].rows" },
      { template: "both keys", literal: "make a plain object" },
    ]),
  ],
  { output: { value: { ref: "forms.value" }, constant: [1, "two", null, { deep: [true] }] } },
);

const loops = plan([
  topics,
  {
    id: "each",
    tool: "summarize",
    input: { text: { template: "{{index}}: {{item.topic}} of {{goal}}" }, sentences: 1, style: "short" },
    forEach: { items: { ref: "topics.items" }, max: 20 },
    onFailure: "replan",
  },
  first("pairs", [{ ref: "item.text" }, { ref: "topics.items[index].score", default: 0 }], {
    forEach: { items: { ref: "each" }, max: 20 },
    after: ["topics", "each"],
  }),
  first("fixed", [{ ref: "item" }], { forEach: { items: ["a", { literal: 1 }], max: 2 } }),
]);

const report = plan([
  topics,
  {
    id: "report",
    tool: "compile_report",
    input: {
      title: { ref: "document.title" },
      sections: [
        { title: "Topics", content: { ref: "topics.items[*].topic" } },
        { title: { template: "For {{goal}}" }, content: { a: { b: [{ ref: "params.depth" }, 2] } } },
      ],
    },
    after: ["topics"],
  },
  { id: "send", tool: "send_email", input: { to: "someone@example.org", body: { ref: "report.markdown" } } },
]);

const advisory = plan(
  [
    { id: "count", tool: "hearsay", input: { count: { ref: "params.depth" } } },
    { id: "open", tool: "loose", input: {} },
    first("both", [{ ref: "count.total" }, { ref: "open.result", default: "none" }]),
  ],
  { then: "replan" },
);

export const VALID_DECISIONS: readonly JsonObject[] = [
  GOOD_PLAN as unknown as JsonObject,
  conditions,
  branches,
  forms,
  loops,
  report,
  advisory,
  { kind: "finish", rationale: "known", output: { said: { ref: "goal" }, on: { template: "{{now.iso}}" } } },
  { kind: "ask", rationale: "unclear", question: "Which of the two documents?" },
  { kind: "abandon", rationale: "not allowed", reason: "It would send mail." },
];
