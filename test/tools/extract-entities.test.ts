import { describe, expect, test } from "vitest";
import { extractEntities } from "../../tools/extract-entities.ts";
import { type FixtureDocument, fixtureDocuments } from "./fixture-documents.ts";
import { runTextTool } from "./run-text-tool.ts";

type Entity = { text: string; kind: string; count: number };
const entitiesOf = async (text: string): Promise<Entity[]> =>
  (await runTextTool<{ items: Entity[] }>(extractEntities, { text })).items;
const named = async (text: string): Promise<string[]> =>
  (await entitiesOf(text)).map(({ text: name, kind }) => `${name}: ${kind}`);
const same = (left: { text: string; kind: string }, right: { text: string; kind: string }): boolean =>
  left.kind === right.kind && left.text.toLowerCase() === right.text.toLowerCase();

describe("extract_entities", () => {
  test.each(fixtureDocuments)(
    "finds at least 80 % of the gold entities of $name, of the right kind, with few false ones",
    async ({ text, gold }: FixtureDocument) => {
      const found = await entitiesOf(text);
      const recall = gold.filter((entity) => found.some((item) => same(item, entity))).length / gold.length;
      const precision = found.filter((item) => gold.some((entity) => same(item, entity))).length / found.length;
      expect(recall).toBeGreaterThanOrEqual(0.8);
      expect(precision).toBeGreaterThanOrEqual(0.75);
    },
  );

  test("variants of a person, an acronym and a legal form count as one name", async () => {
    const text =
      "Maria Lindqvist, director of the Northern Water Agency (NWA), spoke first. Lindqvist said the NWA would pay. " +
      "M. Lindqvist then thanked Kestrel Foods Ltd for its help. Kestrel Foods was silent, and Maria smiled.";
    const items = await entitiesOf(text);
    expect(items).toEqual([
      { text: "Maria Lindqvist", kind: "person", count: 4 },
      { text: "Northern Water Agency", kind: "organization", count: 3 },
      { text: "Kestrel Foods Ltd", kind: "organization", count: 2 },
    ]);
  });

  test("joins what belongs to one name and parts what doesn't", async () => {
    expect(
      await named(
        "The Department of Health and Social Care wrote to Anna Berg and Acme Ltd about the Gulf of Bothnia.",
      ),
    ).toEqual([
      "Department of Health and Social Care: organization",
      "Anna Berg: person",
      "Acme Ltd: organization",
      "Gulf of Bothnia: place",
    ]);
    expect(await named("The Students' Union met Ludwig van Houten at King's College.")).toEqual([
      "Students' Union: organization",
      "Ludwig van Houten: person",
      "King's College: organization",
    ]);
  });

  test("titles make people, and are no part of the name; places stand after their prepositions", async () => {
    expect(await named("We met Dr. Ngata and Mayor Okonkwo near Ellerby, across the Tamsin river.")).toEqual([
      "Ngata: person",
      "Okonkwo: person",
      "Ellerby: place",
      "Tamsin: place",
    ]);
  });

  test("months, roles, laws, abbreviations, court cases and sentence starts are no names", async () => {
    const text =
      "Yesterday the Chief Executive met in March. Reports say the CEO cited the Clean Water Act, GDP and Roe v. Wade. The Council agreed on Monday. Walking home, he slept.";
    expect(await named(text)).toEqual([]);
  });

  test("a line in capitals names nobody, a text without names neither", async () => {
    expect(await named("MINUTES OF THE MEETING\n\nnothing was said about anyone.")).toEqual([]);
  });
});
