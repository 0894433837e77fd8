/** A few at once, the others in the order in which they came. Owns: the waiting line. */

export interface Turns {
  /** Runs `work` as soon as fewer than the given number are at work. */
  take<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createTurns(atOnce: number): Turns {
  const waiting: (() => void)[] = [];
  let active = 0;
  return {
    async take(work) {
      if (active >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
      else active++;
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next === undefined) active--;
        else next();
      }
    },
  };
}
