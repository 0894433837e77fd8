import { expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { HOSTILE_JSON } from "../fuzz/hostile-values.ts";
import { ownTimeMs } from "../fuzz/own-time.ts";
import {
  decodeSafely,
  FUZZED_DIALECTS,
  fuzzCutAnswers,
  fuzzMutantAnswers,
  fuzzSpoiledAnswers,
  fuzzValueInPlaces,
} from "./fuzz-answers.ts";

// A part of the cases; test/deep has the rest.

test("answers with hostile values in any place are decoded or refused, and nothing throws", () => {
  expect(fuzzMutantAnswers({ every: 997, offset: 7 })).toBeGreaterThan(100);
});

test("so are hostile values in place of a whole answer, a step, an input, an entry", () => {
  for (const make of HOSTILE_JSON.filter((_, place) => place % 3 === 0)) fuzzValueInPlaces(make() as JsonValue);
});

test("so are spoiled texts, and answers with other texts in them", () => {
  expect(fuzzSpoiledAnswers({ seed: 5_150, count: 150 })).toBe(150);
});

test("a cut answer is never taken for a decision", () => {
  expect(fuzzCutAnswers({ every: 17, offset: 3 })).toBeGreaterThan(500);
});

const entry = (value: string): JsonObject => ({ name: "text", as: "json", value });
const many = (count: number, make: (place: number) => JsonValue): JsonValue[] =>
  Array.from({ length: count }, (_, place) => make(place));
const plan = (steps: JsonValue[]): string => JSON.stringify({ kind: "plan", rationale: "", steps, output: [] });
const step = (input: JsonValue): JsonObject => ({ tool: "summarize", id: "a", input, more: [] });
const slips = `[${"{'a':'b',},".repeat(5_000)}]`;

test.each([
  ["many texts to repair", plan(many(1_500, () => step([entry("[1,]"), entry("{'a': 1,}")])))],
  ["many entries", plan([step(many(5_000, (place) => ({ ...entry("1"), name: `n${place}` })))])],
  ["many issues", plan([step(many(3_000, () => entry("[")))])],
  ["long texts to repair", plan(many(3, () => step([entry(slips)])))],
  ["many steps", plan(many(50_000, () => null))],
  ["lists that never close", `{"kind":"plan","steps":[${"[".repeat(200_000)}`],
  ["objects that never close", "{".repeat(260_000)],
  ["a text of lists that never close", plan([step({ text: { json: "[".repeat(100_000) } })])],
])("an answer of %s is decoded within bounds", (_what, text) => {
  const [variants] = FUZZED_DIALECTS;
  const startedAt = ownTimeMs();
  decodeSafely(variants!, text);
  expect(ownTimeMs() - startedAt).toBeLessThan(1_500);
});
