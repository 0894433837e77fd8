import { describe, expect, test } from "vitest";
import { extractTopics } from "../../tools/extract-topics.ts";
import { fixtureDocuments } from "./fixture-documents.ts";
import { runTextTool } from "./run-text-tool.ts";

type Topics = { items: { topic: string; score: number }[]; method: string };

describe("extract_topics", () => {
  test("what recurs comes first, variants count as one, scores fall from 1", async () => {
    const text =
      "Solar panels are cheap. The village bought a solar panel in spring, and solar panels now heat its pool. " +
      "Old heat pumps were noisy. A new heat pump is quiet. The mayor slept. Anna saw a bird.";
    const { items, method } = await runTextTool<Topics>(extractTopics, { text });
    expect(method).toBe("noun-phrases");
    expect(items[0]).toEqual({ topic: "solar panels", score: 1 });
    expect(items[1]?.topic).toMatch(/^heat pumps?$/);
    const scores = items.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((left, right) => right - left));
    expect(items.map(({ topic }) => topic)).not.toContain("solar panel");
  });

  test.each(fixtureDocuments)(
    "topics of $name occur in it, none within another, at most as many as asked for",
    async ({ text }) => {
      const { items } = await runTextTool<Topics>(extractTopics, { text, max: 8 });
      expect(items).toHaveLength(8);
      const flat = text.toLowerCase().replace(/\s+/g, " ").replaceAll("’", "'");
      for (const { topic } of items) expect(flat).toContain(topic.toLowerCase());
    },
  );

  test("other languages get runs of content words", async () => {
    const { items, method } = await runTextTool<Topics>(extractTopics, {
      text: "東京は日本の首都です。東京の人口は多い。東京は大きい。".repeat(3),
    });
    expect(method).toBe("content-runs");
    expect(items[0]?.topic).toContain("東京");
  });
});
