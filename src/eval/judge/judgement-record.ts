/** What is kept of one judgement: enough to score with it again without asking. Owns: the shape of its line. */
import { z } from "zod";
import { usageSchema } from "../../journal/decision-log-entry.ts";
import { trialKey } from "../trial-record.ts";
import type { JudgeIdentity } from "./calibrate.ts";
import { ABSTENTIONS } from "./rubric.ts";

export const judgementRecordSchema = z.strictObject({
  v: z.literal(1),
  kind: z.literal("judgement"),
  judge: z.string(),
  case: z.string(),
  variant: z.string(),
  trial: z.int().min(1),
  /** A judgement holds for this rubric, model, prompt and text alone. */
  rubricHash: z.string(),
  model: z.string(),
  promptHash: z.string(),
  textsHash: z.string(),
  label: z.string().nullable(),
  abstention: z.enum(ABSTENTIONS).nullable(),
  quotes: z.array(z.string()),
  reason: z.string(),
  usage: usageSchema,
  /** Null where the price is unknown. */
  costUsd: z.number().min(0).nullable(),
  /** Models that answered, as their providers gave their names. */
  answeredBy: z.array(z.string()),
});
export type JudgementRecord = z.infer<typeof judgementRecordSchema>;

/** Judgements that are there, by judge and trial. */
export interface Judgements {
  /** Null where none is of this identity and these words. */
  find(asked: AskedJudgement): JudgementRecord | null;
  add(record: JudgementRecord): void;
  /** By whom the judge's last judgement with this rubric was made; null where there is none. */
  lastIdentity(judge: string, rubricHash: string): JudgeIdentity | null;
}

export interface AskedJudgement {
  judge: string;
  trial: { case: string; variant: string; trial: number };
  identity: JudgeIdentity;
  textsHash: string;
}

export function collectJudgements(records: Iterable<JudgementRecord>): Judgements {
  const known = new Map<string, JudgementRecord>();
  const identities = new Map<string, JudgeIdentity>();
  const keyOf = ({ judge, trial, identity, textsHash }: AskedJudgement): string =>
    [judge, trialKey(trial), identity.rubricHash, identity.model, identity.promptHash, textsHash].join(" ");
  const add = (record: JudgementRecord): void => {
    const { judge, rubricHash, model, promptHash, textsHash } = record;
    const identity = { rubricHash, model, promptHash };
    known.set(keyOf({ judge, trial: record, identity, textsHash }), record);
    identities.set(`${judge} ${rubricHash}`, identity);
  };
  for (const record of records) add(record);
  return {
    add,
    find: (asked) => known.get(keyOf(asked)) ?? null,
    lastIdentity: (judge, rubricHash) => identities.get(`${judge} ${rubricHash}`) ?? null,
  };
}
