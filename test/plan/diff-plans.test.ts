import { expect, test } from "vitest";
import { canonicalStep, canonicalSteps } from "../../src/plan/canonical-step.ts";
import type { Step } from "../../src/plan/decision.ts";
import { diffPlans } from "../../src/plan/diff-plans.ts";

const STEP: Step = { id: "a", tool: "t", input: { x: 1, y: { ref: "b.c" } }, after: ["p", "q"] };

test("the order of keys and of after, repeats, and a spelled out default don't change a definition", () => {
  const same: Step = {
    after: ["q", "p", "q"],
    input: { y: { ref: "b.c" }, x: 1 },
    tool: "t",
    id: "a",
    onFailure: "replan",
  };
  expect(canonicalStep(same)).toBe(canonicalStep(STEP));
  expect(canonicalStep({ id: "a", tool: "t", input: {}, after: [] })).toBe(
    canonicalStep({ id: "a", tool: "t", input: {} }),
  );
});

test("anything else does", () => {
  const others: Step[] = [
    { ...STEP, id: "b" },
    { ...STEP, tool: "u" },
    { ...STEP, input: { x: 1, y: { ref: "b.d" } } },
    { ...STEP, after: ["p"] },
    { ...STEP, onFailure: "skip" },
    { ...STEP, when: { ref: "b.c", is: 1 } },
    { ...STEP, forEach: { items: [1], max: 2 } },
  ];
  expect(new Set([STEP, ...others].map((step) => canonicalStep(step))).size).toBe(8);
});

test("the default of onFailure is the planner's", () => {
  expect(canonicalStep(STEP, "fail")).toBe(canonicalStep({ ...STEP, onFailure: "fail" }));
  expect(canonicalStep(STEP, "fail")).not.toBe(canonicalStep(STEP));
});

test("a diff names what was kept, changed, added and dropped, in the plans' order", () => {
  const before = canonicalSteps([STEP, { ...STEP, id: "b" }, { ...STEP, id: "c" }, { ...STEP, id: "d" }]);
  const after = canonicalSteps([{ ...STEP, id: "z" }, { ...STEP, id: "c", tool: "u" }, { ...STEP, id: "b" }, STEP]);
  expect(diffPlans(before, after)).toEqual({ kept: ["b", "a"], dropped: ["d"], added: ["z"], changed: ["c"] });
  expect(diffPlans(new Map(), before)).toEqual({ kept: [], dropped: [], added: ["a", "b", "c", "d"], changed: [] });
});
