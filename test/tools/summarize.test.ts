import { describe, expect, test } from "vitest";
import { summarize } from "../../tools/summarize.ts";
import { fixtureDocuments } from "./fixture-documents.ts";
import { runTextTool } from "./run-text-tool.ts";

type Summary = { text: string; sentences: string[]; method: string; confidence: number };

describe("summarize", () => {
  test.each(fixtureDocuments)(
    "each sentence of the summary of $name occurs in it, in order, none is a heading",
    async ({ text }) => {
      const { sentences } = await runTextTool<Summary>(summarize, { text });
      expect(sentences).toHaveLength(5);
      let from = 0;
      for (const sentence of sentences) {
        const at = text.indexOf(sentence, from);
        expect(at, sentence).toBeGreaterThanOrEqual(from);
        expect(text.slice(text.lastIndexOf("\n", at) + 1, at)).not.toMatch(/^#/);
        from = at + sentence.length;
      }
    },
  );

  test("the number of sentences is taken, and 5 is the default", async () => {
    const text = fixtureDocuments[0]?.text ?? "";
    expect((await runTextTool<Summary>(summarize, { text, sentences: 2 })).sentences).toHaveLength(2);
    expect(summarize.checkInput({ text: "x", sentences: 0 }).ok).toBe(false);
  });

  test("what a text keeps coming back to is in its summary; repeats and boilerplate are not", async () => {
    const filler = [
      "The weather was mild that morning in the valley.",
      "A dog slept beside the old wooden gate.",
      "Someone painted a fence green last summer.",
    ];
    const main = "The reservoir lost half of its water because the reservoir dam leaks.";
    const more = [
      "Repairs to the dam would stop the leaks in the reservoir.",
      "Water from the reservoir feeds the mills below the dam.",
    ];
    const text = [
      filler[0],
      main,
      filler[1],
      main,
      more[0],
      filler[2],
      more[1],
      "Copyright the reservoir dam authors, all rights reserved.",
    ].join(" ");
    const { sentences } = await runTextTool<Summary>(summarize, { text, sentences: 3 });
    expect(sentences).toContain(main);
    expect(new Set(sentences).size).toBe(sentences.length);
    expect(sentences.join(" ")).not.toContain("rights reserved");
  });

  test("a sentence over a line break is an exact piece of the document; the joined text is tidied", async () => {
    const text = "The first sentence goes over\nthe end of its line here. Second one.";
    expect(await runTextTool<Summary>(summarize, { text })).toMatchObject({
      sentences: ["The first sentence goes over\nthe end of its line here.", "Second one."],
      text: "The first sentence goes over the end of its line here. Second one.",
    });
  });

  test("short prose gives as many sentences as were asked for, in the order of the text", async () => {
    const all = [
      "The pier is open again.",
      "Everyone was delighted today.",
      "The soup was rather cold, though.",
      "Boris was angry about the boat in Hamburg.",
      "Clara laughed.",
    ];
    for (const count of [1, 2, 3, 4, 5]) {
      const summary = await runTextTool<Summary>(summarize, { text: all.join(" "), sentences: count });
      expect(summary.sentences).toHaveLength(count);
      expect(summary.sentences).toEqual(all.filter((sentence) => summary.sentences.includes(sentence)));
    }
  });
});
