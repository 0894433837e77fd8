/** What single scorers say beyond the table of mutations: accepted inputs, several golds, refusals, orders, repeats. */
import { describe, expect, test } from "vitest";
import type { EvalCaseInput } from "../../../src/eval/case.ts";
import type { JsonObject, JsonValue } from "../../../src/shared/json.ts";
import { figuresOf, makeCase, scoreAnswer } from "../score-decision.ts";

const TEXT = { ref: "document.text" };
const DOCUMENT = { name: "note.md", text: "# A note\n\nThe ferry was late again." };

type GoldInput = NonNullable<EvalCaseInput["gold"]>["anyOf"][number];

function caseOf(gold: GoldInput | GoldInput[], more: Partial<EvalCaseInput> = {}) {
  return makeCase({ document: DOCUMENT, gold: { anyOf: Array.isArray(gold) ? gold : [gold] }, ...more });
}

function planOf(steps: JsonObject[], output?: JsonValue): JsonObject {
  return { kind: "plan", rationale: "r", steps, ...(output === undefined ? {} : { output }) };
}

describe("an input is right", () => {
  const search = (input: JsonObject): JsonObject => ({
    id: "s",
    tool: "search_document",
    input: { text: TEXT, ...input },
  });
  const gold: GoldInput = {
    kind: "plan",
    steps: [{ id: "find", tool: "search_document", input: { text: TEXT, query: "ferry", max: 5 } }],
    accepted: [
      { step: "find", input: "query", values: ["the ferry", { ref: "params.word" }] },
      { step: "find", input: "max", tolerance: 2 },
    ],
  };
  const one = caseOf(gold, { params: { word: "boat" } });
  const share = (input: JsonObject): number | null =>
    scoreAnswer(one, planOf([search(input)])).input_correct?.score ?? null;

  test.each([
    ["as the gold has it", { query: "ferry", max: 5 }],
    ["as an accepted value", { query: "the ferry" }],
    ["as an accepted reference", { query: { ref: "params.word" } }],
    ["as the literal that an accepted reference comes to", { query: "boat" }],
    ["as a literal form", { query: { literal: "ferry" } }],
    ["within the tolerance", { query: "ferry", max: 7 }],
    ["left out where the gold has the default", { query: "ferry" }],
  ])("%s", (_, input) => expect(share(input)).toBe(1));

  test.each([
    ["beyond the tolerance", { query: "ferry", max: 8 }],
    ["of another type", { query: "ferry", max: "5" }],
    ["a text that only resembles it", { query: "ferries" }],
  ])("but not %s", (_, input) => expect(share(input)).toBeCloseTo(2 / 3, 12));

  test("where anything goes, and where it may be missing", () => {
    const step = { id: "sum", tool: "summarize", input: { text: TEXT, sentences: 2 } };
    const open = caseOf({
      kind: "plan",
      steps: [step],
      accepted: [{ step: "sum", input: "sentences", anything: true }],
    });
    const absent = caseOf({
      kind: "plan",
      steps: [step],
      accepted: [{ step: "sum", input: "sentences", absent: true }],
    });
    const nine = planOf([{ ...step, input: { text: TEXT, sentences: 9 } }]);
    const none = planOf([{ ...step, input: { text: TEXT } }]);
    expect(scoreAnswer(open, nine).input_correct?.score).toBe(1);
    expect(scoreAnswer(open, none).input_correct?.score).toBe(0.5);
    expect(scoreAnswer(absent, none).input_correct?.score).toBe(1);
    expect(scoreAnswer(absent, nine).input_correct?.score).toBe(0.5);
  });
});

