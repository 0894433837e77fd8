/** What a plan may ask for though it may not be there (KERNEL 9), and what the checker makes of it. */

import { describe, expect, test } from "vitest";
import type { Issue } from "../../src/error/issue.ts";
import type { KnownStep } from "../../src/plan/check-context.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import type { Step } from "../../src/plan/decision.ts";
import { processorMs } from "../setup/processor-time.ts";
import { briefly, check, contextWith, DOCUMENT_TEXT, planOf } from "./check-setup.ts";

const reading = (text: unknown): Step => ({ id: "a", tool: "summarize", input: { text } }) as Step;
const summary: Step = { id: "summary", tool: "summarize", input: { text: DOCUMENT_TEXT } };

describe("a plan may ask for what this request does not bring", () => {
  const places: [ref: string, documents: number][] = [
    ["params.style", 1],
    ["params.style.name", 1],
    ["documents[1].text", 1],
    ["document.text", 0],
  ];
  test.each(places)("%s with a default", (ref, documents) => {
    expect(check(planOf([reading({ ref, default: "none" })]), { documents })).toEqual([]);
  });

  test.each(places)("%s in a condition", (ref, documents) => {
    const step: Step = { ...reading("text"), when: { ref, exists: true } };
    expect(check(planOf([step]), { documents })).toEqual([]);
  });

  test.each(places)("%s without a default is an error that tells of it", (ref, documents) => {
    const issues = check(planOf([reading({ ref })]), { documents });
    expect(briefly(issues)).toEqual(["PLAN_BAD_REF /steps/0/input/text/ref"]);
    expect(issues[0]?.hint).toContain('"default"');
  });

  test("a mistyped parameter is still told, but refuses nothing", () => {
    const step = reading({ ref: "params.stile", default: "plain" });
    expect(briefly(check(planOf([step]), { params: { style: "short" } }))).toEqual([
      "PLAN_BAD_REF /steps/0/input/text/ref ?",
    ]);
  });

  test("a field that no document has is an error, default or not", () => {
    expect(briefly(check(planOf([reading({ ref: "document.txt", default: "none" })])))).toEqual([
      "PLAN_BAD_REF /steps/0/input/text/ref",
    ]);
    expect(briefly(check(planOf([reading({ ref: "document.txt", default: "none" })]), { documents: 0 }))).toEqual([
      "PLAN_BAD_REF /steps/0/input/text/ref",
    ]);
  });

  test("the default of what is not there is typed", () => {
    expect(briefly(check(planOf([reading({ ref: "params.style", default: 5 })])))).toEqual([
      "PLAN_BAD_VALUE /steps/0/input/text/default",
    ]);
  });
});

describe("a failed step that an earlier decision dropped", () => {
  const known: ReadonlyMap<string, KnownStep> = new Map([
    ["old", { definition: "d", status: "dropped", outputSchema: null, isSpent: true }],
  ]);
  const readers: [name: string, step: Step][] = [
    ["with a default", reading({ ref: "old.text", default: "none" })],
    ["in a condition", { ...reading("x"), when: { ref: "old.text", exists: false } }],
    ["by its status", { ...reading("x"), when: { ref: "status.old", is: "failed" } }],
    ["in after", { ...reading("x"), after: ["old"] }],
  ];
  test.each(readers)("may be read %s", (_, step) => {
    expect(check(planOf([step]), { known })).toEqual([]);
  });

  test("may not be read without a default, which the hint tells", () => {
    const issues = check(planOf([reading({ ref: "old.text" })]), { known });
    expect(briefly(issues)).toEqual(["PLAN_BAD_REF /steps/0/input/text/ref"]);
    expect(issues[0]?.hint).toContain('"default"');
  });
});

describe("a forEach element that lacks what its step needs", () => {
  const outputSchema = {
    type: "object",
    properties: {
      rows: {
        type: "array",
        items: {
          type: "object",
          properties: { sure: { type: "string" }, note: { type: "string" } },
          required: ["sure"],
          additionalProperties: false,
        },
      },
    },
    required: ["rows"],
    additionalProperties: false,
  };
  const known: ReadonlyMap<string, KnownStep> = new Map([
    ["seen", { definition: "d", status: "completed", outputSchema }],
  ]);
  const each = (text: unknown): Step =>
    ({ id: "each", tool: "summarize", input: { text }, forEach: { items: { ref: "seen.rows" }, max: 5 } }) as Step;
  /** Whether the checker takes it for possible that the first element's output is null. */
  const mayBeNull = (text: unknown): boolean => {
    const wanted = { type: "object", properties: { one: { type: "null" } }, required: ["one"] };
    const plan = planOf([each(text)], { output: { one: { ref: "each[0]", default: { wrong: true } } } });
    const { issues } = checkDecision(plan, contextWith({ known, outputSchema: wanted }));
    return !issues.some(({ path }) => path === "/output/one/ref");
  };

  test("is null in the list", () => {
    expect(mayBeNull({ ref: "item.note" })).toBe(true);
    expect(mayBeNull({ template: "note: {{item.note}}" })).toBe(true);
    expect(mayBeNull({ ref: "seen.rows[index].note" })).toBe(true);
    expect(mayBeNull({ ref: "item.note", default: { ref: "item.note" } })).toBe(true);
  });

  test("is not where a default stands in, or the field is always there", () => {
    expect(mayBeNull({ ref: "item.sure" })).toBe(false);
    expect(mayBeNull({ ref: "item.note", default: "none" })).toBe(false);
  });

  test("is warned about as the element, not as the step", () => {
    const [issue, ...others] = check(planOf([each({ ref: "item.note" })]), { known });
    expect(others).toEqual([]);
    expect(issue?.message).toContain("that element would then be skipped");
    expect(issue?.message).not.toContain("whole step");
  });
});

describe("plans full of bad names", () => {
  const many = (build: (n: number) => Partial<Step>) =>
    planOf(Array.from({ length: 5_000 }, (_, n) => ({ ...summary, id: `step_${n}`, ...build(n) })));
  test.each([
    ["references", (n: number) => ({ input: { text: { ref: `stap_${n}x.text` } } })],
    ["after", (n: number) => ({ after: [`stap_${n}x`] })],
    ["tools", (n: number) => ({ tool: `summarise_${n}` })],
  ])("bad %s are refused in little time and few words", (_, build) => {
    const decision = many(build);
    let issues: Issue[] = [];
    const took = processorMs(() => {
      issues = check(decision, { maxSteps: 10_000 });
    });
    expect(took).toBeLessThan(4_000); // 0.5 s on a quiet machine, 80 s before
    expect(issues).toHaveLength(5_000);
    expect(JSON.stringify(issues).length).toBeLessThan(2_000_000);
  });

  test("the first of them are still told which names there are", () => {
    const [first] = check(
      many((n) => ({ input: { text: { ref: `stap_${n}x.text` } } })),
      { maxSteps: 10_000 },
    );
    expect(first?.message).toContain("Steps: step_1, step_2, ");
  });
});
