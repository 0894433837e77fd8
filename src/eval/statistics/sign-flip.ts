/** Two variants on the same cases, whose scores may be anything. Owns: the permutation test over clusters. */
import type { Random } from "../../shared/random.ts";

/** Up to so many clusters every way to flip signs is tried; beyond, a sample of them. */
const ALL_WAYS = 14;
const DRAWS = 9_999;

/**
 * Two-sided p-value of the sum of cluster differences: under no difference, baseline and variant could be exchanged in
 * any cluster as a whole, which flips its sign. Exact up to 14 clusters, else (1 + as extreme) / (1 + drawn).
 *
 * Sources: R. A. Fisher, "The Design of Experiments" (1935), section 21; blocks of exchangeable errors: A. Winkler et
 * al., "Permutation inference for the general linear model" (2014); the sampled p-value: B. Phipson, G. Smyth (2010).
 */
export function signFlipTest(sums: readonly number[], random: Random): number {
  const observed = Math.abs(sums.reduce((total, sum) => total + sum, 0));
  const spread = sums.reduce((total, sum) => total + Math.abs(sum), 0);
  if (spread === 0) return 1;
  // Sums of the same numbers in another order differ in their last digits.
  const least = observed - spread * 1e-12;
  return sums.length <= ALL_WAYS ? shareOfAll(sums, least) : shareOfDrawn(sums, least, random);
}

function shareOfAll(sums: readonly number[], least: number): number {
  const ways = 2 ** sums.length;
  let extreme = 0;
  for (let way = 0; way < ways; way++) {
    let total = 0;
    for (const [place, sum] of sums.entries()) total += (way >>> place) & 1 ? sum : -sum;
    if (Math.abs(total) >= least) extreme += 1;
  }
  return extreme / ways;
}

function shareOfDrawn(sums: readonly number[], least: number, random: Random): number {
  const tables = subsetTotals(sums);
  let extreme = 0;
  for (let draw = 0; draw < DRAWS; draw++) {
    if (Math.abs(drawTotal(tables, random)) >= least) extreme += 1;
  }
  return (1 + extreme) / (1 + DRAWS);
}

/** For each eight clusters the total under every way to flip their signs, so that a draw is one look-up for eight. */
function subsetTotals(sums: readonly number[]): Float64Array[] {
  return Array.from({ length: Math.ceil(sums.length / 8) }, (_, table) => {
    const group = sums.slice(table * 8, table * 8 + 8);
    return new Float64Array(256).map((_, way) =>
      group.reduce((total, sum, place) => total + ((way >> place) & 1 ? sum : -sum), 0),
    );
  });
}

/** One number gives the signs for three tables: it has 32 random bits, of which the upper are the better ones. */
function drawTotal(tables: readonly Float64Array[], random: Random): number {
  let total = 0;
  let bits = 0;
  for (let table = 0; table < tables.length; table++) {
    if (table % 3 === 0) bits = Math.floor(random.next() * 2 ** 24);
    total += tables[table]![bits & 255]!;
    bits >>>= 8;
  }
  return total;
}