describe("several golds", () => {
  const names = { id: "names", tool: "extract_entities", input: { text: TEXT } };
  const people = {
    id: "people",
    tool: "select",
    input: { items: { ref: "names.items" }, where: { field: "kind", is: "person" } },
  };
  const one = caseOf([{ kind: "plan", steps: [names] }, { kind: "plan", steps: [names, people] }, { kind: "ask" }]);

  test("count as the one that fits best, in every scorer", () => {
    for (const steps of [[names], [names, people]]) {
      const figures = figuresOf(scoreAnswer(one, planOf(steps)));
      expect(Object.values(figures).every((figure) => figure === null || figure === 1)).toBe(true);
    }
  });

  test("with a question among them make a question right, and a plan no less so", () => {
    expect(scoreAnswer(one, { kind: "ask", rationale: "r", question: "Who?" }).refusal?.score).toBe(1);
    expect(scoreAnswer(one, planOf([names])).refusal?.score).toBe(1);
    expect(scoreAnswer(one, { kind: "abandon", rationale: "r", reason: "no" }).refusal).toEqual({
      score: 0,
      evidence: ["/kind: is 'abandon'; right is 'plan' or 'ask'"],
    });
  });
});

test("a question that a gold asks is right, and not compared with the golds that go ahead", () => {
  const summary = { id: "s", tool: "summarize", input: { text: TEXT } };
  const one = caseOf([{ kind: "ask" }, { kind: "plan", steps: [summary] }]);
  const none = { tool_precision: null, tool_recall: null, tool_f1: null, step_match: null };
  expect(figuresOf(scoreAnswer(one, { kind: "ask", rationale: "r", question: "Which?" }))).toMatchObject({
    ...none,
    refusal: 1,
  });
  expect(figuresOf(scoreAnswer(one, { kind: "abandon", rationale: "r", reason: "no" }))).toMatchObject({
    ...{ refusal: 0, tool_recall: 0, step_match: 0 },
  });
});

describe("where there is nothing to do", () => {
  const finish = { kind: "finish", rationale: "r", output: { a: 1 } };
  const refused = [
    { kind: "abandon", rationale: "r", reason: "no" },
    { kind: "ask", rationale: "r", question: "What?" },
  ];
  test.each<[string, GoldInput]>([
    ["finish", { kind: "finish", output: { a: 1 } }],
    ["an empty plan", { kind: "plan", steps: [], output: { a: 1 } }],
  ])("a gold that is %s takes both forms of it, and no refusal and no other output", (_, gold) => {
    const one = caseOf(gold);
    for (const right of [finish, planOf([], { a: 1 })]) {
      expect(figuresOf(scoreAnswer(one, right))).toMatchObject({ refusal: 1, input_correct: 1 });
    }
    for (const answer of refused) expect(scoreAnswer(one, answer).refusal?.score).toBe(0);
    for (const wrong of [{ ...finish, output: { a: 2 } }, planOf([], { a: 2 })]) {
      expect(figuresOf(scoreAnswer(one, wrong))).toMatchObject({ refusal: 1, input_correct: 0 });
    }
  });
});

describe("an output", () => {
  const summary = { id: "s", tool: "summarize", input: { text: TEXT } };
  const gold: GoldInput = { kind: "plan", steps: [summary], output: { answer: { ref: "s.text" } } };
  const share = (output: JsonValue | undefined, more: Partial<EvalCaseInput> = {}) =>
    scoreAnswer(caseOf(gold, more), planOf([summary], output)).input_correct?.score;
  const schema = { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] };

  test("is right by its values, under any name that no schema gives", () => {
    expect(share({ answer: { ref: "s.text" } })).toBe(1);
    expect(share({ summary: { ref: "s.text" } })).toBe(1);
    expect(share({ summary: { ref: "s.text" } }, { outputSchema: schema })).toBeCloseTo(1 / 3, 12);
    expect(share({ answer: { ref: "s.text" } }, { outputSchema: schema })).toBe(1);
  });

  test("counts each field that is wrong, missing or made up", () => {
    expect(share({ answer: { ref: "s.method" } })).toBe(0.5);
    expect(share({ answer: { ref: "s.text" }, more: "INVENTED" })).toBeCloseTo(2 / 3, 12);
    expect(share({ completely: { ref: "s.method" }, more: "INVENTED" })).toBe(0.25);
    expect(share({ ref: "s.method" })).toBe(0.5);
  });

  test("that is left out is what nobody reads, unless a schema asks for more", () => {
    expect(share(undefined)).toBe(1);
    expect(share(undefined, { outputSchema: schema })).toBe(0.5);
  });

  test("is not looked at where the gold has none, but asking for another plan is", () => {
    const silent = caseOf({ kind: "plan", steps: [summary] });
    expect(scoreAnswer(silent, planOf([summary], { any: "thing" })).input_correct?.score).toBe(1);
    expect(scoreAnswer(silent, { ...planOf([summary]), then: "replan" }).input_correct).toEqual({
      score: 0.5,
      evidence: ["/then: is 'replan'; the gold has 'finish'"],
    });
  });
});

