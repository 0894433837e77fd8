import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hasErrors } from "../../src/error/issue.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import type { PlanDecision, Step } from "../../src/plan/decision.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { processorMs } from "../setup/processor-time.ts";
import { check, contextWith, DOCUMENT_TEXT, planOf } from "./check-setup.ts";

/** What a step may be made of: any earlier step's output as text. */
interface Choice {
  tool: "summarize" | "extract_topics" | "analyze_sentiment" | "first";
  source: number;
  isTemplate: boolean;
  isEach: boolean;
  isConditional: boolean;
  after: number;
}

const choices: fc.Arbitrary<Choice[]> = fc.array(
  fc.record({
    tool: fc.constantFrom("summarize", "extract_topics", "analyze_sentiment", "first"),
    source: fc.nat(),
    isTemplate: fc.boolean(),
    isEach: fc.boolean(),
    isConditional: fc.boolean(),
    after: fc.nat(),
  }),
  { minLength: 2, maxLength: 12 },
);

const TEXT_OF = {
  summarize: "text",
  extract_topics: "items[0].topic",
  analyze_sentiment: "label",
  first: "value",
} as const;

/** Step 0 reads the document; every other one reads one before it, so the plan has an edge to spoil. */
function buildPlan(list: Choice[]): PlanDecision {
  const steps: Step[] = [];
  for (const [place, choice] of list.entries()) steps.push(buildStep(choice, steps, place));
  return planOf(steps);
}

function buildStep(choice: Choice, earlier: Step[], place: number): Step {
  const path = place === 0 ? DOCUMENT_TEXT.ref : textOf(earlier[choice.source % place]!);
  const text: JsonValue = choice.isTemplate ? { template: `About {{${path}}}` } : { ref: path };
  const step: Step = {
    id: `s${place}`,
    tool: choice.tool,
    input: choice.tool === "first" ? { items: [text, 1] } : { text },
  };
  if (choice.isEach) step.forEach = { items: ["a", "b"], max: 2 };
  if (choice.isConditional) step.when = { ref: path, exists: true };
  if (place > 0) step.after = [`s${choice.after % place}`];
  return step;
}

function textOf(step: Step): string {
  return `${step.id}${step.forEach ? "[0]" : ""}.${TEXT_OF[step.tool as Choice["tool"]]}`;
}

const plans = choices.map(buildPlan);
const codes = (decision: PlanDecision): string[] =>
  check(decision)
    .filter(({ severity }) => severity === "error")
    .map(({ code }) => code);
const runs = { numRuns: 25 };

function changeStep(plan: PlanDecision, place: number, change: (step: Step) => Partial<Step>): PlanDecision {
  const at = place % plan.steps.length;
  return { ...plan, steps: plan.steps.map((step, index) => (index === at ? { ...step, ...change(step) } : step)) };
}

function mutationIsRefused(mutate: (plan: PlanDecision, place: number) => PlanDecision, code: string): void {
  fc.assert(
    fc.property(plans, fc.nat(), (plan, place) => {
      expect(codes(mutate(plan, place))).toContain(code);
    }),
    runs,
  );
}

