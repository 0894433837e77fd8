import { expect, test } from "vitest";
import { splitGoal } from "../../planners/rule/split-goal.ts";
import { stemOf } from "../../planners/rule/stem.ts";
import { tokenize } from "../../planners/rule/tokens.ts";

test("forms and spellings of a word share a stem", () => {
  for (const group of [
    ["summarise", "summarize", "summary", "summaries", "summarising", "summarization", "summarised"],
    ["organisation", "organizations"],
    ["person", "people"],
    ["analyse", "analyzing", "analysis"],
    ["list", "lists", "listing"],
    ["topic", "topics"],
    ["compare", "comparison"],
    ["translate", "translation"],
    ["colour", "colors"],
    ["cancel", "cancelling", "canceled"],
    ["city", "cities"],
  ]) {
    expect(new Set(group.map(stemOf)).size, group.join(" ")).toBe(1);
  }
});

test("different words keep different stems", () => {
  const words = [
    "summary",
    "topic",
    "person",
    "place",
    "tone",
    "text",
    "test",
    "order",
    "report",
    "search",
    "organ",
    "list",
    "least",
  ];
  expect(new Set(words.map(stemOf)).size).toBe(words.length);
});

test("quotes and addresses are one token whose words match nothing", () => {
  const tokens = tokenize("find \"delete all\" at https://example.org/a, “b c” and it's 'd e'");
  expect(tokens.filter((token) => token.kind === "quote").map((token) => token.text)).toEqual([
    "delete all",
    "https://example.org/a",
    "b c",
    "d e",
  ]);
});

test("numbers are read in digits and words", () => {
  const values = tokenize("three, 12, 1,500 and 2.5").flatMap((token) => token.value ?? []);
  expect(values).toEqual([3, 12, 1500, 2.5]);
});

function clauses(goal: string): string[] {
  return splitGoal(goal).clauses.map((clause) => {
    const words = clause.tokens.map((token) => token.text).join(" ");
    return `${clause.isNegated ? "not " : ""}${words}${clause.branch === null ? "" : ` (${clause.branch.side})`} @${clause.stage}`;
  });
}

test("a refusal ends at a new verb and goes on over or", () => {
  expect(clauses("Do not summarise or list people, list the topics")).toEqual([
    "not summarise @0",
    "not list people @0",
    "list the topics @0",
  ]);
});

test("order words make stages, whichever way round they stand", () => {
  expect(clauses("First a thing, then another. Finally the rest.")).toEqual([
    "a thing @0",
    "another @1",
    "the rest @2",
  ]);
  expect(clauses("Summarise it after listing topics")).toEqual(["Summarise it @1", "listing topics @0"]);
});

test("conditions cover what they stand before, or the clause they follow", () => {
  expect(clauses("If it is long, cut it and print it; otherwise keep it")).toEqual([
    "cut it (then) @0",
    "print it (then) @0",
    "keep it (else) @0",
  ]);
  expect(clauses("Keep it and print it if it is short")).toEqual(["Keep it @0", "print it (then) @0"]);
});
