/**
 * Sentences of a text as exact spans. Owns: where a sentence ends. Must not: alter text; `text.slice(start, end)`
 * is the sentence, line breaks included.
 */
import { type Block, findBlocks } from "./blocks.ts";

export interface Sentence {
  text: string;
  /** UTF-16 code units; `end` is exclusive. */
  start: number;
  end: number;
  kind: Block["kind"];
  /** Number of the block it stands in, from 0. */
  block: number;
}

const ENDING = /[.!?…]+["'”’»)\]*_]*(?=\s|$)|[。！？｡؟۔।]+["'”’」』）»]*/gu;
const ABBREVIATION =
  /(?:^|[\s(“"'])(?:Mr|Mrs|Ms|Mx|Dr|Prof|Sen|Rep|Gov|Gen|Col|Lt|Sgt|Capt|Rev|Hon|St|Jr|Sr|vs|v|cf|ca|approx|No|Nos|Fig|Figs|Eq|Sec|Ch|pp?|vol|ed|eds|al|Inc|Ltd|Co|Corp|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|e\.g|i\.e|\p{Lu}|(?:\p{L}\.)+\p{L})\.$/u;
/** After these a capital letter often starts a new sentence all the same. */
const MAY_END = /(?:Inc|Ltd|Co|Corp|Jr|Sr|al|etc|\p{L}\.\p{L})\.$/u;
const LONGEST_SENTENCE = 1_000;

/** Sentences in order; headings and table rows are not sentences unless `kinds` names them. Code never is. */
export function splitSentences(
  text: string,
  kinds: readonly Block["kind"][] = ["paragraph", "item", "quote"],
): Sentence[] {
  const sentences: Sentence[] = [];
  findBlocks(text).forEach((block, number) => {
    if (!kinds.includes(block.kind)) return;
    for (const [start, end] of splitBlock(text, block)) {
      sentences.push({ text: text.slice(start, end), start, end, kind: block.kind, block: number });
    }
  });
  return sentences;
}

type Span = [start: number, end: number];

function splitBlock(text: string, block: Block): Span[] {
  const content = text.slice(block.start, block.end);
  const ends = [...sentenceEnds(content), ...shortLineEnds(content), content.length].sort(
    (left, right) => left - right,
  );
  const spans: Span[] = [];
  let from = 0;
  for (const end of ends) {
    const trimmed = trimSpan(content, from, end);
    if (trimmed !== null) spans.push(...cutLong(content, trimmed));
    from = Math.max(from, end);
  }
  return spans.map(([start, end]) => [start + block.start, end + block.start]);
}

function* sentenceEnds(content: string): Generator<number> {
  for (const match of content.matchAll(ENDING)) {
    const end = match.index + match[0].length;
    if (isBoundary(content, match.index, end)) yield end;
  }
}

function isBoundary(content: string, at: number, end: number): boolean {
  const mark = content.charAt(at);
  if (!/[.!?…]/.test(mark)) return true;
  const next = /^\s+["'“‘«(*_[]*(.)/u.exec(content.slice(end, end + 16))?.[1];
  if (next === undefined) return true;
  if (/\p{Ll}/u.test(next)) return false;
  if (mark !== "." || content.charAt(at + 1) === ".") return true;
  const before = content.slice(Math.max(0, at - 14), at + 1);
  if (!ABBREVIATION.test(before)) return true;
  return MAY_END.test(before) && /\p{Lu}/u.test(next) && STARTER.test(content.slice(end, end + 14));
}

/** Words that start sentences far more often than they follow an abbreviation. */
const STARTER =
  /^\s+(?:The|This|That|These|It|He|She|They|We|In|On|At|A|An|But|And|For|If|When|As|Its|His|Her|Our|There|Then|After|Before|Some|Two|No|Not|One|Now|Both|All|Each|Since|While|Today|You)\s/;

/** A line much shorter than its block's longest is a deliberate break (an address, a transcript), not wrapped prose. */
function* shortLineEnds(content: string): Generator<number> {
  if (!content.includes("\n")) return;
  const lines = content.split("\n");
  const longest = lines.reduce((most, line) => Math.max(most, line.length), 0);
  let at = 0;
  for (const line of lines) {
    at += line.length + 1;
    if (
      line.length < longest * 0.55 &&
      at < content.length &&
      /^["“(]?[\p{Lu}\d{["]/u.test(content.slice(at, at + 4))
    ) {
      yield at;
    }
  }
}

function trimSpan(content: string, start: number, end: number): Span | null {
  let from = start;
  let to = Math.min(end, content.length);
  while (from < to && /\s/.test(content.charAt(from))) from++;
  while (to > from && /\s/.test(content.charAt(to - 1))) to--;
  return from < to ? [from, to] : null;
}

/** Text without any sentence end (a giant line) is cut at white space, or anywhere between code points. */
function cutLong(content: string, [start, end]: Span): Span[] {
  const spans: Span[] = [];
  let from = start;
  while (end - from > LONGEST_SENTENCE) {
    const limit = from + LONGEST_SENTENCE;
    const space = content.slice(from, limit).lastIndexOf(" ");
    const isHalf = /[\uDC00-\uDFFF]/.test(content.charAt(limit));
    const cut = space > LONGEST_SENTENCE / 2 ? from + space : limit - (isHalf ? 1 : 0);
    const span = trimSpan(content, from, cut);
    if (span !== null) spans.push(span);
    from = cut;
  }
  const rest = trimSpan(content, from, end);
  return rest === null ? spans : [...spans, rest];
}
