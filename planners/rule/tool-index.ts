/**
 * Finding tools by words. Owns: the index over declared intents, names and descriptions, and the score.
 * Must not: know any tool by name, nor decide what a plan does with a match.
 *
 * Score of a phrase: weights are inverse document frequencies (K. Spärck Jones, 1972) scaled to 0–1, a quarter of that
 * for words such as "list" or "main". With c the share of the phrase's weight found and m the weight found,
 * score = c^1.5 · m / (m + 0.25): incomplete phrases fall fast, longer complete ones win (saturation as in BM25).
 */
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { type Described, explanationsOf } from "./explain-by-description.ts";
import { leavesOf, namedValues, propertiesOf } from "./schema-reading.ts";
import { isWeakStem, nameStems, normalName, type Token, tokenize } from "./tokens.ts";
import { createVerbatimIndex, type VerbatimIndex } from "./verbatim.ts";
import { QUESTION_WORDS, STOP_WORDS } from "./vocabulary.ts";

/** From here on a tool may be used. */
export const THRESHOLD = 0.55;
/** Tools with side effects need this much, and a complete phrase. */
export const STRONG = 0.7;

interface Phrase {
  tool: number;
  kind: "intent" | "name";
  text: string;
  stems: string[];
}

export interface Candidate {
  tool: ToolDescription;
  /** 0 to 1. */
  score: number;
  /** True where every word of the phrase was found. */
  isComplete: boolean;
  phrase: string;
  kind: "intent" | "name" | "description";
  /** Every word of a declared phrase of several words stands there, side by side. */
  isVerbatim: boolean;
  /** Indices into the tokens that were matched. */
  positions: number[];
}

export interface ToolIndex {
  tools: ToolDescription[];
  /** Best candidates for these tokens, best first; ties by name. */
  match(tokens: readonly Token[]): Candidate[];
  /** Tokens that belong to a declared phrase said word for word; nothing else is read into them. */
  said(tokens: readonly Token[]): ReadonlySet<Token>;
  /** Tools by the normal name of a property of their output. */
  outputs: ReadonlyMap<string, { tool: ToolDescription; path: string }[]>;
  /** Stems a tool's own words contain: intents, name, description, inputs, values. */
  vocabulary(tool: ToolDescription): ReadonlySet<string>;
}

const FACTOR = { intent: 1, hintedName: 0.8, bareName: 0.9 } as const;

export function createToolIndex(tools: ToolDescription[]): ToolIndex {
  const phrases = tools.flatMap((tool, place) => phrasesOf(tool, place));
  const postings = new Map<string, number[]>();
  const frequency = new Map<string, Set<number>>();
  phrases.forEach((phrase, place) => {
    const isWeak = phrase.stems.every(isWeakStem);
    for (const stem of new Set(phrase.stems)) {
      // A weak word alone never makes a match, so only phrases that have nothing else are found by one.
      if (isWeak || !isWeakStem(stem)) push(postings, stem, place);
      frequency.set(stem, (frequency.get(stem) ?? new Set()).add(phrase.tool));
    }
  });
  const described = new Map<string, number[]>();
  const stemsOfTool = tools.map((tool) => stemSet(tool.description));
  stemsOfTool.forEach((stems, place) => {
    if (isUnspoken(tools[place])) return;
    for (const stem of stems) if (!isWeakStem(stem)) push(described, stem, place);
  });
  const total = Math.max(tools.length, 8);
  const weightOf = (stem: string): number => {
    const share = Math.log(1 + total / Math.max(1, frequency.get(stem)?.size ?? 1)) / Math.log(1 + total);
    return isWeakStem(stem) || QUESTION_WORDS.has(stem) ? share / 4 : share;
  };
  const verbatim = createVerbatimIndex(tools);
  const placeOf = new Map(tools.map((tool, place) => [tool, place]));
  const parts: Parts = { tools, phrases, postings, described, stemsOfTool, verbatim, placeOf, weightOf };
  const vocabularies = new Map<string, ReadonlySet<string>>();
  return {
    tools,
    match: (tokens) => matchTokens(parts, tokens),
    said: (tokens) => saidTokens(verbatim, tokens),
    outputs: outputIndex(tools),
    vocabulary(tool) {
      const known = vocabularies.get(tool.name) ?? vocabularyOf(tool);
      vocabularies.set(tool.name, known);
      return known;
    },
  };
}

