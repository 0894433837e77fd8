/** A gold plan against itself is right throughout; each way to spoil it lowers exactly the scorers that it should. */
import { describe, expect, test } from "vitest";
import type { Step } from "../../../src/plan/decision.ts";
import type { JsonObject, JsonValue } from "../../../src/shared/json.ts";
import { figuresOf, lowered, makeCase, scoreAnswer } from "../score-decision.ts";

interface Plan {
  kind: "plan";
  rationale: string;
  steps: Step[];
  output: JsonObject;
}

const TEXT = { ref: "document.text" };

function goldPlan(): Plan {
  return {
    kind: "plan",
    rationale: "As asked.",
    steps: [
      { id: "delays", tool: "search_document", input: { text: TEXT, query: "late arrivals", max: 3 } },
      { id: "summary", tool: "summarize", input: { text: TEXT, sentences: 3 } },
      { id: "mood", tool: "analyze_sentiment", input: { text: { ref: "summary.text" } } },
      { id: "topics", tool: "extract_topics", input: { text: TEXT } },
      {
        id: "report",
        tool: "compile_report",
        input: {
          title: { ref: "document.title" },
          sections: [
            { title: "Topics", content: { ref: "topics.items" } },
            { title: "Delays", content: { ref: "delays.items" } },
            { title: "Mood", content: { ref: "mood.label" } },
          ],
        },
      },
      { id: "people", tool: "extract_entities", input: { text: TEXT } },
    ],
    output: { report: { ref: "report.markdown" }, people: { ref: "people.items" } },
  };
}

const { kind, steps, output } = goldPlan();
const CASE = makeCase({
  document: { name: "ferry.md", text: "# Ferry news\n\nThe morning ferry was late again. Anna Berg apologised." },
  forbidden: [{ tool: "compile_report", before: "extract_topics" }],
  gold: { anyOf: [{ kind, steps, output }] },
});
const RIGHT = scoreAnswer(CASE, goldPlan());

