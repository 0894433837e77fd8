/**
 * Person, organization, place, or none of them: votes of a name's words, its dictionary entry and its surroundings.
 * Owns: the weights. Must not: know particular names.
 */
import { isAcronym } from "./acronym.ts";
import type { NameMention } from "./find-names.ts";
import type { NameFacts, NameKind } from "./name-facts.ts";
import { isNoName } from "./name-veto.ts";
import {
  LEGAL_FORMS,
  LONE_ORGANIZATIONS,
  LOWER_CASE_PLACES,
  ORGANIZATION_HEADS,
  ORGANIZATION_TAILS,
  ORGANIZATION_VERBS,
  PERSON_VERBS,
  PLACE_ACRONYMS,
  PLACE_HEADS,
  PLACE_PREPOSITIONS,
  PLACE_TAILS,
} from "./name-words.ts";

export type Votes = Record<NameKind, number>;

const APPOSITION =
  /^ who\b|^(?:,| \() ?(?:\(?(?:aged? )?\d{2}\)?,|(?:(?:a|an|the|our|its|their|then|now|who|one of|former|interim|acting|deputy|senior|chief|head|lead|managing|executive|co-)[ -])*(?:[a-z-]+ ){0,3}?(?:director|head|manager|founder|chair|chairman|chairwoman|chairperson|president|mayor|engineer|professor|researcher|teacher|owner|author|analyst|scientist|farmer|nurse|doctor|spokesperson|spokeswoman|spokesman|secretary|treasurer|officer|minister|coordinator|leader|editor|lawyer|resident|captain|architect|student|who|whose|mother|father|widow|biologist|economist|historian|designer|developer|consultant|member|councillor|commissioner|technician|curator|driver|skipper|fisher|fisherman|planner|hydrologist|ecologist)\b)/;

/**
 * The kind with the most votes; `unclear` where there are too few, `none` for what is no name of a person,
 * organization or place.
 */
export function kindOfName(facts: NameFacts): NameKind | "unclear" | "none" {
  const { words, mentions } = facts;
  const keys = words.map((word) => word.toLowerCase().replaceAll(".", ""));
  if (isNoName(facts, keys)) return "none";
  const votes: Votes = { person: 0, organization: 0, place: 0 };
  voteByWords(votes, facts, keys);
  voteByDictionary(votes, facts);
  for (const mention of mentions.slice(0, 12))
    voteByContext(votes, mention, { length: words.length, share: 1 / Math.min(mentions.length, 12) });
  const best = (Object.keys(votes) as NameKind[]).reduce((leader, kind) =>
    votes[kind] > votes[leader] ? kind : leader,
  );
  return votes[best] >= (needsMore(facts, keys) ? 2 : 1) ? best : "unclear";
}

/** Names made of ordinary words only, or seen only where any word has a capital, need stronger signs. */
function needsMore({ words, mentions, isOrdinary }: NameFacts, keys: readonly string[]): boolean {
  return (
    keys.every((key) => isOrdinary(key)) || (words.length === 1 && mentions.every((mention) => mention.isSentenceStart))
  );
}

function voteByWords(votes: Votes, facts: NameFacts, keys: readonly string[]): void {
  const { words, mentions } = facts;
  if (words.length > 1) voteByKeywords(votes, words, keys);
  else voteBySingleWord(votes, words[0] ?? "");
  if (words.some(isBrandLike)) votes.organization += 2;
  if (votes.organization >= 3 || votes.place >= 3) return;
  if (words.length >= 2 && words.length <= 4 && !words.some(isAcronym)) voteByShape(votes, facts, keys);
  if (mentions.some((mention) => mention.hasTitle)) votes.person += 5;
}

function voteByKeywords(votes: Votes, words: readonly string[], keys: readonly string[]): void {
  const lastKey = keys.at(-1) ?? "";
  if (LEGAL_FORMS.has(lastKey)) votes.organization += 8;
  else if (ORGANIZATION_TAILS.has(lastKey)) votes.organization += 5;
  else if (PLACE_TAILS.has(lastKey)) votes.place += 5;
  if (keys.includes("of") || keys.includes("for")) voteByHead(votes, keys);
  if (PLACE_HEADS.has(keys[0] ?? "") && votes.organization === 0) votes.place += 3;
  if (words.some((word) => isAcronym(word)) && votes.place === 0) votes.organization += 1;
}

/** Two to four words of which some stand in no dictionary are mostly people; brands often end in an ordinary word. */
function voteByShape(votes: Votes, { isOrdinary }: NameFacts, keys: readonly string[]): void {
  const unknown = keys.filter((key) => !isOrdinary(key)).length;
  if (unknown === 0) return;
  if (isOrdinary(keys.at(-1) ?? "") && !isOrdinary(keys[0] ?? "")) votes.organization += 1.5;
  else votes.person += unknown > 1 ? 3 : 2;
}

/** A capital inside ("DataWorks", but not "McKay"), or "&". */
function isBrandLike(word: string): boolean {
  return /&/.test(word) || (/\p{Ll}\p{Lu}/u.test(word) && !/^(?:Mc|Mac|De|Le|La|Van|O['’])/.test(word));
}

/** "University of …", "Bank of …" are organizations; "Bay of …", "Republic of …" are places. */
function voteByHead(votes: Votes, keys: readonly string[]): void {
  const connector = keys.findIndex((key) => key === "of" || key === "for");
  const heads = keys.slice(0, connector);
  if (heads.some((key) => ORGANIZATION_HEADS.has(key))) votes.organization += 7;
  else if (heads.some((key) => PLACE_TAILS.has(key))) votes.place += 6;
}

function voteBySingleWord(votes: Votes, word: string): void {
  const key = word.toLowerCase();
  if (PLACE_ACRONYMS.has(word.replace(/\.$/, ""))) votes.place += 6;
  else if (LONE_ORGANIZATIONS.has(key)) votes.organization += 6;
  else if (isAcronym(word)) votes.organization += 3;
  else votes.organization += 0.5;
}

function voteByDictionary(votes: Votes, { known, words, isOrdinary }: NameFacts): void {
  const hasKeyword = votes.organization >= 5 || votes.place >= 5;
  if (known.isPlace) votes.place += hasKeyword ? 1 : 4;
  if (known.isOrganization) votes.organization += hasKeyword ? 1 : 4;
  if (known.isFirstName && !hasKeyword) votes.person += isOrdinary((words[0] ?? "").toLowerCase()) ? 2 : 4;
}

function voteByContext(votes: Votes, mention: NameMention, scale: { length: number; share: number }): void {
  const { before, after, rest } = mention;
  if (APPOSITION.test(rest)) votes.person += 3;
  if (PERSON_VERBS.has(after) || PERSON_VERBS.has(before)) votes.person += 2 * scale.share;
  if (ORGANIZATION_VERBS.has(after)) votes.organization += 2 * scale.share;
  if (PLACE_PREPOSITIONS.has(before)) votes.place += (scale.length === 1 ? 3 : 2) * scale.share;
  else if (before === "at" || before === "from" || before === "to") votes.place += scale.share;
  if (/^\s*\([A-Z]{2,6}\)/.test(rest)) votes.organization += 4;
  if (LOWER_CASE_PLACES.has(after)) votes.place += 4;
  if (before === "the" && scale.length === 1 && isAcronym(mention.text)) votes.organization += 2;
}
