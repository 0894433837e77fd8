import { describe, expect, test } from "vitest";
import { analyzeSentiment } from "../../tools/analyze-sentiment.ts";
import { fixtureDocuments } from "./fixture-documents.ts";
import { runTextTool } from "./run-text-tool.ts";

type Tone = {
  label: string;
  score: number;
  segments: { label: string; score: number; text: string }[];
  confidence: number;
};
const GOOD = "We love this wonderful place and its happy people.";
const BAD = "The terrible storm killed animals and caused awful damage.";
const PLAIN = "The committee meets on the second floor of the building.";

describe("analyze_sentiment", () => {
  test("the tone of a text that turns shows in its segments, in order", async () => {
    const text = [Array(8).fill(GOOD), Array(8).fill(PLAIN), Array(8).fill(BAD)]
      .map((part) => part.join(" "))
      .join("\n\n");
    const { segments } = await runTextTool<Tone>(analyzeSentiment, { text });
    expect(segments.map(({ label, text: telling }) => [label, telling])).toEqual([
      ["positive", GOOD],
      ["neutral", PLAIN],
      ["negative", BAD],
    ]);
  });

  test.each(fixtureDocuments)(
    "$name has three to eight segments, each shown by a sentence of the document, in order",
    async ({ text }) => {
      const { segments, score, label } = await runTextTool<Tone>(analyzeSentiment, { text });
      expect(segments.length).toBeGreaterThanOrEqual(3);
      expect(segments.length).toBeLessThanOrEqual(8);
      const places = segments.map((segment) => text.indexOf(segment.text));
      expect(places).toEqual([...places].sort((left, right) => left - right));
      expect(places[0]).toBeGreaterThanOrEqual(0);
      expect(label).toBe(score >= 0.05 ? "positive" : score <= -0.05 ? "negative" : "neutral");
    },
  );

  test("short texts have as many segments as sentences, empty ones none", async () => {
    expect((await runTextTool<Tone>(analyzeSentiment, { text: `${GOOD} ${BAD}` })).segments).toHaveLength(2);
    expect(await runTextTool<Tone>(analyzeSentiment, { text: " " })).toMatchObject({
      label: "neutral",
      segments: [],
      confidence: 0,
    });
  });

  test("a section's heading draws the border between segments", async () => {
    const section = (title: string, line: string, times: number): string =>
      `## ${title}\n\n${Array(times).fill(line).join(" ")}`;
    const text = [section("One", GOOD, 7), section("Two", BAD, 9), section("Three", GOOD, 8)].join("\n\n");
    const { segments } = await runTextTool<Tone>(analyzeSentiment, { text });
    expect(segments.map((segment) => segment.label)).toEqual(["positive", "negative", "positive"]);
    expect(segments[0]?.score).toBe(segments[2]?.score);
  });

  test("a salutation says nothing of the tone, whether or not the letter goes on in its line", async () => {
    const tone = (text: string): Promise<Tone> => runTextTool<Tone>(analyzeSentiment, { text });
    expect(await tone(`Dear Anna,\n\n${PLAIN}`)).toMatchObject({ label: "neutral", score: 0 });
    expect(await tone(`Dear Anna, ${PLAIN}`)).toMatchObject({ label: "neutral", score: 0 });
    expect(await tone(`Dear Anna,\n${GOOD}`)).toMatchObject({ label: "positive" });
    expect((await tone("She is dear to us.")).label).toBe("positive");
  });
});
