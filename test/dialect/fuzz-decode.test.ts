import { expect, test } from "vitest";
import type { Dialect } from "../../src/dialect/dialect.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import { type Dice, tryCases } from "../fuzz/dice.ts";
import { spoiledText, truncatedText } from "../fuzz/hostile-texts.ts";
import { HOSTILE_JSON } from "../fuzz/hostile-values.ts";
import { mutantsOf } from "../fuzz/mutate-decision.ts";
import { ownTimeMs } from "../fuzz/own-time.ts";
import { VALID_DECISIONS } from "../fuzz/valid-decisions.ts";
import { TOOLS } from "../plan/check-setup.ts";
import { allDialects } from "./dialect-of.ts";
import { encodeDecision, encodingOf } from "./encode-decision.ts";

const DIALECTS = allDialects(TOOLS);

/** What must hold of any answer: no throw, issues of the two codes that lead into the answer, JSON that is parsed or refused. */
function decodeSafely(dialect: Dialect, text: string): JsonValue {
  const { decision, issues } = dialect.decode(text);
  for (const { code, path, severity, hint } of issues) {
    expect(["DIALECT_DECODE", "PLAN_NOT_JSON"]).toContain(code);
    expect([path === "" || path.startsWith("/"), severity, hint !== ""]).toEqual([true, "error", true]);
  }
  if (decision === null && issues.length === 0) expect(text.trim()).toMatch(/null/);
  canonicalJson(decision);
  parseDecision(decision, MODEL_PLAN_LIMITS);
  return decision;
}

function written(decision: JsonObject, dialect: Dialect): JsonObject {
  return encodeDecision(decision, encodingOf(dialect, TOOLS));
}

const TEXTS = [
  "",
  "null",
  "{",
  "[",
  "{}",
  "[[]]",
  '"x"',
  "1e999",
  "{{",
  "a.b",
  '{"ref": 5}',
  '{"__proto__": 1}',
  "🙂\ud800",
];

/** An answer with one text, somewhere in it, replaced. */
function withOtherText(answer: JsonObject, dice: Dice): string {
  const text = JSON.stringify(answer);
  const strings = [...text.matchAll(/"(?:[^"\\]|\\.)*"/g)];
  const { index, 0: old } = dice.pick(strings);
  return text.slice(0, index) + JSON.stringify(dice.pick(TEXTS)) + text.slice(index + old.length);
}

test("answers with hostile values in any place are decoded or refused, and nothing throws", () => {
  for (const dialect of DIALECTS) {
    let cases = 0;
    for (const decision of VALID_DECISIONS) {
      const mutants = mutantsOf(written(decision, dialect));
      for (let place = cases % 37; place < mutants.length; place += 37) {
        const mutant = mutants[place]!.make();
        let text: string | undefined;
        try {
          text = JSON.stringify(mutant);
        } catch {
          continue; // no text can hold it
        }
        if (text === undefined) continue;
        cases += 1;
        decodeSafely(dialect, text);
      }
    }
    expect(cases).toBeGreaterThan(100);
  }
});

test("values in place of a whole answer, a step, an input, an entry", () => {
  for (const dialect of DIALECTS) {
    for (const make of HOSTILE_JSON) {
      const value = make() as JsonValue;
      const step = { tool: "summarize", id: "a", input: value, more: value };
      for (const answer of [
        value,
        { kind: "plan", steps: value },
        { kind: "plan", steps: [value, step], output: value },
      ]) {
        decodeSafely(dialect, JSON.stringify(answer));
      }
      const entries = [
        value,
        { name: value, as: value, value },
        { name: "text", as: "json", value: JSON.stringify(value) },
      ];
      const plan = {
        kind: "plan",
        steps: [{ tool: "summarize", id: "a", input: entries, more: entries }],
        output: entries,
      };
      decodeSafely(dialect, JSON.stringify(plan));
      decodeSafely(dialect, JSON.stringify({ ...plan, message: value }));
    }
  }
});

test("spoiled texts, and answers with other texts in them", () => {
  tryCases({ seed: 5_150, count: 300 }, (dice) => {
    for (const dialect of DIALECTS) {
      const answer = written(dice.pick(VALID_DECISIONS), dialect);
      decodeSafely(dialect, dice.chance(0.5) ? spoiledText(answer, dice).text : withOtherText(answer, dice));
    }
  });
});

test("a cut answer is never taken for a decision", () => {
  for (const dialect of DIALECTS) {
    for (const answer of VALID_DECISIONS.map((decision) => written(decision, dialect))) {
      const { length } = JSON.stringify(answer);
      for (let at = 0; at < length; at += 1) {
        const { text } = truncatedText(answer, at, at % 2 === 0);
        const { decision, issues } = dialect.decode(text);
        if (decision !== null || issues[0]?.code !== "PLAN_NOT_JSON") throw new Error(`${dialect.name}: ${text}`);
      }
    }
  }
});

test("answers made to cost time are decoded within bounds", () => {
  const entry = (value: string): JsonObject => ({ name: "text", as: "json", value });
  const many = (count: number, make: (place: number) => JsonValue): JsonValue[] =>
    Array.from({ length: count }, (_, place) => make(place));
  const plan = (steps: JsonValue[]): string => JSON.stringify({ kind: "plan", rationale: "", steps, output: [] });
  const step = (input: JsonValue): JsonObject => ({ tool: "summarize", id: "a", input, more: [] });
  const slips = `[${"{'a':'b',},".repeat(5_000)}]`;
  const answers = [
    plan(many(2_000, () => step([entry("[1,]"), entry("{'a': 1,}")]))),
    plan([step(many(5_000, (place) => ({ ...entry("1"), name: `n${place}` })))]),
    plan([step(many(3_000, () => entry("[")))]),
    plan(many(3, () => step([entry(slips)]))),
    plan(many(50_000, () => null)),
    `{"kind":"plan","steps":[${"[".repeat(200_000)}`,
    "{".repeat(260_000),
    plan([step({ text: { json: "[".repeat(100_000) } })]),
  ];
  for (const [place, text] of answers.entries()) {
    for (const dialect of DIALECTS) {
      const startedAt = ownTimeMs();
      decodeSafely(dialect, text);
      expect([place, dialect.name, Math.max(1_500, ownTimeMs() - startedAt)]).toEqual([place, dialect.name, 1_500]);
    }
  }
});
