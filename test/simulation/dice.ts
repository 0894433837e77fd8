/** Chance from a seed: the same seed, the same scenario. */
import { seededRandom } from "../../src/shared/random.ts";

export interface Dice {
  /** A whole number from 0 to `below` - 1. */
  under(below: number): number;
  chance(probability: number): boolean;
  pick<T>(choices: readonly T[]): T;
}

export function createDice(seed: number): Dice {
  const random = seededRandom(seed);
  const under = (below: number): number => Math.floor(random.next() * below);
  return {
    under,
    chance: (probability) => random.next() < probability,
    pick: (choices) => choices[under(choices.length)] as never,
  };
}

/** A number from a text: what a tool does must depend on the call alone, not on when it is made. */
export function seedOf(...parts: (string | number | null)[]): number {
  let state = 2_166_136_261;
  for (const character of parts.join("|")) state = Math.imul(state ^ character.charCodeAt(0), 16_777_619) >>> 0;
  return state;
}
