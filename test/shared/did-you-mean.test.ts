import { expect, test } from "vitest";
import { didYouMean } from "../../src/shared/did-you-mean.ts";

test.each([
  ["serach", ["search_document", "search"], "search"],
  ["Summarise", ["summarize", "outline"], "summarize"],
  ["extract-topics", ["extract_topics"], "extract_topics"],
  ["extractTopics", ["extract_entities", "extract_topics"], "extract_topics"],
  ["SKIP", ["skip"], "skip"],
  ["tx", ["tool", "text", "id"], null],
  ["weather", ["summarize", "outline"], null],
  ["a", ["b"], null],
  ["", ["a"], null],
  ["same", ["same"], null],
  ["x".repeat(10_000), ["x".repeat(9_999)], null],
])("for %j of %j it suggests %j", (word, candidates, expected) => {
  expect(didYouMean(word, candidates)).toBe(expected);
});

test("of equally close names it takes the first", () => {
  expect(didYouMean("itemx", ["items", "itemy"])).toBe("items");
});
