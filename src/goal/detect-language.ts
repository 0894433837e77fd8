/**
 * Which language a text is in, by its trigrams (franc; 187 languages of one million speakers or more). Owns: how much
 * text it takes, and when it says nothing. The model loads when first asked.
 */
import { once } from "../shared/once.ts";
import { guessLanguage } from "./guess-language.ts";

/** Shorter texts are often taken for a wrong language. */
const LEAST_CHARS = 40;
/** More changes nothing, and takes time. */
const MOST_CHARS = 20_000;

export interface LanguageGuess {
  /** ISO 639-1 code, or 639-3 for languages without one. */
  code: string;
  /** How far the best language is ahead of the second, 0 to 1. */
  lead: number;
}

const loadFranc = once(() => import("franc"));

/** The code, or null where the text is short or its languages too close. */
export async function detectLanguage(text: string): Promise<string | null> {
  const guess = await guessByTrigrams(text);
  return guess === null || guess.lead < 0.02 ? null : guess.code;
}

/** Null for texts of fewer than 40 letters. */
export async function guessByTrigrams(text: string): Promise<LanguageGuess | null> {
  const words = wordsOf(text);
  const letters = words.match(/\p{L}/gu)?.length ?? 0;
  if (letters < LEAST_CHARS) return null;
  if (guessLanguage(words) === "en") return { code: "en", lead: 1 };
  const { francAll } = await loadFranc();
  const [best, second] = francAll(words);
  if (best === undefined || best[0] === "und") return null;
  const lead = second === undefined ? 1 : (best[1] - second[1]) / best[1];
  return { code: shortCode(best[0]), lead: Math.min(1, Math.max(0, lead)) };
}

/** Without addresses and marks, which are in no language. */
function wordsOf(text: string): string {
  const pieces = text.slice(0, MOST_CHARS).split(/\s+/);
  const isAddress = (piece: string): boolean => piece.includes("@") || /^(?:https?:|www\.)/i.test(piece);
  return pieces
    .filter((piece) => !isAddress(piece))
    .join(" ")
    .replace(/[|#*_`>]/g, " ");
}

/** `deu` → `de`, `cmn` → `zh`; the three letters where there are no two. */
function shortCode(code: string): string {
  return new Intl.Locale(code).language;
}