describe("random plans", () => {
  test("that are right pass, whatever the order of their steps", () => {
    fc.assert(
      fc.property(plans, fc.boolean(), (plan, isReversed) => {
        expect(codes(isReversed ? { ...plan, steps: plan.steps.toReversed() } : plan)).toEqual([]);
      }),
      runs,
    );
  });

  test("without the step that others read are refused", () => {
    mutationIsRefused((plan) => ({ ...plan, steps: plan.steps.slice(1) }), "PLAN_BAD_REF");
  });

  test("with a reference to another name are refused", () => {
    mutationIsRefused(
      (plan, place) => changeStep(plan, place, (step) => ({ input: { ...step.input, ...renamed(step) } })),
      "PLAN_BAD_REF",
    );
  });

  test("with a way back are refused", () => {
    mutationIsRefused((plan) => {
      const last = plan.steps.at(-1)!;
      const source = last.after![0]!;
      return changeStep(
        plan,
        plan.steps.findIndex(({ id }) => id === source),
        (step) => ({ after: [...(step.after ?? []), last.id] }),
      );
    }, "PLAN_CYCLE");
  });

  test("with an id twice are refused", () => {
    mutationIsRefused(
      (plan, place) => ({ ...plan, steps: [...plan.steps, plan.steps[place % plan.steps.length]!] }),
      "PLAN_DUPLICATE_ID",
    );
  });

  test("with an unknown tool are refused", () => {
    mutationIsRefused((plan, place) => changeStep(plan, place, () => ({ tool: "no_such_tool" })), "PLAN_UNKNOWN_TOOL");
  });

  test("with an unbounded list are refused", () => {
    mutationIsRefused((plan, place) => changeStep(plan, place, () => ({ forEach: { items: [1] } })), "PLAN_UNBOUNDED");
  });

  test("with a value of the wrong type are refused", () => {
    mutationIsRefused(
      (plan, place) => changeStep(plan, place, () => ({ tool: "summarize", input: { text: ["a"] } })),
      "PLAN_BAD_VALUE",
    );
  });

  test("with a reference of the wrong type are refused", () => {
    mutationIsRefused(
      (plan, place) => ({
        ...plan,
        steps: [
          ...plan.steps,
          { id: "wrong", tool: "summarize", input: { text: { ref: plan.steps[place % plan.steps.length]!.id } } },
        ],
      }),
      "PLAN_TYPE_MISMATCH",
    );
  });

  test("broken in any way, they never make the checker throw, and fixes keep their word", () => {
    const anything = fc.record({
      id: fc.oneof(fc.constantFrom("s0", "s1", "goal", "a b", ""), fc.string()),
      tool: fc.constantFrom("summarize", "first", "none", "sumarize"),
      input: fc.dictionary(fc.constantFrom("text", "items", "txet", "__proto__"), values(), { noNullPrototype: true }),
      forEach: fc.option(fc.record({ items: values() }), { nil: undefined }),
    }) as fc.Arbitrary<Step>;
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 4 }), values(), (steps, output) => {
        const decision = planOf(steps, { output });
        const result = checkDecision(decision, contextWith());
        expect(result.compiled === null).toBe(hasErrors(result.issues));
      }),
      { numRuns: 50 },
    );
  });
});

function values(): fc.Arbitrary<JsonValue> {
  return fc.oneof(
    fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<JsonValue>,
    fc
      .constantFrom("s0", "s1.text", "item.x", "status.s0", "document[*]", "documents[3]", "..", "s0[index]")
      .map((ref) => ({ ref })),
    fc.constantFrom("{{s0}}", "{{", "{{s1.txt}} {{item}}").map((template) => ({ template })),
    fc.record({ ref: fc.constantFrom("s0", "s9"), default: fc.constantFrom<JsonValue>({ ref: "s1" }, 5) }),
  );
}

/** The step's one text with its path starting at a name that nothing has. */
function renamed(step: Step): Step["input"] {
  return JSON.parse(JSON.stringify(step.input).replace(/(\{\{|"ref":")\w+/, "$1nothing")) as Step["input"];
}

describe("large plans", () => {
  const link = (n: number): Step => {
    const before = `s${n - 1}.${n % 3 === 1 ? "value" : "text"}`;
    const input: Step["input"] =
      n % 3 === 0
        ? { items: [{ ref: n === 0 ? "goal" : before }, { ref: "documents[*].title" }] }
        : { text: { template: `{{${before}}} and {{document.title}}` } };
    return { id: `s${n}`, tool: n % 3 === 0 ? "first" : "summarize", input, after: n < 10 ? [] : [`s${n - 10}`] };
  };
  const large = (count: number): PlanDecision =>
    planOf(
      Array.from({ length: count }, (_, n) => link(n)),
      { output: { ref: `s${count - 1}` } },
    );

  test("thousands of steps are checked in time that people do not notice", () => {
    const context = contextWith({ maxSteps: 4_000, isPersonal: true });
    checkDecision(large(100), context);
    const took = processorMs(() => expect(checkDecision(large(4_000), context).issues).toEqual([]));
    // Measured: 10,000 in 0.3 to 0.7 s. The bound only catches a square.
    expect(took).toBeLessThan(3_000);
  });

  test("thousands of wrong steps as well", () => {
    const context = contextWith({ maxSteps: 4_000 });
    const plan = large(4_000);
    const wrong = { ...plan, steps: plan.steps.map((step) => ({ ...step, tool: "sumarize" })) };
    expect(processorMs(() => expect(checkDecision(wrong, context).issues).toHaveLength(4_000))).toBeLessThan(3_000);
  });
});
