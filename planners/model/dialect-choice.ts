/**
 * Which dialect a model is asked in. Owns: what a provider refused, per model and schema, for the planner's lifetime.
 * Must not: call the model.
 */
import type { Dialect } from "../../src/dialect/dialect.ts";
import { PlanwrightError } from "../../src/error/planwright-error.ts";

/** Refusals that are remembered; a run with other tools has another schema. */
const MOST_REFUSALS = 1_000;

export interface DialectChoice {
  /** The best that was not refused; the last one where all were. Throws CONFIG_INVALID where there is none at all. */
  pick(dialects: readonly Dialect[]): Dialect;
  /** True where another one is left to try. */
  refuse(dialect: Dialect, dialects: readonly Dialect[]): boolean;
  /** Takes refusals back. */
  allow(dialects: readonly Dialect[]): void;
}

export function createDialectChoice(model: string): DialectChoice {
  const refused = new Set<string>();
  const isRefused = (dialect: Dialect): boolean => refused.has(keyOf(dialect));
  const pick = (dialects: readonly Dialect[]): Dialect => {
    const best = dialects.find((dialect) => !isRefused(dialect)) ?? dialects.at(-1);
    if (best !== undefined) return best;
    throw new PlanwrightError("CONFIG_INVALID", `The model '${model}' can be asked in no dialect.`, {
      hint: "Its adapter must offer at least the format 'text'.",
    });
  };
  return {
    pick,
    refuse(dialect, dialects) {
      const [oldest] = refused;
      if (refused.size >= MOST_REFUSALS && oldest !== undefined) refused.delete(oldest);
      refused.add(keyOf(dialect));
      return !isRefused(pick(dialects));
    },
    allow: (dialects) => {
      for (const dialect of dialects) refused.delete(keyOf(dialect));
    },
  };
}

function keyOf({ name, schemaHash }: Dialect): string {
  return `${name} ${schemaHash}`;
}
