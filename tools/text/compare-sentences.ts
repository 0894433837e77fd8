/**
 * What two texts share, sentence by sentence. Owns: when two sentences are the same (words, marks and case; not white
 * space), and the measure: Dice's coefficient over the words with their counts (L. R. Dice, 1945).
 */
import { inTurns } from "./in-turns.ts";
import { splitSentences } from "./sentences.ts";
import { splitWords } from "./words.ts";

export interface Comparison {
  similarity: number;
  added: string[];
  removed: string[];
  isEmpty: boolean;
}

const KINDS = ["paragraph", "item", "quote", "heading", "table", "code"] as const;

export async function compareSentences({
  before,
  after,
  signal,
}: {
  before: string;
  after: string;
  signal: AbortSignal;
}): Promise<Comparison> {
  const [old, fresh] = [piecesOf(before), piecesOf(after)];
  const [oldWords, freshWords] = [await countWords(old, signal), await countWords(fresh, signal)];
  return {
    similarity: dice(oldWords, freshWords),
    added: without(fresh, old),
    removed: without(old, fresh),
    isEmpty: old.length === 0 && fresh.length === 0,
  };
}

/** Sentences; of a table each row by itself. */
function piecesOf(text: string): string[] {
  return splitSentences(text, KINDS).flatMap((sentence) => {
    const parts = sentence.kind === "table" || sentence.kind === "code" ? sentence.text.split("\n") : [sentence.text];
    return parts.map((part) => part.replace(/\s+/g, " ").trim()).filter((part) => /[\p{L}\p{N}]/u.test(part));
  });
}

/** Those of `pieces` that `others` doesn't have, or has less often. */
function without(pieces: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const piece of others) left.set(piece, (left.get(piece) ?? 0) + 1);
  return pieces.filter((piece) => {
    const count = left.get(piece) ?? 0;
    left.set(piece, count - 1);
    return count <= 0;
  });
}

async function countWords(pieces: readonly string[], signal: AbortSignal): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  await inTurns(pieces, { signal, size: (piece) => piece.length }, (piece) => {
    for (const { text } of splitWords(piece)) {
      const word = text.toLowerCase();
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  });
  return counts;
}

function dice(left: ReadonlyMap<string, number>, right: ReadonlyMap<string, number>): number {
  const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0);
  const total = sum(left) + sum(right);
  if (total === 0) return 1;
  let shared = 0;
  for (const [word, count] of left) shared += Math.min(count, right.get(word) ?? 0);
  return (2 * shared) / total;
}
