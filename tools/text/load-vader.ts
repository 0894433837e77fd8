/** The sentiment lexicon, loaded at first use. Owns: the import and its shape. */

/** Compound polarity of a sentence, -1 to 1 (C. Hutto and E. Gilbert, "VADER", 2014). */
export type RatePolarity = (sentence: string) => number;

interface VaderModule {
  SentimentIntensityAnalyzer: { polarity_scores(text: string): { compound: number } };
}

let loading: Promise<RatePolarity> | undefined;

export function loadVader(): Promise<RatePolarity> {
  loading ??= importVader();
  return loading;
}

async function importVader(): Promise<RatePolarity> {
  // The package ships no types, so it is loaded by a name that the compiler doesn't look up.
  const name: string = "vader-sentiment";
  const module = (await import(name)) as { default: VaderModule };
  const analyzer = module.default.SentimentIntensityAnalyzer;
  return (sentence) => analyzer.polarity_scores(sentence.slice(0, 1_000)).compound;
}
