/** Whatever the gold is: it is right by its own measure, under other names and in another order; spoiling it shows. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Step } from "../../../src/plan/decision.ts";
import type { JsonObject } from "../../../src/shared/json.ts";
import { figuresOf, lowered, makeCase, scoreAnswer } from "../score-decision.ts";

const DOCUMENT = { name: "note.md", text: "# A note\n\nThe ferry was late again." };
const TOOLS = ["summarize", "extract_topics", "analyze_sentiment", "search_document"] as const;
/** A text in each tool's output. */
const TEXT_OF: Record<string, string> = {
  summarize: "text",
  extract_topics: "items[0].topic",
  analyze_sentiment: "label",
  search_document: "items[0].text",
};

interface Draft {
  tool: (typeof TOOLS)[number];
  /** Place of the step whose text is read, counted back; none reads the document. */
  source: number | null;
  /** Place of a step to wait for, counted back. */
  after: number | null;
  max: number;
}

const draft = fc.record({
  tool: fc.constantFrom(...TOOLS),
  source: fc.option(fc.integer({ min: 1, max: 6 })),
  after: fc.option(fc.integer({ min: 1, max: 6 }), { freq: 4 }),
  max: fc.integer({ min: 1, max: 3 }),
});
const plans = fc.array(draft, { minLength: 1, maxLength: 9 }).map(toSteps);

function toSteps(drafts: readonly Draft[]): Step[] {
  const idAt = (place: number, back: number | null): string | null =>
    back === null || place - back < 0 ? null : `s${place - back}`;
  return drafts.map(({ tool, source, after, max }, place) => {
    const from = idAt(place, source);
    const ref = from === null ? "document.text" : `${from}.${TEXT_OF[drafts[place - source!]!.tool]}`;
    const input: JsonObject = { text: { ref } };
    if (tool === "search_document") Object.assign(input, { query: "ferry", max });
    if (tool === "extract_topics") input.max = max;
    if (tool === "summarize") input.sentences = max;
    const waits = idAt(place, after);
    return { id: `s${place}`, tool, input, ...(waits === null ? {} : { after: [waits] }) };
  });
}

/** The output reads every step, so that none is dead. */
function outputOf(steps: readonly Step[]): JsonObject {
  return Object.fromEntries(steps.map(({ id, tool }) => [id, { ref: `${id}.${TEXT_OF[tool]}` }]));
}

function caseOf(steps: Step[]) {
  return makeCase({ document: DOCUMENT, gold: { anyOf: [{ kind: "plan", steps, output: outputOf(steps) }] } });
}

function answer(steps: Step[], output: JsonObject): JsonObject {
  return { kind: "plan", rationale: "r", steps: steps as unknown as JsonObject[], output };
}

function isAllRight(figures: Record<string, number | null>): boolean {
  return Object.values(figures).every((figure) => figure === null || figure === 1);
}

/** Other ids that sort in another way, and steps turned round. */
function disguise(steps: readonly Step[]): { steps: Step[]; output: JsonObject } {
  const text = JSON.stringify({ steps, output: outputOf(steps) });
  const renamed = text.replaceAll(/"s(\d+)(?=["[.])/g, (_, digits: string) => `"step_${9 - Number(digits)}`);
  const { steps: others, output } = JSON.parse(renamed) as { steps: Step[]; output: JsonObject };
  return { steps: others.reverse(), output };
}

test("a gold is right by its own measure", () => {
  fc.assert(
    fc.property(plans, (steps) => {
      const figures = figuresOf(scoreAnswer(caseOf(steps), answer(steps, outputOf(steps))));
      expect(figures).toMatchObject({ sound: 1, tool_f1: 1, step_match: 1, input_correct: 1, edge_f1: 1 });
      expect(isAllRight(figures)).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test("steps may have any name and any place, also where several are equal in themselves", () => {
  fc.assert(
    fc.property(plans, (steps) => {
      const { steps: others, output } = disguise(steps);
      expect(isAllRight(figuresOf(scoreAnswer(caseOf(steps), answer(others, output))))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("every step that is left out costs recall, and every one that is added costs precision", () => {
  fc.assert(
    fc.property(plans, fc.nat(), (steps, drawn) => {
      const one = caseOf(steps);
      const right = scoreAnswer(one, answer(steps, outputOf(steps)));
      const place = drawn % steps.length;
      const fewer = steps.filter((_, at) => at !== place);
      expect(lowered(right, scoreAnswer(one, answer(fewer, outputOf(fewer))))).toContain("tool_recall");
      const extra: Step = { id: "extra", tool: "outline", input: { text: { ref: "document.text" } } };
      const more = scoreAnswer(one, answer([...steps, extra], outputOf(steps)));
      expect(lowered(right, more)).toEqual([
        "tool_precision",
        "tool_f1",
        "step_match",
        "unnecessary_steps",
        "dead_steps",
      ]);
    }),
    { numRuns: 100 },
  );
});
