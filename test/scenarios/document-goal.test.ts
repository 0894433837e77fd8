/** The goal of the README on self-written documents: every wish is answered, without a model. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fixtureDocuments } from "../tools/fixture-documents.ts";
import { answerDocumentGoal, expectGoodAnswer } from "./document-goal.ts";

const SAMPLE = "ferry-cooperative.md";
const sample = readFileSync(new URL(`../../samples/${SAMPLE}`, import.meta.url), "utf8");

describe("a goal with four wishes on a self-written document", () => {
  test.each([...fixtureDocuments, { name: SAMPLE, text: sample }])(
    "is answered in full: $name",
    async ({ name, text }) => {
      expectGoodAnswer(await answerDocumentGoal({ name, text }), text);
    },
  );

  test.each(fixtureDocuments)("finds at least 80 % of the gold entities: $name", async ({ gold, ...document }) => {
    const { entities } = await answerDocumentGoal(document);
    const found = new Set(entities.map((entity) => entity.toLowerCase()));
    const missed = gold.filter(({ text }) => !found.has(text.toLowerCase()));
    expect(missed.length, `missed ${missed.map(({ text }) => text).join(", ")}`).toBeLessThanOrEqual(gold.length * 0.2);
  });
});
