/** Types of the package `vader-sentiment` (CommonJS), which ships none. */
declare module "vader-sentiment" {
  const vader: {
    SentimentIntensityAnalyzer: {
      /** `compound` is -1 to 1; the others are shares that add up to 1. */
      polarity_scores(text: string): { compound: number; pos: number; neu: number; neg: number };
    };
  };
  export = vader;
}
