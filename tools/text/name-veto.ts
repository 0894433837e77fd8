/**
 * What looks like a name but names no person, organization or place: roles, laws, court cases, abbreviations, lone
 * keywords. Owns: the reasons to say no.
 */
import { isAcronym } from "./acronym.ts";
import type { NameFacts } from "./name-facts.ts";
import {
  CALENDAR,
  LONE_ORGANIZATIONS,
  ORGANIZATION_HEADS,
  ORGANIZATION_TAILS,
  OTHER_ACRONYMS,
  OTHER_TAILS,
  PLACE_HEADS,
  PLACE_TAILS,
  ROLES,
  TITLES,
} from "./name-words.ts";

/** `keys` are the name's words in lower case without dots. */
export function isNoName({ words, mentions, known }: NameFacts, keys: readonly string[]): boolean {
  if (keys.every((key) => ROLES.has(key) || TITLES.has(key) || OTHER_TAILS.has(key))) return true;
  if (mentions.every(({ before, after }) => isVersus(before) || isVersus(after))) return true;
  if (endsLikeOther(words, keys) && !known.isPlace && !known.isOrganization) return true;
  const isTitled = mentions.some((mention) => mention.hasTitle);
  if (words.length === 1 && CALENDAR.has(keys[0] ?? "")) return !isTitled;
  if (words.length === 1 && isEmptyWord(words[0] ?? "", keys[0] ?? "")) return true;
  return known.isOther && words.length <= 2 && !isTitled;
}

/** Court cases ("A v. B") name a decision. */
function isVersus(word: string): boolean {
  return word === "v" || word === "vs";
}

/** The name of a law, event or work; a Roman numeral at its end doesn't count. */
function endsLikeOther(words: readonly string[], keys: readonly string[]): boolean {
  const isNumbered = words.length > 1 && /^[IVX]+$/.test(words.at(-1) ?? "");
  return OTHER_TAILS.has(keys.at(isNumbered ? -2 : -1) ?? "");
}

/** A letter, a common abbreviation, or a keyword such as "Committee" that says nothing alone. */
function isEmptyWord(word: string, key: string): boolean {
  if (word.length === 1 || OTHER_ACRONYMS.has(word.replaceAll(".", "").replace(/s$/, ""))) return true;
  if (LONE_ORGANIZATIONS.has(key) || isAcronym(word)) return false;
  return [ORGANIZATION_TAILS, ORGANIZATION_HEADS, PLACE_TAILS, PLACE_HEADS].some((list) => list.has(key));
}
