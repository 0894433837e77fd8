/** Chance for fuzzing: everything follows from one number, which is all that a failure has to print. */
import { seededRandom } from "../../src/shared/random.ts";

export interface Dice {
  /** A whole number from 0 to `below` - 1. */
  number(below: number): number;
  chance(probability: number): boolean;
  pick<Value>(values: readonly Value[]): Value;
}

export function createDice(seed: number): Dice {
  const random = seededRandom(seed);
  const number = (below: number): number => Math.floor(random.next() * below);
  return {
    number,
    chance: (probability) => random.next() < probability,
    pick: (values) => values[number(values.length)]!,
  };
}

export interface Span {
  seed: number;
  /** Cases to try. */
  count: number;
  /** Stops early when it says so; for time budgets. */
  isOver?: () => boolean;
}

/** Tries `count` cases, each with dice of its own; a failure names the seed that repeats it alone. Gives how many ran. */
export function tryCases(span: Span, attempt: (dice: Dice) => void): number {
  let tried = 0;
  for (; tried < span.count && span.isOver?.() !== true; tried++) {
    const seed = (span.seed + tried * 7_919) >>> 0;
    try {
      attempt(createDice(seed));
    } catch (cause) {
      throw failureOf(seed, cause);
    }
  }
  return tried;
}

/** As `tryCases`, for cases that take turns. */
export async function tryCasesInTurn(span: Span, attempt: (dice: Dice) => Promise<void>): Promise<number> {
  let tried = 0;
  for (; tried < span.count && span.isOver?.() !== true; tried++) {
    const seed = (span.seed + tried * 7_919) >>> 0;
    try {
      await attempt(createDice(seed));
    } catch (cause) {
      throw failureOf(seed, cause);
    }
  }
  return tried;
}

function failureOf(seed: number, cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Error(`case { seed: ${seed}, count: 1 }: ${message}`, { cause });
}
