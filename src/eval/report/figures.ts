/** How figures are written in every form of a report. Owns: digits, and that no difference stands without its interval. */
import type { Comparison, EvalReport, GateResult, ReportJudge, ReportVariant, ScoreEstimate } from "./eval-report.ts";

export function figure(value: number | null, digits = 3): string {
  if (value === null) return "–";
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : text;
}

export function signed(value: number): string {
  const text = figure(value);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

export function intervalText(low: number | null, high: number | null): string {
  return low === null || high === null ? "[too few clusters]" : `[${figure(low)}, ${figure(high)}]`;
}

/** `0.930 [0.890, 0.970]`; a dash where the question arose in no trial. */
export function estimateText({ mean, low, high, n }: ScoreEstimate): string {
  return n === 0 || mean === null ? "–" : `${figure(mean)} ${intervalText(low, high)}`;
}

export function countText({ n, notApplicable, clusters }: ScoreEstimate): string {
  const without = notApplicable === 0 ? "" : `, not applicable in ${notApplicable}`;
  return `${n} trials in ${clusters} ${clusters === 1 ? "cluster" : "clusters"}${without}`;
}

/** `57`, or `57 + 3 in part` where the scorer does not apply to the same trials on both sides. */
export function pairsText({ n, unsure }: Pick<Comparison, "n" | "unsure">): string {
  return unsure === 0 ? String(n) : `${n} + ${unsure} in part`;
}

/** `no evidence (this suite would show 0.050 or more)`. */
export function verdictText({
  verdict,
  smallestEffect,
  unsure,
}: Pick<Comparison, "verdict" | "smallestEffect" | "unsure">): string {
  if (verdict !== "no-evidence") return verdict;
  if (unsure > 0) {
    const cases = unsure === 1 ? "1 case" : `${unsure} cases`;
    return `no evidence (in ${cases} it applies to different trials, and they could turn it round)`;
  }
  if (smallestEffect === null) return "no evidence (too little varies, or too few clusters, to show any difference)";
  return `no evidence (this suite would show ${figure(smallestEffect)} or more)`;
}

export function differenceText({ difference, low, high }: Pick<Comparison, "difference" | "low" | "high">): string {
  return `${signed(difference)} ${intervalText(low, high)}`;
}

/** How a report calls its scorers: a judge is told from what is computed, and an uncalibrated one from others. */
export function scorerNames({ judges }: Pick<EvalReport, "judges">): (scorer: string) => string {
  const names = new Map(
    judges.map(({ id, calibration }) => [id, `${id} (${calibration === null ? "uncalibrated judge" : "judge"})`]),
  );
  return (scorer) => names.get(scorer) ?? scorer;
}

/** One line: who judged, how often it abstained, what it cost, and how far it may be trusted. */
export function judgeText(judge: ReportJudge): string {
  const { id, rubric, model, of, against, judged, abstained, tokens, costUsd, calibration } = judge;
  const what = against === null ? of : `${of} against ${against === "reference" ? "the reference" : against}`;
  const cost = `${figure(tokens, 0)} tokens${costUsd === null ? "" : `, ${figure(costUsd, 5)} USD`}`;
  const trust =
    calibration === null
      ? "uncalibrated"
      : `calibrated on ${calibration.n} texts: agreement ${figure(calibration.agreement)}, Cohen's kappa ${figure(calibration.kappa)}`;
  return `${id}: ${model ?? "nobody"} judges the ${what} by ${rubric}; ${judged} judgements, ${abstained} abstentions, ${cost}; ${trust}`;
}

/** `12 cases, 24 trials: 24 scored, 0 errors, 0 not run`. */
export function countsText({ cases, trials, scored, errors, skipped, unjudged }: EvalReport["counts"]): string {
  const without = unjudged === 0 ? "" : `, ${unjudged} judgements missing`;
  return `${cases} cases, ${trials} trials: ${scored} scored, ${errors} errors, ${skipped} not run${without}`;
}

/** `over 60 trials, 58 of them with 0 where it did not apply`. */
function gateScope({ kind, n, asZero, unknown }: GateResult): string {
  const counted = `over ${n} ${kind === "absolute" ? "trials" : "cases"}`;
  const zeros = asZero === 0 ? "" : `, ${asZero} of them with 0 where it did not apply`;
  return counted + zeros + (unknown === 0 ? "" : `, ${unknown} more are not in the baseline`);
}

export function gateText(gate: GateResult): string {
  const { variant, scorer, kind, threshold, bound, passed } = gate;
  const wanted =
    kind === "absolute"
      ? `the interval of ${scorer} begins at ${figure(bound)}, wanted ${figure(threshold)} or more`
      : `against the baseline ${scorer} may have lost ${figure(bound === null ? null : Math.max(0, -bound))}, allowed ${figure(threshold)}`;
  return `${passed ? "passed" : "failed"}: ${variant}: ${wanted}, ${gateScope(gate)}`;
}

const MEASURE_WORDS = {
  tokens: "tokens",
  costUsd: "USD",
  modelCalls: "model calls",
  latencyMs: "ms of model time",
  replans: "replans",
} as const;

/** `tokens 900, model calls 1`: means per trial; what was not measured, or has no price, is left out. */
export function measuresText({ measures }: Pick<ReportVariant, "measures">): string {
  const known = Object.entries(MEASURE_WORDS).flatMap(([name, words]) => {
    const mean = measures[name as keyof typeof MEASURE_WORDS]?.mean ?? null;
    return mean === null ? [] : [`${figure(mean, name === "costUsd" ? 5 : 1)} ${words}`];
  });
  return known.join(", ");
}

export function successText({ passAtK, passHatK }: Pick<ReportVariant, "passAtK" | "passHatK">): string {
  const part = (name: string, rates: Record<string, number>): string[] =>
    Object.entries(rates).map(([k, rate]) => `${name}${k} ${figure(rate)}`);
  return [...part("pass@", passAtK), ...part("pass^", passHatK)].join(", ");
}

/** Scorers with anything to say, in the report's order. */
export function scorersOf(variants: readonly ReportVariant[]): string[] {
  return [...new Set(variants.flatMap(({ scores }) => Object.keys(scores)))];
}
