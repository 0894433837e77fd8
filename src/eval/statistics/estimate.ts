/** Figures with their uncertainty. Owns: the shapes that statistics take and give. */

/** One scored trial. Trials of a cluster (one document, one template, one case) resemble each other. */
export interface Observation {
  value: number;
  cluster: string;
}

/** A mean and its 95 % interval. `low`, `high` and `standardError` are null where there are too few clusters to say. */
export interface Estimate {
  mean: number;
  low: number | null;
  high: number | null;
  standardError: number | null;
  /** Observations. */
  n: number;
  clusters: number;
  method: "student-t" | "wilson" | "none";
}

/** The same case under both variants, each the mean of its trials. */
export interface CasePair {
  case: string;
  cluster: string;
  baseline: number;
  variant: number;
}

export const VERDICTS = ["better", "worse", "no-evidence"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** A variant against a baseline on the same cases, for one scorer, before other scorers are taken into account. */
export interface PairedComparison {
  /** Mean of variant − baseline. */
  difference: number;
  /** 95 % cluster bootstrap interval of the difference; null with fewer than two clusters, or than six that all agree. */
  low: number | null;
  high: number | null;
  /** Two-sided; 1 where nothing can be told. */
  p: number;
  test: "mcnemar" | "sign-flip" | "none";
  /** The smallest true difference that this many clusters would show in 8 of 10 experiments; null with fewer than two. */
  smallestEffect: number | null;
  n: number;
  clusters: number;
}

export interface JudgedComparison extends PairedComparison {
  /** Holm's step-down over all comparisons that are looked at together. */
  pAdjusted: number;
  verdict: Verdict;
}
