/**
 * The part of a long text that may hold the answer to a question. Owns: the choice: the passages that match best, each
 * with its neighbours, then the beginning. Must not: alter text; passages stay exact and in order.
 */
import { type Passage, splitPassages } from "../text/passages.ts";
import { rankPassages } from "../text/rank-passages.ts";

/** Ranked ones beyond this add little: each comes with two neighbours. */
const MOST_RANKED = 200;

/** Between passages that do not follow each other in the text. */
const GAP = "\n\n[…]\n\n";

/** At most `mostChars` of the text, or all of it where it is no longer than that. */
export async function choosePassages(
  text: string,
  request: { question: string; mostChars: number; signal: AbortSignal },
): Promise<string> {
  const { question, mostChars, signal } = request;
  if (text.length <= mostChars) return text;
  const passages = splitPassages(text);
  const ranked = await rankPassages(passages, { query: question, max: MOST_RANKED, signal });
  const placeOf = new Map(passages.map((passage, place) => [passage.offset, place]));
  const best = ranked.flatMap(({ offset }) => {
    const place = placeOf.get(offset) ?? 0;
    return [place, place - 1, place + 1];
  });
  const chosen = takeWithin(passages, [...best, ...passages.keys()], mostChars);
  if (chosen.length === 0) return text.slice(0, mostChars);
  return joinPassages(
    text,
    chosen.map((place) => passages[place]!),
  );
}

/** The places that fit, in order of the text. */
function takeWithin(passages: readonly Passage[], wanted: Iterable<number>, mostChars: number): number[] {
  const chosen = new Set<number>();
  let left = mostChars;
  for (const place of wanted) {
    const passage = passages[place];
    if (passage === undefined || chosen.has(place)) continue;
    const length = passage.text.length + GAP.length;
    if (length > left) continue;
    left -= length;
    chosen.add(place);
    if (left < GAP.length) break;
  }
  return [...chosen].sort((one, other) => one - other);
}

/** Passages that follow each other stay as they stand in the text. */
function joinPassages(text: string, passages: readonly Passage[]): string {
  let joined = "";
  let end = 0;
  for (const { text: passage, offset } of passages) {
    const between = joined === "" ? "" : text.slice(end, offset);
    joined += between.length > GAP.length || between.trim() !== "" ? GAP : between;
    joined += passage;
    end = offset + passage.length;
  }
  return joined;
}
