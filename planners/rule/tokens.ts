/**
 * A goal as words, numbers, quotes and marks. Owns: the token and where it stands in the goal.
 * Must not: look at meaning; quoted text is one token, so that its words never match anything.
 */
import { stemOf } from "./stem.ts";
import { DOCUMENT_NOUNS, FILLER_WORDS, NUMBER_WORDS, STOP_WORDS, WEAK_WORDS } from "./vocabulary.ts";

export interface Token {
  /** `quote` covers quoted text and addresses; `mark` is punctuation that separates. */
  kind: "word" | "number" | "quote" | "mark";
  /** As written; of a quote, without its quotation marks. */
  text: string;
  lower: string;
  stem: string;
  /** Of numbers, else null. */
  value: number | null;
  /** Place in the goal, in UTF-16 code units. */
  start: number;
  end: number;
}

const TOKEN = new RegExp(
  [
    '"(?<double>[^"\\n]*)"|“(?<curly>[^”\\n]*)”|„(?<low>[^“”\\n]*)[“”]|«(?<angle>[^»\\n]*)»|`(?<code>[^`\\n]*)`',
    "(?<![\\p{L}\\p{N}])['‘](?<single>[^'‘’\\n]{2,})['’](?![\\p{L}\\p{N}])",
    "(?<address>https?://[^\\s,;]+|[\\w.+-]{1,64}@[\\w-]{1,64}(?:\\.[\\w-]{1,64})+)",
    "(?<code2>[A-Za-z]+-\\d[\\w-]*|\\d{4}-\\d{2}-\\d{2})",
    "(?<number>-?\\d+(?:[.,]\\d+)*)(?![\\p{L}])",
    "(?<word>tl;dr(?![\\p{L}\\p{N}])|[\\p{L}\\p{N}_][\\p{L}\\p{N}\\p{M}_]*(?:['’][\\p{L}]+)*)",
    "(?<mark>\\.(?=\\s|$)|[,;:!?()&%\\n–—…。、，；])",
  ].join("|"),
  "giu",
);

/** Splits a goal into tokens; linear in its length. */
export function tokenize(goal: string): Token[] {
  const tokens: Token[] = [];
  for (const match of goal.matchAll(TOKEN)) tokens.push(tokenOf(match));
  return tokens;
}

function tokenOf(match: RegExpExecArray): Token {
  const groups = match.groups ?? {};
  const place = { start: match.index, end: match.index + match[0].length };
  const quoted = groups.double ?? groups.curly ?? groups.low ?? groups.angle ?? groups.code ?? groups.single;
  const literal = quoted ?? groups.address;
  if (literal !== undefined) return { kind: "quote", text: literal, lower: "", stem: "", value: null, ...place };
  const kind = groups.mark === undefined ? "word" : "mark";
  const spelled = kind === "word" ? match[0].replaceAll(";", "") : match[0];
  const lower = spelled.normalize("NFKC").toLowerCase().replaceAll("’", "'");
  const value = numberOf(groups.number, lower);
  if (value !== null) return { kind: "number", text: match[0], lower, stem: lower, value, ...place };
  return { kind, text: match[0], lower, stem: stemOf(lower), value: null, ...place };
}

function numberOf(digits: string | undefined, lower: string): number | null {
  if (digits === undefined) return NUMBER_WORDS.get(lower) ?? null;
  const plain = /^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(digits) ? digits.replaceAll(",", "") : digits.replace(",", ".");
  const value = Number(plain);
  return Number.isFinite(value) ? value : null;
}

const WEAK_STEMS: ReadonlySet<string> = new Set([...WEAK_WORDS].map(stemOf));
const FILLER_STEMS: ReadonlySet<string> = new Set([...FILLER_WORDS].map(stemOf));
const DOCUMENT_STEMS: ReadonlySet<string> = new Set([...DOCUMENT_NOUNS].map(stemOf));

export function isStop(token: Token): boolean {
  return token.kind === "mark" || (token.kind === "word" && STOP_WORDS.has(token.lower));
}

export function isWeakStem(stem: string): boolean {
  return WEAK_STEMS.has(stem);
}

export function isDocumentNoun(token: Token): boolean {
  return token.kind === "word" && DOCUMENT_STEMS.has(token.stem);
}

/** True for a token that could be part of a wish of its own. */
export function hasContent(token: Token): boolean {
  if (token.kind === "quote") return true;
  if (token.kind !== "word" || isStop(token)) return false;
  return !WEAK_STEMS.has(token.stem) && !FILLER_STEMS.has(token.stem) && !DOCUMENT_STEMS.has(token.stem);
}

/** "who is in it": a wish although all its words are stop words. */
export function asksWho(tokens: readonly Token[]): boolean {
  return tokens.length > 1 && tokens.some((token) => /^(who|where|when|why)$/.test(token.lower));
}

/** Words of a name such as `orderId` or `order_id`, as stems. */
export function nameStems(name: string): string[] {
  const spaced = name.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2").replace(/[^\p{L}\p{N}]+/gu, " ");
  return spaced
    .toLowerCase()
    .trim()
    .split(" ")
    .filter((word) => word !== "")
    .map(stemOf);
}

/** One spelling for names that mean the same: `orderId`, `order_id`, `Order ID`. */
export function normalName(name: string): string {
  return nameStems(name).join(" ");
}
