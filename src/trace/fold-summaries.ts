/**
 * What many runs did, as if one had done it: their calls and answers by group, once. Pure. Thousands of runs have the same
 * few groups, and every table and metric is made from these.
 */
import { mergeDurations } from "./durations.ts";
import type { AnswerTally, Asked, CallTally, RunSummary } from "./metric.ts";

export interface Folded {
  calls: (CallTally & { workflow: string })[];
  answers: AnswerTally[];
}

export function foldSummaries(summaries: readonly RunSummary[]): Folded {
  const calls = new Map<string, CallTally & { workflow: string }>();
  const answers = new Map<string, AnswerTally>();
  for (const { workflow, ...summary } of summaries) {
    for (const call of summary.calls) {
      const { step, tool, status, asked } = call;
      const key = `${workflow}\u0000${step}\u0000${tool}\u0000${status}\u0000${asked?.model}\u0000${asked?.prompt}`;
      const known = calls.get(key);
      if (known === undefined) calls.set(key, { workflow, ...structuredClone(call) });
      else joinCall(known, call);
    }
    for (const answer of summary.answers) {
      const key = `${answer.model}\u0000${answer.prompt}`;
      const known = answers.get(key);
      if (known === undefined) answers.set(key, structuredClone(answer));
      else joinAnswer(known, answer);
    }
  }
  return { calls: [...calls.values()], answers: [...answers.values()] };
}

function joinCall(into: CallTally, { count, retries, durations, asked }: CallTally): void {
  into.count += count;
  into.retries += retries;
  mergeDurations(into.durations, durations);
  if (into.asked !== undefined && asked !== undefined) joinAsked(into.asked, asked);
}

function joinAnswer(into: AnswerTally, from: AnswerTally): void {
  into.count += from.count;
  into.failures += from.failures;
  into.retries += from.retries;
  mergeDurations(into.durations, from.durations);
  joinAsked(into, from);
}

function joinAsked(into: Asked, from: Asked): void {
  into.modelCalls += from.modelCalls;
  into.inputTokens += from.inputTokens;
  into.outputTokens += from.outputTokens;
  into.costUsd += from.costUsd;
  into.unpriced += from.unpriced;
}