function stepOf(plan: Plan, id: string): Step {
  const step = plan.steps.find((one) => one.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
}

function sectionsOf(plan: Plan): JsonValue[] {
  return stepOf(plan, "report").input.sections as JsonValue[];
}

function without(plan: Plan, id: string): void {
  plan.steps = plan.steps.filter((step) => step.id !== id);
}

test("the gold against itself scores 1 wherever a question arises", () => {
  expect(figuresOf(RIGHT)).toEqual({
    schema_valid_first: 1,
    schema_valid: 1,
    sound: 1,
    tool_precision: 1,
    tool_recall: 1,
    tool_f1: 1,
    step_match: 1,
    input_correct: 1,
    edge_f1: 1,
    order: 1,
    unnecessary_steps: 1,
    dead_steps: 1,
    parallelism: 1,
    refusal: null,
    forbidden: 1,
    taint: null,
    goal_success: null,
  });
  const findings = Object.values(RIGHT).flatMap(({ score, evidence }) => (score === 1 ? evidence : []));
  expect(findings).toEqual([]);
});

/** Each mutation with the scorers that it lowers, and a place that their evidence names. */
const MUTATIONS: [what: string, spoil: (plan: Plan) => void, lowers: string[], place: string][] = [
  [
    "drop a step and what reads it",
    (plan) => {
      without(plan, "people");
      delete plan.output.people;
    },
    ["tool_recall", "tool_f1", "step_match", "input_correct"],
    "gold: 'people'",
  ],
  [
    "drop a step that is still referred to",
    (plan) => without(plan, "topics"),
    ["sound", "tool_recall", "tool_f1", "step_match", "input_correct", "forbidden"],
    "/steps/3/input/sections",
  ],
  [
    "swap a tool",
    (plan) => Object.assign(stepOf(plan, "people"), { tool: "outline" }),
    ["tool_precision", "tool_recall", "tool_f1", "step_match", "input_correct"],
    "/steps/5",
  ],
  [
    "break a reference: no such step",
    (plan) => Object.assign(stepOf(plan, "mood"), { input: { text: { ref: "sumary.text" } } }),
    ["sound", "step_match", "input_correct", "edge_f1", "order", "dead_steps", "parallelism"],
    "/steps/2/input/text",
  ],
  [
    "break a reference: no such field",
    (plan) => Object.assign(stepOf(plan, "mood"), { input: { text: { ref: "summary.txt" } } }),
    ["sound", "step_match", "input_correct"],
    "/steps/2/input/text",
  ],
  [
    "break a reference: another step's output of the same type",
    (plan) => Object.assign(stepOf(plan, "mood"), { input: { text: { ref: "delays.items[0].text" } } }),
    ["step_match", "input_correct", "edge_f1", "order", "dead_steps", "parallelism"],
    "/steps/2/input/text",
  ],
  [
    "add an edge",
    (plan) => Object.assign(stepOf(plan, "people"), { after: ["mood"] }),
    ["edge_f1", "parallelism"],
    "/steps/5 'people'",
  ],
  [
    "serialise",
    (plan) => {
      for (const [place, step] of plan.steps.entries()) if (place > 0) step.after = [plan.steps[place - 1]!.id];
    },
    ["edge_f1", "parallelism"],
    "/steps/1 'summary'",
  ],
  [
    "add a dead step",
    (plan) => plan.steps.push({ id: "headings", tool: "outline", input: { text: TEXT } }),
    ["tool_precision", "tool_f1", "step_match", "unnecessary_steps", "dead_steps"],
    "/steps/6",
  ],
  [
    "duplicate an id",
    (plan) => plan.steps.push(structuredClone(stepOf(plan, "people"))),
    ["sound", "tool_precision", "tool_f1", "step_match", "unnecessary_steps"],
    "/steps/6",
  ],
  [
    "change an input",
    (plan) => Object.assign(stepOf(plan, "summary").input, { sentences: 7 }),
    ["step_match", "input_correct"],
    "/steps/1/input/sentences",
  ],
  [
    "leave an input out whose default is another value",
    (plan) => delete stepOf(plan, "delays").input.max,
    ["step_match", "input_correct"],
    "/steps/0/input/max",
  ],
  [
    "make a step conditional",
    (plan) => Object.assign(stepOf(plan, "people"), { when: { ref: "document.chars", gt: 10 } }),
    ["step_match", "input_correct"],
    "/steps/5/when",
  ],
  [
    "repeat a step over a list",
    (plan) => {
      Object.assign(stepOf(plan, "people"), { forEach: { items: { ref: "document.pages" }, max: 9 } });
      plan.output.people = { ref: "people[*].items" };
    },
    ["step_match", "input_correct"],
    "/steps/5/forEach/items",
  ],
  [
    "leave a result out of the output",
    (plan) => delete plan.output.people,
    ["input_correct", "edge_f1", "dead_steps"],
    "/steps/5 'people'",
  ],
  [
    "give another field of the same step as a result",
    (plan) => Object.assign(plan.output, { people: { ref: "people.method" } }),
    ["input_correct"],
    "/output/people",
  ],
  [
    "give a result that the gold has not",
    (plan) => Object.assign(plan.output, { more: "INVENTED" }),
    ["input_correct"],
    "/output/more",
  ],
  [
    "ask for another plan instead of a result",
    (plan) => Object.assign(plan, { then: "replan", output: undefined }),
    ["input_correct"],
    "/then",
  ],
  [
    "turn two steps round",
    (plan) => {
      stepOf(plan, "summary").input.text = { template: "{{mood.label}}" };
      stepOf(plan, "mood").input.text = TEXT;
      Object.assign(stepOf(plan, "report").input, {
        sections: [{ title: "Summary", content: { ref: "summary.text" } }, ...sectionsOf(plan).slice(0, 2)],
      });
    },
    ["step_match", "input_correct", "edge_f1", "order"],
    "/steps/2 'mood'",
  ],
  [
    "use a tool that does not exist",
    (plan) => Object.assign(stepOf(plan, "people"), { tool: "extract_people" }),
    ["sound", "tool_precision", "tool_recall", "tool_f1", "step_match", "input_correct"],
    "/steps/5/tool",
  ],
];

describe.each(MUTATIONS)("%s", (...[, spoil, lowers, place]) => {
  const plan = goldPlan();
  spoil(plan);
  const scores = scoreAnswer(CASE, plan);

  test(`lowers exactly ${lowers.join(", ")}`, () => {
    expect(lowered(RIGHT, scores)).toEqual(Object.keys(RIGHT).filter((id) => lowers.includes(id)));
  });

  test("says where", () => {
    const evidence = lowers.flatMap((id) => scores[id]!.evidence);
    expect(
      evidence.some((line) => line.includes(place)),
      evidence.join("\n"),
    ).toBe(true);
    for (const id of lowers) expect(scores[id]!.evidence.length, id).toBeGreaterThan(0);
  });
});

describe("an answer that goes another way", () => {
  const zero = { tool_precision: 0, tool_recall: 0, tool_f1: 0, step_match: 0 };

  test("no decision at all has no plan, and no question of inputs or orders arises", () => {
    expect(figuresOf(scoreAnswer(CASE, "I would rather not."))).toMatchObject({
      ...{ schema_valid_first: 0, schema_valid: 0, sound: 0, ...zero },
      ...{ input_correct: null, edge_f1: null, order: null, parallelism: null, unnecessary_steps: null },
      ...{ dead_steps: null, refusal: null, forbidden: null },
    });
  });

  test("a question where a plan was right has none of the gold's steps", () => {
    const ask = { kind: "ask", rationale: "Unclear.", question: "Which one?" };
    expect(figuresOf(scoreAnswer(CASE, ask))).toMatchObject({ schema_valid: 1, sound: null, ...zero, refusal: null });
  });

  test("finishing at once has none either", () => {
    const finish = { kind: "finish", rationale: "Done.", output: "nothing" };
    expect(figuresOf(scoreAnswer(CASE, finish))).toMatchObject({ sound: 1, ...zero });
  });
});

describe("what doesn't matter", () => {
  function expectRight(change: (plan: Plan) => unknown): void {
    const plan = goldPlan();
    change(plan);
    expect(figuresOf(scoreAnswer(CASE, plan))).toEqual(figuresOf(RIGHT));
  }

  test("names of steps and their place in the list", () => {
    expectRight((plan) => {
      const text = JSON.stringify(plan).replaceAll(/"(delays|summary|mood|topics|people)"/g, '"x_$1"');
      const renamed = JSON.parse(text.replaceAll(/"(delays|summary|mood|topics|people)\./g, '"x_$1.')) as Plan;
      Object.assign(plan, { steps: renamed.steps.reverse(), output: renamed.output });
    });
  });

  test("a default spelled out, documents[0] for document, a template of one text, a limit of a list", () => {
    expectRight((plan) => {
      stepOf(plan, "topics").input = { text: { ref: "documents[0].text" }, max: 10 };
      stepOf(plan, "mood").input = { text: { template: "{{summary.text}}" } };
    });
  });

  test("a literal that the gold's reference comes to", () => {
    expectRight((plan) => Object.assign(stepOf(plan, "report").input, { title: "Ferry news" }));
  });

  test("an order that follows from the others anyway", () => {
    expectRight((plan) => Object.assign(stepOf(plan, "report"), { after: ["summary"] }));
  });
});
