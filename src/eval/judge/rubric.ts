/** What a judge is asked and what it says. Owns: the shapes of rubrics and judgements. */
import { z } from "zod";
import type { Usage } from "../../model/usage.ts";
import { hashJson } from "../../shared/hash.ts";
import type { Score } from "../score.ts";

/** The label of a judge that can't tell; no rubric may have it. */
export const ABSTAIN = "abstain";

const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/);
const question = z.string().min(1).max(2_000);

const labelSchema = z.strictObject({
  label: z.string().trim().min(1).max(60),
  /** When it applies, in words that two people would understand alike. */
  description: z.string().min(1).max(1_000),
  /** What the label is worth, 0 to 1. */
  score: z.number().min(0).max(1),
});

function plainLabel({ label }: { label: string }): string {
  return label.toLowerCase();
}

export const rubricSchema = z
  .strictObject({
    name,
    question,
    labels: z.array(labelSchema).min(2).max(10),
    /** The label that calibration counts as positive. */
    positive: z.string(),
  })
  // Models don't keep to upper and lower case, so that labels must differ without it.
  .refine(({ labels }) => new Set(labels.map(plainLabel)).size === labels.length, "a label is there twice")
  .refine(({ labels }) => labels.every((one) => plainLabel(one) !== ABSTAIN), `'${ABSTAIN}' is no label of a rubric`)
  .refine(({ labels, positive }) => labels.some(({ label }) => label === positive), "positive is none of the labels");
export type Rubric = z.infer<typeof rubricSchema>;

/** Which of two texts answers the question better. */
export const pairRubricSchema = z.strictObject({ name, question, pair: z.literal(true) });
export type PairRubric = z.infer<typeof pairRubricSchema>;

export type AnyRubric = Rubric | PairRubric;

export const PAIR_LABELS = ["first", "second", "tie"] as const;
export type PairLabel = (typeof PAIR_LABELS)[number];

export function isPairRubric(rubric: AnyRubric): rubric is PairRubric {
  return "pair" in rubric;
}

export function labelNames(rubric: AnyRubric): readonly string[] {
  return isPairRubric(rubric) ? PAIR_LABELS : rubric.labels.map(({ label }) => label);
}

/** Changes with every word of the rubric: a calibration holds for one hash alone. */
export function rubricHash(rubric: AnyRubric): string {
  return hashJson(rubric);
}

/** Why there is no label: the judge said so, quoted what isn't there, answered twice unusably, or changed with the order. */
export const ABSTENTIONS = ["said-so", "quote", "answer", "order"] as const;
export type Abstention = (typeof ABSTENTIONS)[number];

export interface Judgement<L extends string = string> {
  /** Null where the judge abstains. */
  label: L | null;
  abstention: Abstention | null;
  /** Passages of the judged text, each exactly as it stands there. */
  quotes: string[];
  reason: string;
  usage: Usage;
  /** Null where the price is unknown. */
  costUsd: number | null;
}

/** Of the first of two texts. */
const PAIR_SCORES: ReadonlyMap<string | null, number> = new Map([
  ["first", 1],
  ["tie", 0.5],
  ["second", 0],
]);

/** What a judgement is worth, for a pair to its first text; null where the judge abstained. */
export function judgementScore(
  judgement: Pick<Judgement, "label" | "abstention" | "quotes" | "reason">,
  rubric: AnyRubric,
): Score {
  const { label, abstention, quotes, reason } = judgement;
  const score = isPairRubric(rubric)
    ? PAIR_SCORES.get(label)
    : rubric.labels.find((known) => known.label === label)?.score;
  if (score === undefined) return { score: null, evidence: [`the judge abstained (${abstention}): ${reason}`] };
  return { score, evidence: [`${label}: ${reason}`, ...quotes.map((quote) => `quote: ${JSON.stringify(quote)}`)] };
}
