/** The one place that supplies chance, and the ids made from it. */
import { randomFillSync } from "node:crypto";

/** Where the runtime takes chance from, for ids and pauses before retries. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
}

export const systemRandom: Random = {
  next() {
    if (left === 0) left = randomFillSync(drawn).length;
    left -= 1;
    return drawn[left]! / 2 ** 32;
  },
};

/** Drawn ahead, since asking the system costs the same for one number as for many. */
const drawn = new Uint32Array(64);
let left = 0;

/** A repeatable source for tests and simulations (mulberry32, T. Ettinger 2017, public domain). */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

/**
 * A new id such as `run_0mb3k9x2ft4q7z8a1c`: prefix, nine characters of time (sortable), nine of chance.
 */
export function newId(prefix: string, source: { nowMs: number; random: Random }): string {
  let time = "";
  let left = Math.max(0, Math.floor(source.nowMs));
  for (let place = 0; place < 9; place++) {
    time = ALPHABET[left % 32] + time;
    left = Math.floor(left / 32);
  }
  let chance = "";
  for (let place = 0; place < 9; place++) chance += ALPHABET[Math.floor(source.random.next() * 32)];
  return `${prefix}_${time}${chance}`;
}

/** When an id was made, in milliseconds since 1970; null for what is no such id. */
export function timeOfId(id: string): number | null {
  const digits = id.slice(id.indexOf("_") + 1, id.indexOf("_") + 10);
  if (digits.length < 9) return null;
  let ms = 0;
  for (const digit of digits) {
    const value = ALPHABET.indexOf(digit);
    if (value < 0) return null;
    ms = ms * 32 + value;
  }
  return ms;
}

const SECRET_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const SECRET_CHARS = 43;

/** A text nobody guesses: 43 characters of 6 bits each. */
export function newSecret(random: Random): string {
  let secret = "";
  for (let place = 0; place < SECRET_CHARS; place++) secret += SECRET_ALPHABET[Math.floor(random.next() * 64)];
  return secret;
}
