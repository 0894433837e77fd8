/** How far a judge agrees with people. Owns: agreement, kappa, and the rates of right answers for one label. */

export interface LabelledPair {
  /** What a person said. */
  label: string;
  /** What the judge said; null where it abstained. */
  judgement: string | null;
}

export interface Agreement {
  /** Pairs with a judgement: all other figures are of these. */
  n: number;
  abstained: number;
  /** Share of the same labels; null without a judgement. */
  agreement: number | null;
  /** Agreement beyond chance: 1 is full, 0 is chance; null where chance alone would agree always. */
  kappa: number | null;
  /** Of those that people gave the positive label, the share that the judge did as well; null where there is none. */
  truePositiveRate: number | null;
  /** Of those that people gave another label, the share that the judge did as well; null where there is none. */
  trueNegativeRate: number | null;
}

/** Source of kappa: J. Cohen, "A Coefficient of Agreement for Nominal Scales" (1960). */
export function measureAgreement(pairs: readonly LabelledPair[], positive: string): Agreement {
  const judged = pairs.filter((pair): pair is { label: string; judgement: string } => pair.judgement !== null);
  const n = judged.length;
  const same = judged.filter(({ label, judgement }) => label === judgement).length;
  const byChance = n === 0 ? 1 : chanceAgreement(judged);
  const positives = judged.filter(({ label }) => label === positive);
  const negatives = judged.filter(({ label }) => label !== positive);
  return {
    n,
    abstained: pairs.length - n,
    agreement: share(same, n),
    kappa: n === 0 || byChance === 1 ? null : (same / n - byChance) / (1 - byChance),
    truePositiveRate: share(positives.filter(({ judgement }) => judgement === positive).length, positives.length),
    trueNegativeRate: share(negatives.filter(({ judgement }) => judgement !== positive).length, negatives.length),
  };
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function chanceAgreement(judged: readonly { label: string; judgement: string }[]): number {
  const names = new Set(judged.flatMap(({ label, judgement }) => [label, judgement]));
  let products = 0;
  for (const name of names) {
    const labelled = judged.filter(({ label }) => label === name).length;
    const given = judged.filter(({ judgement }) => judgement === name).length;
    products += labelled * given;
  }
  return products / judged.length ** 2;
}
