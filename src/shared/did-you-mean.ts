/** Finds the name that a mistyped one was probably meant to be. Owns: what counts as close. */
import { distance } from "fastest-levenshtein";

const LONGEST = 100;

/**
 * The candidate closest to `word`, or null where none is close: at most one edit in three characters (at least
 * one edit), case and the separators `_`, `-`, `.` and space not counted, two neighbours that are swapped as one. Ties
 * go to the earlier candidate.
 * Distance: V. Levenshtein (1966).
 */
export function didYouMean(word: string, candidates: Iterable<string>): string | null {
  if (word.length === 0 || word.length > LONGEST) return null;
  const plain = plainForm(word);
  const allowed = Math.max(1, Math.floor(plain.length / 3));
  let best: string | null = null;
  let bestDistance = allowed + 1;
  for (const candidate of candidates) {
    const other = plainForm(candidate);
    if (candidate === word || Math.abs(other.length - plain.length) >= bestDistance) continue;
    const edits = isSwapped(plain, other) ? 1 : distance(plain, other);
    if (edits < bestDistance && edits < Math.max(plain.length, other.length)) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

/** `Did you mean 'name'?` after a space, as the end of a message; nothing without a name. */
export function meantName(name: string | null): string {
  return name === null ? "" : ` Did you mean '${name}'?`;
}

/** The most common slip of the fingers. */
function isSwapped(word: string, other: string): boolean {
  if (word.length !== other.length) return false;
  const at = [...word].findIndex((letter, place) => letter !== other[place]);
  if (at < 0 || at + 1 >= word.length || word[at] !== other[at + 1] || word[at + 1] !== other[at]) return false;
  return word.slice(at + 2) === other.slice(at + 2);
}

function plainForm(text: string): string {
  return text.toLowerCase().replace(/[_\-. ]/g, "");
}
