/** What fuzzing found; each test names what broke. */
import { describe, expect, test } from "vitest";
import { applyFix } from "../../src/plan/apply-fix.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { ownTimeMs } from "../fuzz/own-time.ts";
import { contextWith, planOf } from "./check-setup.ts";

const parse = (raw: unknown) => parseDecision(raw, MODEL_PLAN_LIMITS);
const many = <Value>(count: number, make: (n: number) => Value): Value[] =>
  Array.from({ length: count }, (_, n) => make(n));
const stepWith = (items: JsonValue, rest: object = {}) =>
  planOf([{ id: "one", tool: "first", input: { items }, ...rest }]);

describe("found by fuzzing", () => {
  test("the fix that takes out a prototype key could not be applied", () => {
    for (const key of ["__proto__", "constructor", "prototype"]) {
      const raw = JSON.parse(
        `{"kind":"ask","rationale":"r","question":"q",${JSON.stringify(key)}:{"a":1}}`,
      ) as JsonObject;
      const [issue] = parse(raw).issues;
      expect(parse(applyFix(raw, issue!.fix!)).issues).toEqual([]);
    }
  });

  test("an object whose getter throws made the parser throw", () => {
    const trap = {
      get question(): string {
        throw new Error("trap");
      },
    };
    expect(parse({ kind: "ask", rationale: trap }).issues[0]).toMatchObject({
      code: "PLAN_BAD_VALUE",
      path: "/rationale",
    });
  });

  test("a plan within the limits held the checker for 23 s: references to thousands of names that don't exist", () => {
    const started = ownTimeMs();
    checkDecision(stepWith(many(8_000, (n) => ({ ref: `x${n}` }))), contextWith());
    checkDecision(stepWith([{ template: many(4_000, (n) => `{{a${n}}}`).join(" ") }]), contextWith());
    expect(ownTimeMs() - started).toBeLessThan(2_000);
  });

  test("a plan had 20,000 issues, more than a journal or a repair can hold", () => {
    const { issues } = checkDecision(stepWith([1], { after: many(20_000, (n) => `x${n}`) }), contextWith());
    expect(issues).toHaveLength(101);
    const sections = many(20_000, () => 0);
    const step = { id: "one", tool: "compile_report", input: { title: "t", sections } };
    expect(checkDecision(planOf([step]), contextWith()).issues.length).toBeLessThan(30);
  });

  test("where issues have to go, errors stay before warnings", () => {
    const warnings = many(120, (n) => ({ ref: "loose.resul", default: n }));
    const plan = planOf([
      { id: "loose", tool: "loose", input: {} },
      { id: "one", tool: "first", input: { items: [...warnings, { ref: "nobody" }] } },
    ]);
    expect(checkDecision(plan, contextWith()).issues).toMatchObject([{ severity: "error", code: "PLAN_BAD_REF" }]);
  });

  test("messages repeated names of thousands of characters, and half of an emoji", () => {
    const long = "x".repeat(5_000);
    const texts = [
      parse({ kind: "ask", rationale: "r", question: "q", [long]: 1 }),
      parse({ kind: `${"x".repeat(58)}🙂`, rationale: "r" }),
      checkDecision(stepWith([], { after: [long] }), contextWith()),
      checkDecision(stepWith([{ ref: "🙂".repeat(80) }]), contextWith()),
    ].flatMap(({ issues }) => issues.map(({ message }) => message));
    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(1_000);
      expect(text.isWellFormed()).toBe(true);
    }
    expect(texts.length).toBeGreaterThanOrEqual(4);
  });
});
