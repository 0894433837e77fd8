/**
 * Built-in tool `extract_entities`: people, organizations and places named in a text. Owns: its schemas and the order
 * find → judge → merge. Must not: know particular names.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape } from "./text/evidence.ts";
import { findNames, type NameMention, nameKey } from "./text/find-names.ts";
import { inTurns } from "./text/in-turns.ts";
import { loadNameLexicon } from "./text/load-name-lexicon.ts";
import { loadEnglishModel } from "./text/load-wink.ts";
import { type MergedEntity, mergeNames, type NamedEntity } from "./text/merge-names.ts";
import type { NameKind } from "./text/name-facts.ts";
import { nameTokens } from "./text/name-tokens.ts";
import { type Sentence, splitSentences } from "./text/sentences.ts";
import { kindOfName } from "./text/weigh-name.ts";

const KINDS = ["person", "organization", "place"] as const satisfies readonly NameKind[];
/** The dictionary is asked for this many names, the most frequent first. */
const MAX_NAMES = 3_000;
/** Different capitalised words that are looked up; no real document has more. */
const MAX_WORDS = 50_000;

/** Named entities by patterns of naming, a dictionary and context; made for English prose, deterministic, offline. */
export const extractEntities = defineTool({
  name: "extract_entities",
  version: "1",
  description:
    "Lists the people, organizations and places named in a text, with how often each is mentioned. Variants of a name count as one.",
  inputSchema: z.object({ text: z.string().describe("The text to look for names in.") }),
  outputSchema: z.object({
    items: z
      .array(
        z.object({
          text: z.string().describe("The fullest form of the name in the text."),
          kind: z
            .enum(KINDS)
            .describe(
              "What the name names: person (people, who, individuals), organization (organizations, companies, firms, institutions), place (places, where, locations, cities, countries).",
            ),
          count: z.int().min(1).describe("Mentions, variants included."),
        }),
      )
      .describe("Names, the most frequent first."),
    ...evidenceShape(["name-patterns-and-dictionary", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "people",
      "persons",
      "organisations",
      "organizations",
      "companies",
      "places",
      "locations",
      "who is mentioned",
      "who is in it",
      "who is involved",
      "who are the people",
      "who is it about",
      "who it is about",
      "individuals",
      "where does it take place",
      "who is named",
      "names",
      "named entities",
      "entities",
      "institutions",
      "cities",
      "countries",
      "who appears",
      "extract entities",
      "which companies",
      "firms",
    ],
    answer: "items",
  },
  async execute({ text }, { signal }) {
    const items = await findEntities(text, signal);
    if (items.length === 0) return { items: [], method: "none" as const, confidence: 0.4 };
    return {
      items: items.map(({ text: name, kind, count }) => ({ text: name, kind, count })),
      method: "name-patterns-and-dictionary" as const,
      confidence: 0.7,
    };
  },
});

/** Also for tools that need the names of a text. */
export async function findEntities(text: string, signal: AbortSignal): Promise<MergedEntity[]> {
  const sentences = splitSentences(text, ["paragraph", "item", "quote", "table", "heading"]).filter(isMixedCase);
  const isOrdinary = await ordinaryWords(sentences, signal);
  const groups = new Map<string, NameMention[]>();
  await inTurns(sentences, { signal, size: (sentence) => sentence.text.length }, (sentence) => {
    for (const mention of findNames(sentence.text, isOrdinary)) addMention(groups, mention, sentence);
  });
  return judge(groups, { isOrdinary, signal });
}

/** In a line of nothing but capitals every word looks like a name. */
function isMixedCase({ text }: Sentence): boolean {
  return /\p{Lu}/u.test(text) && /\p{Ll}/u.test(text);
}

/** A test for dictionary words among the capitalised words of the text. */
async function ordinaryWords(sentences: readonly Sentence[], signal: AbortSignal): Promise<(word: string) => boolean> {
  const capitals = new Set<string>();
  await inTurns(sentences, { signal, size: (sentence) => sentence.text.length }, (sentence) => {
    for (const token of nameTokens(sentence.text))
      if (token.isCapital && capitals.size < MAX_WORDS) capitals.add(token.key);
  });
  const english = await loadEnglishModel();
  const ordinary = new Set<string>();
  await inTurns(chunksOf([...capitals], 500), { signal, size: (chunk) => chunk.length * 20 }, (chunk) => {
    for (const word of english.ordinary(chunk)) ordinary.add(word);
  });
  return (word) => ordinary.has(word.toLowerCase());
}

function* chunksOf(words: readonly string[], size: number): Generator<string[]> {
  for (let start = 0; start < words.length; start += size) yield words.slice(start, start + size);
}

/** A heading capitalises any word, so it counts as the start of a sentence. */
function addMention(groups: Map<string, NameMention[]>, mention: NameMention, { kind }: Sentence): void {
  const key = nameKey(mention.words);
  const own = kind === "heading" ? { ...mention, isSentenceStart: true } : mention;
  const group = groups.get(key);
  if (group === undefined) groups.set(key, [own]);
  else group.push(own);
}

interface Judged extends NamedEntity {
  mentions: NameMention[];
}

async function judge(
  groups: ReadonlyMap<string, NameMention[]>,
  options: { isOrdinary: (word: string) => boolean; signal: AbortSignal },
): Promise<MergedEntity[]> {
  const lookUp = await loadNameLexicon();
  const all = [...groups.values()].map((mentions, first) => ({ mentions, first }));
  const frequent = all.sort((left, right) => right.mentions.length - left.mentions.length || left.first - right.first);
  const names = new Map<string, Judged>();
  await inTurns(frequent.slice(0, MAX_NAMES), { signal: options.signal, size: () => 800 }, ({ mentions, first }) => {
    const { words, text } = mentions[0]!;
    const known = lookUp(words.join(" "));
    const kind = kindOfName({ words, mentions, known, isOrdinary: options.isOrdinary });
    const isKnown = known.isPlace || known.isOrganization;
    if (kind !== "none") names.set(nameKey(words), { text, kind, isKnown, count: mentions.length, first, mentions });
  });
  return mergeNames([...names.values()].map((name) => withNeighbours(name, names)));
}

/** A name that nothing tells about is of the kind of the names beside it in a list. */
function withNeighbours(name: Judged, names: ReadonlyMap<string, Judged>): NamedEntity {
  if (name.kind !== "unclear" || name.mentions.every((mention) => mention.isSentenceStart)) return name;
  const beside = name.mentions.flatMap((mention) => mention.beside.map((key) => names.get(key)?.kind));
  const kind = KINDS.find((candidate) => beside.includes(candidate));
  return kind === undefined ? name : { ...name, kind };
}