interface Parts extends Described {
  tools: ToolDescription[];
  phrases: Phrase[];
  postings: Map<string, number[]>;
  verbatim: VerbatimIndex;
  placeOf: ReadonlyMap<ToolDescription, number>;
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

function phrasesOf(tool: ToolDescription, place: number): Phrase[] {
  if (isUnspoken(tool)) return [];
  const name = nameStems(tool.name);
  const bare = name.filter((stem) => !isWeakStem(stem));
  const isPlain = tool.planning === null && tool.effect === "read" && bare.length > 0;
  const phrases: Phrase[] = [{ tool: place, kind: "name", text: tool.name, stems: isPlain ? bare : name }];
  for (const text of tool.planning?.intents ?? []) {
    phrases.push({ tool: place, kind: "intent", text, stems: contentStems(text) });
  }
  return phrases.filter((phrase) => phrase.stems.length > 0 && !isOnlySaidWhole(phrase));
}

/** "tell me about": one word that fits any wish and words without content; found only where it is said word for word. */
function isOnlySaidWhole(phrase: Phrase): boolean {
  return phrase.stems.length === 1 && isWeakStem(phrase.stems[0] ?? "") && /\S\s+\S/.test(phrase.text);
}

/** A tool that declares no words at all is a step towards others; no goal speaks of it. */
function isUnspoken(tool: ToolDescription | undefined): boolean {
  return tool?.planning?.intents.length === 0;
}

/** Stems of a phrase without stop words, unless it has nothing else. */
function contentStems(text: string): string[] {
  const tokens = tokenize(text).filter((token) => token.kind !== "mark");
  const isTelling = (token: Token): boolean => !STOP_WORDS.has(token.lower);
  const content = tokens.some(isTelling)
    ? tokens.filter((token) => isTelling(token) || QUESTION_WORDS.has(token.lower))
    : [];
  return [...new Set((content.length > 0 ? content : tokens).map((token) => token.stem))];
}

function stemSet(text: string): Set<string> {
  const tokens = tokenize(text).filter((token) => token.kind === "word" && !STOP_WORDS.has(token.lower));
  return new Set(tokens.map((token) => token.stem));
}

function vocabularyOf(tool: ToolDescription): ReadonlySet<string> {
  const values = leavesOf(tool.outputSchema).flatMap((leaf) => namedValues(leaf.schema));
  const inputs = propertiesOf(tool.inputSchema).map(([name]) => name);
  const stems = stemSet([tool.description, ...(tool.planning?.intents ?? []), ...values].join(" "));
  for (const name of [tool.name, ...inputs]) for (const stem of nameStems(name)) stems.add(stem);
  return stems;
}

function outputIndex(tools: ToolDescription[]): Map<string, { tool: ToolDescription; path: string }[]> {
  const index = new Map<string, { tool: ToolDescription; path: string }[]>();
  for (const tool of tools) {
    for (const leaf of leavesOf(tool.outputSchema)) {
      const last = leaf.path.split(".").at(-1) ?? "";
      push(index, normalName(last), { tool, path: leaf.path });
    }
  }
  return index;
}

function matchTokens(parts: Parts, tokens: readonly Token[]): Candidate[] {
  const places = new Map<string, number[]>();
  tokens.forEach((token, place) => {
    if (token.stem !== "" && token.kind !== "mark") push(places, token.stem, place);
  });
  const touched = new Set<number>();
  for (const stem of places.keys()) for (const phrase of parts.postings.get(stem) ?? []) touched.add(phrase);
  const best = new Map<number, Candidate>();
  for (const place of touched) {
    const phrase = parts.phrases[place];
    const found = phrase === undefined ? null : scorePhrase(parts, phrase, places);
    if (phrase !== undefined && found !== null && isBetter(found, best.get(phrase.tool))) best.set(phrase.tool, found);
  }
  addDescriptions(parts, places, best);
  addVerbatim(parts, tokens, best);
  return [...best.values()].sort((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1));
}

function isBetter(left: Candidate, right: Candidate | undefined): boolean {
  return right === undefined || left.score > right.score;
}

function scorePhrase(parts: Parts, phrase: Phrase, places: Map<string, number[]>): Candidate | null {
  const tool = parts.tools[phrase.tool];
  if (tool === undefined) return null;
  let whole = 0;
  let mass = 0;
  let found = 0;
  const positions: number[] = [];
  for (const stem of phrase.stems) {
    const weight = parts.weightOf(stem);
    whole += weight;
    const at = nearest(places.get(stem), positions, phrase.stems.length);
    if (at === null) continue;
    mass += weight;
    found += 1;
    positions.push(at);
  }
  if (mass === 0) return null;
  const factor =
    phrase.kind === "intent" ? FACTOR.intent : tool.planning === null ? FACTOR.bareName : FACTOR.hintedName;
  const score = (mass / whole) ** 1.5 * (mass / (mass + 0.25)) * factor;
  const isComplete = found === phrase.stems.length;
  return {
    tool,
    score,
    isComplete,
    phrase: phrase.text,
    kind: phrase.kind,
    isVerbatim: false,
    positions: positions.sort((a, b) => a - b),
  };
}

/** The occurrence closest to those found so far, if it stands near enough to belong to the same phrase. */
function nearest(occurrences: number[] | undefined, found: number[], length: number): number | null {
  const first = occurrences?.[0];
  if (occurrences === undefined || first === undefined) return null;
  const anchor = found.at(-1);
  if (anchor === undefined) return first;
  const closest = occurrences.reduce(
    (best, at) => (Math.abs(at - anchor) < Math.abs(best - anchor) ? at : best),
    first,
  );
  return Math.abs(closest - anchor) <= 4 + 2 * length ? closest : null;
}

/** A phrase that is said word for word counts, however common its words are: the more of them the more. */
function addVerbatim(parts: Parts, tokens: readonly Token[], best: Map<number, Candidate>): void {
  for (const span of parts.verbatim.spansIn(tokens)) {
    const place = parts.placeOf.get(span.tool) ?? -1;
    const known = best.get(place);
    const score = Math.min(0.95, 0.7 + 0.04 * span.length);
    if (known !== undefined && known.score > score) continue;
    const { tool, phrase } = span;
    const shown = span.positions.filter((at) => tokens[at]?.stem !== "");
    const positions = shown.length > 0 ? shown : span.positions;
    const isVerbatim = span.length > 1;
    best.set(place, { tool, score, isComplete: true, phrase, kind: "intent", isVerbatim, positions });
  }
}

function saidTokens(verbatim: VerbatimIndex, tokens: readonly Token[]): ReadonlySet<Token> {
  const places = new Set(
    verbatim.spansIn(tokens).flatMap((span) => {
      return span.length > 1 || span.positions.length === tokens.length ? span.positions : [];
    }),
  );
  return new Set(tokens.filter((_, at) => places.has(at)));
}

/** Descriptions break ties; alone they hardly ever carry a tool. */
function addDescriptions(parts: Parts, places: Map<string, number[]>, best: Map<number, Candidate>): void {
  for (const { tool, place, share, alone, positions } of explanationsOf(parts, places)) {
    const known = best.get(place);
    const bonus = share * (tool.planning === null ? 0.15 : 0.05);
    const withBonus = known === undefined ? 0 : Math.min(1, known.score + bonus);
    if (known !== undefined && withBonus >= alone) known.score = withBonus;
    else best.set(place, descriptionCandidate(tool, alone, positions));
  }
}

function descriptionCandidate(tool: ToolDescription, score: number, positions: number[]): Candidate {
  return {
    tool,
    score,
    isComplete: false,
    isVerbatim: false,
    phrase: tool.description,
    kind: "description",
    positions,
  };
}
