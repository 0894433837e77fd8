/**
 * Key phrases from candidates: frequent, spread over the text, early, and not part of a longer one. Owns: the score
 * (C-value of K. Frantzi, S. Ananiadou and H. Mima, 2000, with spread and position as in YAKE!, R. Campos et al., 2020).
 */
import { stem } from "./stem.ts";

/** One occurrence of a candidate phrase. */
export interface PhraseUse {
  words: string[];
  /** Number of the sentence it stands in. */
  sentence: number;
  /** A name of someone or something, rather than a subject. */
  isName: boolean;
}

export interface KeyPhrase {
  phrase: string;
  /** Over 0 to 1, the best having 1. */
  score: number;
}

interface Candidate {
  stems: string[];
  uses: number;
  /** How often as part of a longer candidate. */
  nested: number;
  first: number;
  stretches: Set<number>;
  forms: Map<string, number>;
  names: number;
}

const STRETCHES = 20;
/** People and places are seldom the subject; `extract_entities` lists them. */
const NAME_WEIGHT = 0.18;

/** The `max` best phrases, the best first; variants ("solar panels", "Solar panel") count as one. */
export function rankPhrases(uses: readonly PhraseUse[], options: { sentences: number; max: number }): KeyPhrase[] {
  const candidates = gather(uses, options.sentences);
  countNested(candidates);
  const scored = [...candidates.values()].map((candidate) => ({
    candidate,
    value: weigh(candidate, options.sentences),
  }));
  scored.sort((left, right) => right.value - left.value || left.candidate.first - right.candidate.first);
  const chosen: typeof scored = [];
  for (const entry of scored) {
    if (chosen.length >= options.max || entry.value <= 0) break;
    if (!chosen.some((other) => overlaps(entry.candidate.stems, other.candidate.stems))) chosen.push(entry);
  }
  const highest = chosen[0]?.value ?? 1;
  return chosen.map(({ candidate, value }) => ({
    phrase: commonForm(candidate),
    score: Math.max(0.01, value / highest),
  }));
}

function gather(uses: readonly PhraseUse[], sentences: number): Map<string, Candidate> {
  const candidates = new Map<string, Candidate>();
  for (const { words, sentence, isName } of uses) {
    const stems = words.map(stem);
    const key = stems.join(" ");
    const candidate = candidates.get(key) ?? {
      stems,
      uses: 0,
      nested: 0,
      first: sentence,
      stretches: new Set(),
      forms: new Map(),
      names: 0,
    };
    candidate.uses++;
    if (isName) candidate.names++;
    candidate.stretches.add(Math.floor((sentence * STRETCHES) / Math.max(1, sentences)));
    const form = words.join(" ");
    candidate.forms.set(form, (candidate.forms.get(form) ?? 0) + 1);
    candidates.set(key, candidate);
  }
  return candidates;
}

/** A single word or shorter phrase gets no credit for standing in a longer one that is a candidate of its own. */
function countNested(candidates: ReadonlyMap<string, Candidate>): void {
  for (const { stems, uses } of candidates.values()) {
    for (const part of partsOf(stems)) {
      const inner = candidates.get(part);
      if (inner !== undefined) inner.nested += uses;
    }
  }
}

/** Keys of all shorter runs within a phrase. */
function* partsOf(stems: readonly string[]): Generator<string> {
  for (let length = 1; length < stems.length; length++) {
    for (let start = 0; start + length <= stems.length; start++) yield stems.slice(start, start + length).join(" ");
  }
}

function weigh({ stems, uses, nested, first, stretches, names }: Candidate, sentences: number): number {
  const length = stems.length === 1 ? 0.42 : Math.log2(1 + stems.length);
  const frequency = stems.length === 1 ? uses + 0.35 * nested : uses + 0.5 * nested;
  const spread = 0.5 + stretches.size / Math.min(STRETCHES, Math.max(1, sentences));
  const early = 1 + 0.3 * (1 - first / Math.max(1, sentences));
  const once = uses === 1 && sentences > 25 ? 0.45 : 1;
  const name = names * 2 > uses ? NAME_WEIGHT : 1;
  return name * length * frequency ** 0.85 * spread * early * once;
}

/** One holds the other's words. */
function overlaps(left: readonly string[], right: readonly string[]): boolean {
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  return short.every((term) => long.includes(term));
}

/** The form seen most often, the first of equals; without the capital of a sentence start where it is seen without too. */
function commonForm({ forms }: Candidate): string {
  let best: [form: string, count: number] = ["", 0];
  for (const entry of forms) if (entry[1] > best[1]) best = entry;
  const lower = best[0].toLowerCase();
  return forms.has(lower) ? lower : best[0];
}
