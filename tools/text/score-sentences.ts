/**
 * How well each sentence would stand in a summary. Owns: the features besides centrality (position, length, cues) and
 * their weights. Must not: choose; `choose-sentences.ts` does.
 */
import { contentStems } from "./content-stems.ts";
import { inTurns } from "./in-turns.ts";
import type { Sentence } from "./sentences.ts";
import { documentFrequencies, type TermVector, termVector } from "./term-vectors.ts";
import { rankByCentrality } from "./text-rank.ts";

export interface ScoredSentence {
  sentence: Sentence;
  vector: TermVector;
  score: number;
}

/** Ranking compares all pairs, so longer documents are first thinned to this many promising sentences. */
const MAX_CANDIDATES = 360;
const BANDS = 12;

const CUE =
  /\b(?:in (?:summary|conclusion|short)|overall|therefore|as a result|(?:we|I) (?:propose|recommend|conclude|found|ask|will)|the (?:goal|aim|purpose|result|key|main|plan|decision)|(?:this|the) (?:report|document|paper|study|memo|plan) (?:describes|shows|sets|explains|finds|presents)|most important|significant(?:ly)?|decided|agreed|approved|increase[ds]?|fell|rose|cost)\b/i;
const DEPENDENT =
  /^["“(]?(?:This|That|These|Those|It|He|She|They|His|Her|Their|Its|But|And|So|Also|However|Then|Such|Which|Or|Nor|Instead|Otherwise|Yes|No|There|Here)\b/;
const BOILERPLATE =
  /©|\ball rights reserved\b|\bcopyright\b|\bclick here\b|\bsubscribe\b|\btable of contents\b|^page \d+|\bcookies?\b|\bterms of (?:use|service)\b|^following is (?:a|the) transcript|\bhttps?:\/\/\S+$/i;

/** Introduces a list, or is one: "Present: A, B, C, D." */
const LISTING = /:$|^[^,.]{1,30}:(?:[^,]+,){3}/;

/** Scores sentences of a document; sentences that can't stand in a summary are left out. */
export async function scoreSentences(
  sentences: readonly Sentence[],
  options: { title: string; signal: AbortSignal },
): Promise<ScoredSentence[]> {
  const stems: string[][] = [];
  await inTurns(sentences, { signal: options.signal, size: ({ text }) => text.length }, ({ text }) => {
    stems.push(contentStems(text));
  });
  const corpus = { frequencies: documentFrequencies(stems), total: sentences.length };
  const usable = sentences.map((sentence, index) => ({
    sentence,
    stems: stems[index]!,
    place: index / sentences.length,
  }));
  const fit = usable.filter(({ sentence, stems: own }) => canStand(sentence, own));
  const pool = thin(fit.length > 0 ? fit : usable.filter(({ stems: own }) => own.length > 0), corpus.frequencies);
  const vectors = pool.map((candidate) => termVector(candidate.stems, corpus));
  const centralities = rankByCentrality(vectors);
  const titleStems = new Set(contentStems(options.title));
  return pool.map(({ sentence, stems: own, place }, index) => {
    const overlap = titleStems.size === 0 ? 0 : own.filter((term) => titleStems.has(term)).length / titleStems.size;
    const base = 0.6 * centralities[index]! + 0.2 * positionScore(place) + 0.1 * Math.min(1, overlap);
    const score = (base + (CUE.test(sentence.text) ? 0.1 : 0)) * standing(sentence, own.length);
    return { sentence, vector: vectors[index]!, score };
  });
}

function canStand(sentence: Sentence, stems: readonly string[]): boolean {
  return stems.length >= 4 && canFill(sentence);
}

/** Short sentences can fill a summary up, boilerplate and lists can't. */
export function canFill({ text }: Sentence): boolean {
  return text.length <= 600 && !BOILERPLATE.test(text) && !LISTING.test(text);
}

/** The start of a document tells most, its end something, its middle less (after H. P. Edmundson, 1969). */
function positionScore(place: number): number {
  return place < 0.8 ? Math.max(0.2, 1 - 2.5 * place) : 0.2 + (place - 0.8) * 1.5;
}

/** Factor for how well a sentence can be understood alone. */
function standing({ text, kind }: Sentence, stems: number): number {
  const dependent = DEPENDENT.test(text) ? 0.72 : 1;
  const form = text.endsWith("?") ? 0.55 : /^["“‘]/.test(text) ? 0.8 : /[.!。！]["'”’)*_]*$/.test(text) ? 1 : 0.75;
  const length = stems < 6 ? 0.75 : stems > 32 ? 0.7 : 1;
  return dependent * form * length * (kind === "paragraph" ? 1 : kind === "item" ? 0.85 : 0.75);
}

interface Candidate {
  sentence: Sentence;
  stems: string[];
  place: number;
}

/** The sentences with the document's most frequent terms, equally many from each twelfth, in document order. */
function thin(candidates: Candidate[], frequencies: ReadonlyMap<string, number>): Candidate[] {
  if (candidates.length <= MAX_CANDIDATES) return candidates;
  const weigh = ({ stems }: Candidate): number => {
    const sum = stems.reduce((total, term) => total + Math.log(1 + (frequencies.get(term) ?? 0)), 0);
    return sum / Math.sqrt(stems.length);
  };
  const width = Math.ceil(candidates.length / BANDS);
  return Array.from({ length: BANDS }, (_, band) => {
    const members = candidates
      .slice(band * width, (band + 1) * width)
      .map((candidate) => ({ candidate, weight: weigh(candidate) }));
    members.sort((left, right) => right.weight - left.weight || left.candidate.place - right.candidate.place);
    const kept = members.slice(0, MAX_CANDIDATES / BANDS).map(({ candidate }) => candidate);
    return kept.sort((left, right) => left.place - right.place);
  }).flat();
}
