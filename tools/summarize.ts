/**
 * Built-in tool `summarize`: the sentences that say most, word for word. Owns: its schemas and hints.
 * Must not: write sentences of its own; each one occurs in the text.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { chooseSentences } from "./text/choose-sentences.ts";
import { evidenceShape } from "./text/evidence.ts";
import { findMarkdownHeadings } from "./text/headings.ts";
import { sampleSentences } from "./text/sample-sentences.ts";
import { canFill, scoreSentences } from "./text/score-sentences.ts";
import { type Sentence, splitSentences } from "./text/sentences.ts";

const DEFAULT_SENTENCES = 5;

/** Extractive summary by sentence centrality, position and diversity; deterministic and offline. */
export const summarize = defineTool({
  name: "summarize",
  version: "1",
  description:
    "Summarizes a text by picking its most telling sentences, word for word and in their order. Use it for a summary, the gist or the main points.",
  inputSchema: z.object({
    text: z.string().describe("The text to summarize."),
    sentences: z.int().min(1).max(100).default(DEFAULT_SENTENCES).describe("How many sentences at most; 5 by default."),
  }),
  outputSchema: z.object({
    text: z.string().describe("The chosen sentences as one text, white space tidied."),
    sentences: z.array(z.string()).describe("The chosen sentences, each exactly as it stands in the text."),
    ...evidenceShape(["sentence-centrality", "whole-text", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "summarise",
      "summarize",
      "summary",
      "sum up",
      "gist",
      "main points",
      "key points",
      "overview",
      "tl;dr",
      "in short",
      "abstract",
      "digest",
      "shorten",
      "condense",
      "brief me",
      "what is it about",
      "what it is about",
      "what is it all about",
      "what does it say",
      "what it says",
      "what is in it",
      "what are the main points",
      "key takeaways",
      "takeaways",
      "highlights",
      "in a nutshell",
      "outline the main points",
      "make it shorter",
      "boil down",
      "recap",
      "synopsis",
    ],
    inputs: { sentences: "number" },
    answer: "text",
  },
  async execute({ text, sentences: count }, { signal }) {
    const all = sentencesOf(text);
    if (all.length === 0) return { text: "", sentences: [], method: "none" as const, confidence: 0 };
    if (all.length <= count) return result(all, "whole-text", 0.9);
    const title = findMarkdownHeadings(text)[0]?.title ?? "";
    const chosen = chooseSentences(await scoreSentences(sampleSentences(all), { title, signal }), count);
    if (chosen.length === 0) return result(all.slice(0, count), "whole-text", 0.2);
    return result(filledUp(chosen, all, count), "sentence-centrality", 0.6);
  },
});

/** Running text first; a text of nothing but headings or tables is summarized by those. */
function sentencesOf(text: string): Sentence[] {
  const prose = splitSentences(text);
  return prose.length > 0 ? prose : splitSentences(text, ["heading", "table", "code"]);
}

/** With the next sentences of the text where too few say enough by themselves, as in short prose; nothing twice. */
function filledUp(chosen: readonly Sentence[], all: readonly Sentence[], count: number): Sentence[] {
  const texts = new Set(chosen.map(({ text }) => text));
  const filled = [...chosen];
  for (const sentence of all) {
    if (filled.length >= count) break;
    if (texts.has(sentence.text) || !canFill(sentence)) continue;
    texts.add(sentence.text);
    filled.push(sentence);
  }
  return filled.sort((left, right) => left.start - right.start);
}

function result<Method extends string>(sentences: readonly Sentence[], method: Method, confidence: number) {
  const texts = sentences.map((sentence) => sentence.text);
  return { text: texts.map((text) => text.replace(/\s+/g, " ")).join(" "), sentences: texts, method, confidence };
}
