/**
 * Passages of a text: two or three sentences that belong together, as exact spans. Owns: their size.
 */
import { type Sentence, splitSentences } from "./sentences.ts";

export interface Passage {
  text: string;
  /** UTF-16 code units from the start of the text. */
  offset: number;
}

const WANTED_CHARS = 320;
const MAX_SENTENCES = 3;

/** Passages in order, without overlap; none crosses the border of a paragraph, item or table. */
export function splitPassages(text: string): Passage[] {
  const passages: Passage[] = [];
  let open: Sentence[] = [];
  const close = (): void => {
    const first = open[0];
    const last = open.at(-1);
    if (first !== undefined && last !== undefined)
      passages.push({ text: text.slice(first.start, last.end), offset: first.start });
    open = [];
  };
  for (const sentence of splitSentences(text, ["paragraph", "item", "quote", "heading", "table", "code"])) {
    const first = open[0];
    const isFull = first !== undefined && (open.length >= MAX_SENTENCES || sentence.end - first.start > WANTED_CHARS);
    if (isFull || first?.block !== sentence.block) close();
    open.push(sentence);
  }
  close();
  return passages;
}
