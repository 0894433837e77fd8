/** The port to what judges a run's result where no condition can. Owns: its shape. */
import type { Allowance, Usage } from "../model/usage.ts";
import type { PromptMark } from "../prompt/prompt.ts";
import type { JsonValue } from "../shared/json.ts";

/** What is judged: a question about a run's output, to be answered with yes or no. */
export interface JudgeRequest {
  goal: string;
  /** Criteria with their questions. */
  criteria: { name: string; question: string }[];
  output: JsonValue;
}

export interface Judgement {
  /** One for each criterion, in order. */
  verdicts: { met: boolean; evidence: string }[];
  usage: Usage;
  /** USD; null where the price is unknown. */
  costUsd: number | null;
  model: string;
  prompt: PromptMark;
}

export interface Judge {
  /** What judging may use at most, within what is left; null where too little is. */
  reserve(request: JudgeRequest, left: Allowance): Allowance | null;
  /** Throws MODEL_ codes. */
  judge(request: JudgeRequest, options: { signal: AbortSignal; allowance: Allowance }): Promise<Judgement>;
}
