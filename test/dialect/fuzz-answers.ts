/** Feeds broken answers to the decoders. Owns: what must hold of any answer, and the sets of cases. */
import { expect } from "vitest";
import type { Dialect } from "../../src/dialect/dialect.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import { type Dice, type Span, tryCases } from "../fuzz/dice.ts";
import { spoiledText, truncatedText } from "../fuzz/hostile-texts.ts";
import { mutantsOf } from "../fuzz/mutate-decision.ts";
import { VALID_DECISIONS } from "../fuzz/valid-decisions.ts";
import { TOOLS } from "../plan/check-setup.ts";
import { allDialects } from "./dialect-of.ts";
import { encodeDecision, encodingOf } from "./encode-decision.ts";

export const FUZZED_DIALECTS = allDialects(TOOLS);

/** What must hold of any answer: no throw, issues of the two codes that lead into the answer, JSON that is parsed or refused. */
export function decodeSafely(dialect: Dialect, text: string): JsonValue {
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

/** Mutants of right answers: of each `every` one, from `offset` on. Gives how many there were. */
export function fuzzMutantAnswers({ every, offset }: { every: number; offset: number }): number {
  let cases = 0;
  for (const dialect of FUZZED_DIALECTS) {
    const mutants = VALID_DECISIONS.flatMap((decision) => mutantsOf(written(decision, dialect)));
    for (let place = offset % every; place < mutants.length; place += every) {
      const text = textOf(mutants[place]!.make());
      if (text === undefined) continue;
      cases += 1;
      decodeSafely(dialect, text);
    }
  }
  return cases;
}

/** Undefined for what no text can hold. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined; // a cycle, a BigInt
  }
}

/** A hostile value in place of a whole answer, a step, an input, an entry. */
export function fuzzValueInPlaces(value: JsonValue): void {
  const step = { tool: "summarize", id: "a", input: value, more: value };
  const entries = [
    value,
    { name: value, as: value, value },
    { name: "text", as: "json", value: JSON.stringify(value) },
  ];
  const entered = { tool: "summarize", id: "a", input: entries, more: entries };
  const answers: JsonValue[] = [
    value,
    { kind: "plan", steps: value },
    { kind: "plan", steps: [value, step], output: value },
    { kind: "plan", steps: [entered], output: entries },
    { kind: "plan", steps: [entered], output: entries, message: value },
  ];
  for (const dialect of FUZZED_DIALECTS) {
    for (const answer of answers) decodeSafely(dialect, JSON.stringify(answer));
  }
}

export function fuzzSpoiledAnswers(span: Span): number {
  return tryCases(span, (dice) => {
    const dialect = dice.pick(FUZZED_DIALECTS);
    const answer = written(dice.pick(VALID_DECISIONS), dialect);
    decodeSafely(dialect, dice.chance(0.5) ? spoiledText(answer, dice).text : withOtherText(answer, dice));
  });
}

/** Answers cut after each `every`th character: none is ever taken for a decision. */
export function fuzzCutAnswers({ every, offset }: { every: number; offset: number }): number {
  let cases = 0;
  for (const dialect of FUZZED_DIALECTS) {
    for (const answer of VALID_DECISIONS.map((decision) => written(decision, dialect))) {
      const { length } = JSON.stringify(answer);
      for (let at = offset % every; at < length; at += every) {
        const { text } = truncatedText(answer, at, at % 2 === 0);
        const { decision, issues } = dialect.decode(text);
        if (decision !== null || issues[0]?.code !== "PLAN_NOT_JSON") throw new Error(`${dialect.name}: ${text}`);
        cases += 1;
      }
    }
  }
  return cases;
}
