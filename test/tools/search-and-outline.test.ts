import { describe, expect, test } from "vitest";
import { outline } from "../../tools/outline.ts";
import { searchDocument } from "../../tools/search-document.ts";
import { fixtureDocuments } from "./fixture-documents.ts";
import { runTextTool } from "./run-text-tool.ts";

type Found = { items: { text: string; score: number; offset: number }[]; method: string; confidence: number };
type Outline = { items: { level: number; title: string }[]; method: string };
const search = (input: { text: string; query: string; max?: number }): Promise<Found> =>
  runTextTool<Found>(searchDocument, input);

describe("search_document", () => {
  const text =
    "Cats sleep all day.\n\nThe bridge closes in winter. Repairs take four weeks.\n\nDogs bark; bridges don't.\n\nA winter closing of the bridge is costly.";

  test.each(fixtureDocuments)("passages of $name stand where their offset says", async ({ text: document }) => {
    const { items } = await search({ text: document, query: "who pays for the work and when", max: 4 });
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) expect(document.slice(item.offset, item.offset + item.text.length)).toBe(item.text);
  });

  test("the passage with all the words comes first, whatever their ending, and others follow", async () => {
    const { items } = await search({ text, query: "closed bridges in the winter" });
    expect(items.map(({ text: passage }) => passage.slice(0, 10))).toEqual(["A winter c", "The bridge", "Dogs bark;"]);
    expect(items[0]?.score).toBe(1);
    expect(items.at(-1)?.score).toBeLessThan(0.6);
  });

  test("a typing error is forgiven", async () => {
    expect((await search({ text, query: "repiars" })).items[0]?.text).toContain("Repairs");
  });

  test("no match, no words and no text give no passages", async () => {
    for (const query of ["xylophone", "  ", "?!"])
      expect(await search({ text, query })).toMatchObject({ items: [], method: "none", confidence: 0 });
    expect((await search({ text: "", query: "bridge" })).items).toEqual([]);
  });

  test("a query of nothing but common words is searched as it is", async () => {
    expect((await search({ text: "To be or not to be.\n\nSomething else.", query: "to be" })).items).toHaveLength(1);
  });
});

describe("outline", () => {
  test("Markdown headings with levels, not those in code", async () => {
    const text = "# A **b**\n\n```\n# no\n```\n\n### C [d](http://x) ###\n\nE\n---\n\n#hash\n- item\n---\n";
    expect(await runTextTool<Outline>(outline, { text })).toMatchObject({
      method: "markdown-headings",
      items: [
        { level: 1, title: "A b" },
        { level: 3, title: "C d" },
        { level: 2, title: "E" },
      ],
    });
  });

  test("numbers and capitals make headings of plain text; lists and sentences don't", async () => {
    const text =
      "1. Purpose\n\nSome text.\n\n1.1 Scope of work\n\nText again.\n\n1. first\n2. second\n\nFINAL REMARKS\n\n2. This ends like a sentence.\n";
    expect(await runTextTool<Outline>(outline, { text })).toMatchObject({
      method: "plain-headings",
      items: [
        { level: 1, title: "Purpose" },
        { level: 2, title: "Scope of work" },
        { level: 1, title: "FINAL REMARKS" },
      ],
    });
  });

  test("without headings the paragraphs' opening words stand in, and the method says so", async () => {
    const text = [
      "The river rose overnight, and the valley was cut off.",
      "Boats were sent before noon from three villages.",
      "By evening everyone was safe.",
    ].join("\n\n");
    const { items, method } = await runTextTool<Outline>(outline, { text });
    expect(method).toBe("paragraph-leads");
    expect(items[0]).toEqual({ level: 1, title: "The river rose overnight" });
  });
});