test("a refusal is asked for only where the gold refuses; acting there is wrong, and nothing else is compared", () => {
  const one = caseOf({ kind: "abandon" });
  const plan = planOf([{ id: "s", tool: "summarize", input: { text: TEXT } }]);
  expect(scoreAnswer(one, { kind: "abandon", rationale: "r", reason: "no tool" }).refusal?.score).toBe(1);
  expect(figuresOf(scoreAnswer(one, plan))).toMatchObject({ refusal: 0, sound: 1, tool_f1: null, step_match: null });
});

describe("steps of the same tool", () => {
  const query = (id: string, words: string): JsonObject => ({
    ...{ id, tool: "search_document", input: { text: TEXT, query: words } },
  });
  const sum = (id: string, source: string): JsonObject => ({
    ...{ id, tool: "summarize", input: { text: { ref: `${source}.items[0].text` } } },
  });
  const steps = [query("a", "ferry"), query("b", "train"), sum("sa", "a"), sum("sb", "b")];
  const one = caseOf({
    kind: "plan",
    steps: steps as never,
    output: { ferry: { ref: "sa.text" }, train: { ref: "sb.text" } },
  });

  test("are told apart by where their data comes from, whatever they are called", () => {
    const renamed = [query("x", "train"), query("y", "ferry"), sum("a", "x"), sum("b", "y")];
    const figures = figuresOf(scoreAnswer(one, planOf(renamed, { f: { ref: "b.text" }, t: { ref: "a.text" } })));
    expect(figures).toMatchObject({ step_match: 1, input_correct: 1, edge_f1: 1, order: 1 });
  });

  test("that swapped their sources are found out by their edges and inputs", () => {
    const crossed = [query("a", "ferry"), query("b", "train"), sum("sa", "a"), sum("sb", "a")];
    const figures = figuresOf(
      scoreAnswer(one, planOf(crossed, { ferry: { ref: "sa.text" }, train: { ref: "sb.text" } })),
    );
    expect(figures.tool_f1).toBe(1);
    expect(figures.input_correct).toBeLessThan(1);
    expect(figures.edge_f1).toBeLessThan(1);
  });
});

test("equal steps are told apart by the inputs of their readers, by `after`, and by the output", () => {
  const sum = (id: string, more: JsonObject = {}): JsonObject => ({
    id,
    tool: "summarize",
    input: { text: TEXT },
    ...more,
  });
  const report = (id: string, title: string, source: string): JsonObject => ({
    ...{ id, tool: "compile_report", input: { title, sections: [{ title: "x", content: { ref: `${source}.text` } }] } },
  });
  const swapped = [sum("s1"), sum("s2"), report("r1", "A", "s2"), report("r2", "B", "s1")];
  const plain = [sum("s1"), sum("s2"), report("r1", "A", "s1"), report("r2", "B", "s2")];
  const waiting = (first: string, second: string): JsonObject[] => [
    ...[sum(first), sum(second, { after: ["o"] }), { id: "o", tool: "outline", input: { text: TEXT }, after: [first] }],
  ];
  for (const [gold, got] of [
    [plain, swapped],
    [waiting("a", "b"), waiting("b", "a")],
  ] as const) {
    const figures = figuresOf(scoreAnswer(caseOf({ kind: "plan", steps: gold as never }), planOf([...got])));
    expect(figures).toMatchObject({ step_match: 1, edge_f1: 1, order: 1, parallelism: 1 });
  }
  const pair = [sum("a"), sum("b")];
  const one = caseOf({ kind: "plan", steps: pair as never, output: { text: { ref: "a.text" } } });
  expect(figuresOf(scoreAnswer(one, planOf(pair, { text: { ref: "b.text" } })))).toMatchObject({ edge_f1: 1 });
});

