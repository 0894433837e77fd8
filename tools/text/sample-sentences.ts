/** An even sample of a long text's sentences, so that analysis takes seconds. Owns: how much is read. */
import type { Sentence } from "./sentences.ts";

const MAX_CHARS = 600_000;

/** Every nth sentence, so that about 600,000 characters are read at most; all sentences of texts up to that. */
export function sampleSentences(sentences: readonly Sentence[]): readonly Sentence[] {
  const total = sentences.reduce((sum, sentence) => sum + sentence.text.length, 0);
  const step = Math.ceil(total / MAX_CHARS);
  return step <= 1 ? sentences : sentences.filter((_, index) => index % step === 0);
}
