/**
 * Names for messages about names that lead nowhere. Owns: the bounds of that work, so that a plan full of bad names is
 * refused as fast as a good one is accepted. Must not: judge.
 */
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import { listed } from "./schema-describe.ts";

/** How many bad names of one decision get a suggestion and a list of the names there are. */
const MOST_ADVISED = 50;

/** Candidates that a name is compared with. */
const MOST_CANDIDATES = 2_000;

export interface Advice {
  /** The likeliest name, or null. */
  name: string | null;
  /** `Did you mean 'x'?` after a space, or nothing. */
  words: string;
}

export interface StepNames {
  /** Whether bad names still get advice; one question is spent with each call of `advise`. */
  advise(): boolean;
  /** `Steps: a, b.` without the reader itself. */
  list(reader: string | null): string;
  /** The step that a name was probably meant to be, not the reader itself. */
  suggest(name: string, reader: string | null): Advice;
}

/** `ids` are those that may be referred to; asked for only where a name is bad. */
export function createStepNames(ids: () => string[]): StepNames {
  let known: string[] | null = null;
  let left = MOST_ADVISED;
  const names = (): string[] => {
    known ??= ids();
    return known;
  };
  return {
    advise() {
      left -= 1;
      return left >= 0;
    },
    list(reader) {
      const others = names().filter((id) => id !== reader);
      return others.length === 0 ? "There is no other step." : `Steps: ${listed(others)}.`;
    },
    suggest: (name, reader) =>
      suggestName(
        name,
        names().filter((id) => id !== reader),
      ),
  };
}

/**
 * The likeliest name out of the first 2,000 candidates. Names that differ in nothing but a number (`step1`, `step2`)
 * are other names, not mistyped ones.
 */
export function suggestName(word: string, candidates: readonly string[]): Advice {
  const withoutDigits = (text: string): string => text.replace(/[0-9]+/g, "");
  const plain = withoutDigits(word);
  const others = candidates.slice(0, MOST_CANDIDATES).filter((candidate) => withoutDigits(candidate) !== plain);
  const name = didYouMean(word, others);
  return { name, words: meantName(name) };
}