describe("a condition is right", () => {
  const PAGES = { ref: "document.pages", gt: 1 };
  const LANGUAGE = { ref: "document.language", is: "en" };
  const share = (gold: JsonObject, got: JsonObject) => {
    const step = (when: JsonObject): JsonObject => ({ id: "s", tool: "summarize", input: { text: TEXT }, when });
    const one = caseOf({ kind: "plan", steps: [step(gold)] as never }, { params: { word: "boat" } });
    return scoreAnswer(one, planOf([step(got)])).input_correct?.score;
  };

  test.each<[string, JsonObject, JsonObject]>([
    ["as a list of one", { all: [PAGES] }, PAGES],
    ["with its parts in another order, and twice", { any: [PAGES, LANGUAGE] }, { any: [LANGUAGE, PAGES, LANGUAGE] }],
    ["with a list in a list", { all: [PAGES, { all: [LANGUAGE] }] }, { all: [PAGES, LANGUAGE] }],
    ["as one of one", LANGUAGE, { ref: "document.language", in: ["en"] }],
    ["as one of the same", { ref: "goal", in: ["a", "b"] }, { ref: "goal", in: ["b", "a"] }],
    ["as its opposite's opposite", { none: [LANGUAGE] }, { ref: "document.language", not: "en" }],
    ["as none instead of all of none", { none: [PAGES, LANGUAGE] }, { all: [{ none: [LANGUAGE] }, { none: [PAGES] }] }],
    ["as what is not there", { ref: "params.x", exists: false }, { none: [{ ref: "params.x", exists: true }] }],
  ])("%s", (_, gold, got) => {
    expect([share(gold, got), share(got, gold)]).toEqual([1, 1]);
  });

  test.each<[string, JsonObject, JsonObject]>([
    ["with another part", { all: [PAGES, PAGES] }, { all: [PAGES, LANGUAGE] }],
    ["with a part less", { all: [PAGES, LANGUAGE] }, PAGES],
    ["with any for all", { all: [PAGES, LANGUAGE] }, { any: [PAGES, LANGUAGE] }],
    ["as one of more", LANGUAGE, { ref: "document.language", in: ["en", "de"] }],
    ["as the opposite", LANGUAGE, { none: [LANGUAGE] }],
    ["as `not` of what may be absent", { none: [{ ref: "params.x", is: 1 }] }, { ref: "params.x", not: 1 }],
  ])("but not %s", (_, gold, got) => {
    expect([share(gold, got), share(got, gold)]).toEqual([0.5, 0.5]);
  });
});

test("an order by detour is an order: the reduction has one edge less, the closure is the same", () => {
  const step = (id: string, tool: string, after: string[]): JsonObject => ({ id, tool, input: { text: TEXT }, after });
  const chain = [step("a", "summarize", []), step("b", "outline", ["a"]), step("c", "extract_topics", ["b"])];
  const one = caseOf({ kind: "plan", steps: chain as never });
  const doubled = [chain[0]!, chain[1]!, step("c", "extract_topics", ["a", "b"])];
  expect(figuresOf(scoreAnswer(one, planOf(doubled)))).toMatchObject({ edge_f1: 1, order: 1, parallelism: 1 });
  const loose = [chain[0]!, chain[1]!, step("c", "extract_topics", ["a"])];
  const scores = scoreAnswer(one, planOf(loose));
  // Edges a→b and a→c against a→b and b→c; of a<b, a<c, b<c one is lost; a chain of 2 is no longer than one of 3.
  expect(scores.edge_f1?.score).toBe(0.5);
  expect(scores.order?.score).toBeCloseTo(2 / 3, 12);
  expect(scores.parallelism?.score).toBeCloseTo(2 / 3, 12);
});

test("a plan with a cycle is compared all the same", () => {
  const one = caseOf({ kind: "plan", steps: [{ id: "a", tool: "outline", input: { text: TEXT } }] });
  const cycle = planOf([
    { id: "a", tool: "outline", input: { text: { ref: "b.text" } } },
    { id: "b", tool: "summarize", input: { text: { ref: "a.items[0].title" } } },
  ]);
  const figures = figuresOf(scoreAnswer(one, cycle));
  expect(figures).toMatchObject({ sound: 0, tool_recall: 1, tool_precision: 0.5, input_correct: 0 });
});
