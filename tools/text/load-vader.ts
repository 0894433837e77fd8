/** The sentiment lexicon, loaded at first use. Owns: the import and its shape. */

/** Compound polarity of a sentence, -1 to 1 (C. Hutto and E. Gilbert, "VADER", 2014). */
export type RatePolarity = (sentence: string) => number;

let loading: Promise<RatePolarity> | undefined;

export function loadVader(): Promise<RatePolarity> {
  loading ??= importVader();
  return loading;
}

async function importVader(): Promise<RatePolarity> {
  const { default: vader } = await import("vader-sentiment");
  const analyzer = vader.SentimentIntensityAnalyzer;
  return (sentence) => analyzer.polarity_scores(sentence.slice(0, 1_000)).compound;
}
