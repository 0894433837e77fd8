/** One wrong plan for every finding of the checker. */
import type { CheckContext, KnownStep } from "../../src/plan/check-context.ts";
import type { Decision, Step } from "../../src/plan/decision.ts";
import { DOCUMENT_TEXT, planOf } from "./check-setup.ts";

export interface Case {
  name: string;
  decision: Decision;
  overrides?: Partial<CheckContext>;
}

const summary: Step = { id: "summary", tool: "summarize", input: { text: DOCUMENT_TEXT } };
const topics: Step = { id: "topics", tool: "extract_topics", input: { text: DOCUMENT_TEXT } };
const mood: Step = { id: "mood", tool: "analyze_sentiment", input: { text: DOCUMENT_TEXT } };
const step = (rest: Partial<Step>): Step => ({ ...summary, ...rest });
const knownAs = (status: KnownStep["status"]): Partial<CheckContext> => ({
  known: new Map([["old", { definition: "other", status, outputSchema: null }]]),
});

export const CASES: Case[] = [
  { name: "unknown tool", decision: planOf([step({ tool: "sumarize" })]) },
  { name: "unknown tool without a likely one", decision: planOf([step({ tool: "fly_to_the_moon" })]) },
  {
    name: "unknown input that was mistyped",
    decision: planOf([{ id: "a", tool: "summarize", input: { txt: "long" } }]),
  },
  { name: "unknown input", decision: planOf([step({ input: { text: "long", colour: "red" } })]) },
  { name: "missing input", decision: planOf([step({ input: {} })]) },
  { name: "bad constant", decision: planOf([step({ input: { text: 5 } })]) },
  { name: "bad constant of an enum", decision: planOf([step({ input: { text: "a", style: "fancy" } })]) },
  {
    name: "bad constant inside a list",
    decision: planOf([
      { id: "r", tool: "compile_report", input: { title: "T", sections: [{ title: 5, content: { ref: "goal" } }] } },
    ]),
  },
  {
    name: "missing field inside a list",
    decision: planOf([
      { id: "r", tool: "compile_report", input: { title: "T", sections: [{ content: { ref: "goal" } }] } },
    ]),
  },
  {
    name: "reference to a mistyped step",
    decision: planOf([summary, step({ id: "b", input: { text: { ref: "sumary.text" } } })]),
  },
  { name: "reference to no step", decision: planOf([step({ input: { text: { ref: "nothing_like_it.text" } } })]) },
  {
    name: "reference in a template",
    decision: planOf([summary, step({ id: "b", input: { text: { template: "See {{sumary.text}}" } } })]),
  },
  {
    name: "reference to a mistyped field",
    decision: planOf([summary, step({ id: "b", input: { text: { ref: "summary.txt" } } })]),
  },
  {
    name: "field of a list",
    decision: planOf([topics, step({ id: "b", input: { text: { ref: "topics.items.topic" } } })]),
  },
  {
    name: "reference to a dropped step",
    decision: planOf([step({ input: { text: { ref: "old.text" } } })]),
    overrides: knownAs("dropped"),
  },
  {
    name: "reference to a failed step",
    decision: planOf([step({ input: { text: { ref: "old.text" } } })]),
    overrides: knownAs("failed"),
  },
  {
    name: "reference to an unfinished step",
    decision: planOf([step({ input: { text: { ref: "old.text" } } })]),
    overrides: knownAs("active"),
  },
  { name: "no document", decision: planOf([summary]), overrides: { documents: 0 } },
  { name: "document beyond the last", decision: planOf([step({ input: { text: { ref: "documents[1].text" } } })]) },
  { name: "status without a step", decision: planOf([summary], { output: { ref: "status" } }) },
  { name: "status of a mistyped step", decision: planOf([summary], { output: { ref: "status.sumary" } }) },
  { name: "after a mistyped step", decision: planOf([summary, { ...topics, after: ["sumary"] }]) },
  { name: "after no step", decision: planOf([{ ...topics, after: ["nothing_like_it"] }]) },
  {
    name: "unknown parameter",
    decision: planOf([step({ input: { text: { ref: "params.langage" } } })]),
    overrides: { params: { language: "en" } },
  },
  {
    name: "undeclared field of an open output",
    decision: planOf([{ id: "l", tool: "loose", input: {} }], { output: { ref: "l.reslt" } }),
  },
  {
    name: "cycle",
    decision: planOf([
      step({ id: "a", input: { text: { ref: "b.text" } } }),
      step({ id: "b", input: { text: { ref: "a.text" } } }),
    ]),
  },
  { name: "waiting for itself", decision: planOf([step({ after: ["summary"] })]) },
  { name: "reference to itself", decision: planOf([step({ input: { text: { ref: "summary.text" } } })]) },
  { name: "item outside forEach", decision: planOf([step({ input: { text: { ref: "item" } } })]) },
  {
    name: "item in when",
    decision: planOf([
      topics,
      step({ forEach: { items: { ref: "topics.items" }, max: 5 }, when: { ref: "item.topic", exists: true } }),
    ]),
  },
  {
    name: "[index] outside forEach",
    decision: planOf([topics, step({ input: { text: { ref: "topics.items[index].topic" } } })]),
  },
  { name: "wrong type that one field would fit", decision: planOf([mood, step({ input: { text: { ref: "mood" } } })]) },
  { name: "wrong type", decision: planOf([mood, step({ input: { text: { ref: "mood.score" } } })]) },
  {
    name: "list where one is needed",
    decision: planOf([topics, step({ input: { text: { ref: "topics.items[*].topic" } } })]),
  },
  {
    name: "text where a list is needed",
    decision: planOf([{ id: "f", tool: "first", input: { items: { template: "{{goal}}" } } }]),
  },
  {
    name: "list of other things",
    decision: planOf([
      topics,
      { id: "r", tool: "compile_report", input: { title: "T", sections: { ref: "topics.items" } } },
    ]),
  },
  { name: "forEach over no list", decision: planOf([topics, step({ forEach: { items: { ref: "topics" }, max: 3 } })]) },
  { name: "forEach over a text", decision: planOf([step({ forEach: { items: "abc", max: 3 } })]) },
  { name: "forEach without max", decision: planOf([topics, step({ forEach: { items: { ref: "topics.items" } } })]) },
  { name: "duplicate id", decision: planOf([summary, summary]) },
  { name: "reserved id", decision: planOf([step({ id: "goal" })]) },
  { name: "bad id", decision: planOf([step({ id: "step 1" })]) },
  { name: "reused id", decision: planOf([step({ id: "old" })]), overrides: knownAs("completed") },
  { name: "too many steps", decision: planOf([summary, topics]), overrides: { maxSteps: 1 } },
  {
    name: "output of another form",
    decision: planOf([mood], { output: { mood: { ref: "mood.score" } } }),
    overrides: {
      outputSchema: { type: "object", properties: { mood: { type: "string" } }, required: ["mood", "why"] },
    },
  },
  {
    name: "no output where a form is wanted",
    decision: planOf([mood]),
    overrides: {
      outputSchema: {
        type: "object",
        properties: { tone: { type: "string" } },
        required: ["tone"],
        additionalProperties: false,
      },
    },
  },
  {
    name: "finish with another form",
    decision: { kind: "finish", rationale: "r", output: 5 },
    overrides: { outputSchema: { type: "string" } },
  },
  {
    name: "output that may be absent",
    decision: planOf([mood, step({ when: { ref: "mood.label", is: "negative" } })], {
      output: { ref: "summary.text" },
    }),
  },
  {
    name: "input that may be absent",
    decision: planOf(
      [
        topics,
        mood,
        step({ when: { ref: "mood.label", is: "negative" } }),
        { id: "f", tool: "first", input: { items: [{ ref: "summary.text" }, { ref: "topics.items" }] } },
      ],
      { output: { ref: "f" } },
    ),
  },
  { name: "optional field", decision: planOf([topics], { output: { ref: "topics.note" } }) },
  { name: "dead step", decision: planOf([summary, topics], { output: { ref: "summary.text" } }) },
  {
    name: "condition that never holds",
    decision: planOf([mood, step({ when: { ref: "mood.label", is: "negativ" } })]),
  },
  {
    name: "quantifier over no list",
    decision: planOf([mood, step({ when: { ref: "mood.label", some: { is: "negative" } } })]),
  },
  {
    name: "denied tool",
    decision: planOf([summary]),
    overrides: { policy: () => ({ outcome: "deny", rule: "house.no-summaries" }) },
  },
];
