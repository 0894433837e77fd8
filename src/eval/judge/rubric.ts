/** What a judge is asked and what it says. Owns: the shapes of rubrics and judgements. */
import { z } from "zod";
import type { Usage } from "../../model/usage.ts";
import { hashJson } from "../../shared/hash.ts";
import type { Score } from "../score.ts";

/** The label of a judge that can't tell; no rubric may have it. */
export const ABSTAIN = "abstain";

const labelSchema = z.strictObject({
  label: z.string().trim().min(1).max(60),
  /** When it applies, in words that two people would understand alike. */
  description: z.string().min(1).max(1_000),
  /** What the label is worth, 0 to 1. */
  score: z.number().min(0).max(1),
});

export const rubricSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
    question: z.string().min(1).max(2_000),
    labels: z.array(labelSchema).min(2).max(10),
    /** The label that calibration counts as positive. */
    positive: z.string(),
  })
  .refine(({ labels }) => new Set(labels.map(({ label }) => label)).size === labels.length, "a label is there twice")
  .refine(({ labels }) => labels.every(({ label }) => label !== ABSTAIN), `'${ABSTAIN}' is no label of a rubric`)
  .refine(({ labels, positive }) => labels.some(({ label }) => label === positive), "positive is none of the labels");
export type Rubric = z.infer<typeof rubricSchema>;

/** Changes with every word of the rubric: a calibration holds for one hash alone. */
export function rubricHash(rubric: Rubric): string {
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

/** What a judgement is worth; null where the judge abstained. */
export function judgementScore(judgement: Judgement, rubric: Rubric): Score {
  const known = rubric.labels.find(({ label }) => label === judgement.label);
  if (known === undefined) {
    return { score: null, evidence: [`the judge abstained (${judgement.abstention}): ${judgement.reason}`] };
  }
  const quotes = judgement.quotes.map((quote) => `quote: ${JSON.stringify(quote)}`);
  return { score: known.score, evidence: [`${known.label}: ${judgement.reason}`, ...quotes] };
}
