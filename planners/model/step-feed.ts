/**
 * Hands on the steps of a plan while it is being written (KERNEL 12). Owns: that no step is handed on twice, also where
 * a broken stream starts again. Must not: judge steps.
 */
import type { Dialect } from "../../src/dialect/dialect.ts";
import { canonicalJson, type JsonValue } from "../../src/shared/json.ts";

export interface StepFeed {
  onText(piece: string): void;
  /** What was written so far is void; it is written again from the beginning. */
  onRestart(): void;
}

export function createStepFeed(dialect: Dialect, onStep: (step: JsonValue) => void): StepFeed {
  const handed: string[] = [];
  let reader = dialect.createStepReader();
  let place = 0;
  let isDifferent = false;
  /** A second writing that differs is known whole at its end; more of it beside what was handed on would mix the two. */
  const take = (step: JsonValue): void => {
    const text = canonicalJson(step);
    const before = handed[place++];
    isDifferent ||= before !== undefined && before !== text;
    if (isDifferent || before !== undefined) return;
    handed.push(text);
    onStep(step);
  };
  return {
    onText: (piece) => {
      for (const step of reader.push(piece)) take(step);
    },
    onRestart: () => {
      reader = dialect.createStepReader();
      place = 0;
    },
  };
}
