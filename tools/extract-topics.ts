/**
 * Built-in tool `extract_topics`: the key phrases of a text. Owns: its schemas and hints.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape, roundScore } from "./text/evidence.ts";
import { inTurns } from "./text/in-turns.ts";
import { type PhraseUse, rankPhrases } from "./text/key-phrases.ts";
import { loadEnglishModel } from "./text/load-wink.ts";
import { contentRuns, nounPhrases, type Phrase } from "./text/noun-phrases.ts";
import { sampleSentences } from "./text/sample-sentences.ts";
import { type Sentence, splitSentences } from "./text/sentences.ts";

const DEFAULT_TOPICS = 10;
/** A phrase in a heading counts as often. */
const HEADING_WEIGHT = 2;

/** Key phrases by frequency, spread and position; noun phrases in English, runs of content words elsewhere. */
export const extractTopics = defineTool({
  name: "extract_topics",
  version: "1",
  description: "Lists the main topics of a text as key phrases, the most important first, with a score from 0 to 1.",
  inputSchema: z.object({
    text: z.string().describe("The text whose topics are wanted."),
    max: z.int().min(1).max(100).default(DEFAULT_TOPICS).describe("How many topics at most; 10 by default."),
  }),
  outputSchema: z.object({
    items: z
      .array(
        z.object({
          topic: z.string().describe("A key phrase of the text."),
          score: z.number().min(0).max(1).describe("Importance relative to the first topic, which has 1."),
        }),
      )
      .describe("Topics, the most important first."),
    ...evidenceShape(["noun-phrases", "content-runs", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "topics",
      "main topics",
      "themes",
      "subjects",
      "keywords",
      "key phrases",
      "key words",
      "tags",
      "what it covers",
      "issues discussed",
      "key concepts",
      "main ideas",
      "topic list",
      "what it deals with",
      "what does it cover",
      "what does it deal with",
    ],
    inputs: { max: "number" },
    answer: "items",
  },
  async execute({ text, max }, { signal }) {
    const all = splitSentences(text, ["paragraph", "item", "quote", "heading", "table"]);
    const sentences = sampleSentences(all);
    const isEnglish = looksEnglish(sentences);
    const uses: PhraseUse[] = [];
    const phrasesOf = isEnglish ? await englishPhrases() : contentRuns;
    await inTurns(
      sentences.entries(),
      { signal, size: ([, sentence]) => sentence.text.length },
      ([index, sentence]) => {
        const weight = sentence.kind === "heading" ? HEADING_WEIGHT : 1;
        for (const phrase of phrasesOf(sentence.text)) {
          for (let use = 0; use < weight; use++) uses.push({ ...phrase, sentence: index });
        }
      },
    );
    const phrases = rankPhrases(uses, { sentences: sentences.length, max });
    if (phrases.length === 0) return { items: [], method: "none" as const, confidence: 0 };
    return {
      items: phrases.map(({ phrase, score }) => ({ topic: phrase, score: roundScore(score) })),
      method: isEnglish ? ("noun-phrases" as const) : ("content-runs" as const),
      confidence: isEnglish ? 0.6 : 0.4,
    };
  },
});

async function englishPhrases(): Promise<(sentence: string) => Phrase[]> {
  const model = await loadEnglishModel();
  return (sentence) => nounPhrases(model.tag(sentence.replaceAll("’", "'")));
}

/** At least 3 of 100 words are the commonest English ones; short texts in plain Latin letters count as English too. */
function looksEnglish(sentences: readonly Sentence[]): boolean {
  const head = sentences
    .slice(0, 300)
    .map(({ text }) => text)
    .join(" ")
    .slice(0, 20_000);
  const words = head.toLowerCase().match(/\p{L}+/gu) ?? [];
  const common = words.filter((word) => /^(?:the|and|of|to|is|for|with|that|this|was|are|on)$/.test(word)).length;
  return (
    common >= words.length * 0.03 || (words.length < 30 && /^[\x20-\x7e\s‘’“”–—]*$/.test(head) && words.length > 0)
  );
}
