/** Words of a text. Owns: what counts as a word. Must not: stem or filter. */

export interface Word {
  text: string;
  /** UTF-16 code units from the start of the text that was split. */
  start: number;
  end: number;
}

/** Scripts that write without spaces. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const WORD = /[\p{L}\p{N}\p{M}]+(?:['’\-.&][\p{L}\p{N}\p{M}]+)*/gu;
const LONGEST_WORD = 60;
const LONGEST_RUN = 400;

/** Letters and digits with inner apostrophes, hyphens, dots and ampersands; unspaced scripts by the platform's dictionary. */
export function splitWords(text: string): Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(WORD)) {
    const [run] = match;
    const start = match.index;
    if (UNSPACED.test(run)) words.push(...splitUnspaced(run, start));
    else words.push({ text: run.slice(0, LONGEST_WORD), start, end: start + run.length });
  }
  return words;
}

let segmenter: Intl.Segmenter | undefined;

function splitUnspaced(run: string, start: number): Word[] {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "word" });
  const words: Word[] = [];
  for (let from = 0; from < run.length; from += LONGEST_RUN) {
    for (const part of segmenter.segment(run.slice(from, from + LONGEST_RUN))) {
      if (part.isWordLike !== true) continue;
      const at = start + from + part.index;
      words.push({ text: part.segment, start: at, end: at + part.segment.length });
    }
  }
  return words;
}
