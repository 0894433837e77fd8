/**
 * Which passages answer a query best. Owns: terms, fuzziness and the score. The index is minisearch (BM25+), loaded at
 * first use.
 */
import { contentStems } from "./content-stems.ts";
import { inTurns } from "./in-turns.ts";
import type { Passage } from "./passages.ts";
import { stem } from "./stem.ts";
import { splitWords } from "./words.ts";

export interface RankedPassage extends Passage {
  /** 0 to 1: how well it matches, 1 for every term as well as it occurs anywhere. */
  score: number;
}

/** Typing errors allowed, as a share of a word's letters; the second where nothing else matches (swapped letters are two). */
const FUZZINESS = 0.2;
const LAST_RESORT_FUZZINESS = 0.34;

/** The `max` best passages, the best first. Nothing for a query without words or without matches. */
export async function rankPassages(
  passages: readonly Passage[],
  request: { query: string; max: number; signal: AbortSignal },
): Promise<RankedPassage[]> {
  const terms = queryTerms(request.query);
  if (terms.length === 0 || passages.length === 0) return [];
  const { default: MiniSearch } = await import("minisearch");
  const index = new MiniSearch<{ id: number; text: string }>({
    fields: ["text"],
    tokenize: (text) => splitWords(text).map((word) => word.text),
    processTerm: (term) => stem(term),
  });
  await inTurns(
    passages.entries(),
    { signal: request.signal, size: ([, { text }]) => text.length },
    ([id, { text }]) => {
      index.add({ id, text });
    },
  );
  const search = (fuzziness: number) =>
    index.search(terms.join(" "), {
      processTerm: (term) => term,
      prefix: (term) => term.length >= 5,
      fuzzy: (term) => (term.length >= 5 && /^[a-z]+$/.test(term) ? fuzziness : false),
      weights: { fuzzy: 0.25, prefix: 0.5 },
    });
  const close = search(FUZZINESS);
  const found = close.length > 0 ? close : search(LAST_RESORT_FUZZINESS);
  const phrase = request.query.trim().toLowerCase();
  const ranked = found.map(({ id, score, queryTerms: matched }) => {
    const passage = passages[id as number]!;
    const coverage = new Set(matched).size / terms.length;
    const exact = terms.length > 1 && passage.text.toLowerCase().includes(phrase) ? 1.5 : 1;
    return { passage, weight: score * coverage * exact, coverage };
  });
  ranked.sort((left, right) => right.weight - left.weight || left.passage.offset - right.passage.offset);
  const highest = ranked[0]?.weight ?? 1;
  const best = Math.max(0, ...ranked.slice(0, 20).map(({ coverage }) => coverage));
  return ranked
    .slice(0, request.max)
    .map(({ passage, weight }) => ({ ...passage, score: Math.max(0.01, Math.sqrt(weight / highest) * best) }));
}

/** Stems of the telling words, without repeats; of all words where none is telling. */
function queryTerms(query: string): string[] {
  const telling = contentStems(query);
  const all = telling.length > 0 ? telling : splitWords(query).map((word) => stem(word.text));
  return [...new Set(all)].slice(0, 32);
}
