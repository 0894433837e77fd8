/**
 * The English model of wink-nlp, loaded at first use. Owns: the import, parts of speech, and the question whether a
 * word is an ordinary English word. Must not: be called with whole books at once; callers take turns.
 */

/** A token with its universal part of speech (`NOUN`, `PROPN`, `ADJ` …). */
export interface TaggedWord {
  text: string;
  tag: string;
}

export interface EnglishModel {
  tag(text: string): TaggedWord[];
  /** Those of the lower-case words that stand in the model's dictionary of ordinary words; it holds no names. */
  ordinary(words: Iterable<string>): Set<string>;
}

let loading: Promise<EnglishModel> | undefined;

export function loadEnglishModel(): Promise<EnglishModel> {
  loading ??= importModel();
  return loading;
}

/** The model numbers each word it doesn't know and keeps it; after so many it is made anew, so that memory stays bounded. */
const MAX_NEW_WORDS = 300_000;

async function importModel(): Promise<EnglishModel> {
  const [{ default: winkNlp }, { default: model }] = await Promise.all([
    import("wink-nlp"),
    import("wink-eng-lite-web-model"),
  ]);
  const create = () => {
    const made = winkNlp(model, ["pos"]);
    // The first word that no dictionary holds gets the first number above the dictionary's.
    const [firstNew = 0] = made.readDoc("zqxjkvw").tokens().out(made.its.uniqueId) as unknown as number[];
    return { wink: made, firstNew };
  };
  let current = create();
  const read = (text: string) => {
    const document = current.wink.readDoc(text);
    const { its } = current.wink;
    const numbers = document.tokens().out(its.uniqueId) as unknown as number[];
    const result = {
      words: document.tokens().out(),
      tags: document.tokens().out(its.pos) as unknown as string[],
      numbers,
    };
    const { firstNew } = current;
    if (numbers.some((number) => number > firstNew + MAX_NEW_WORDS)) current = create();
    return { ...result, firstNew };
  };
  return {
    tag(text) {
      const { words, tags } = read(text);
      return words.map((word, index) => ({ text: word, tag: tags[index] ?? "X" }));
    },
    ordinary(words) {
      const { words: found, numbers, firstNew } = read([...words].join(" "));
      return new Set(found.filter((_, index) => (numbers[index] ?? firstNew) < firstNew));
    },
  };
}
