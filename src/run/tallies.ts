/** Counts of a run's calls and steps by status. Owns: what is counted. */

/** Ready calls by what may hold them back: the step budget (`fresh`), a failure elsewhere (`Effect`). */
export type ReadyKind = "freeRead" | "freeEffect" | "freshRead" | "freshEffect";

export interface Tallies {
  ready: Record<ReadyKind, number>;
  running: number;
  retrying: number;
  waiting: number;
  unknown: number;
  unsettled: number;
  toReplan: number;
  fatal: number;
}

export function emptyTallies(): Tallies {
  return {
    ready: { freeRead: 0, freeEffect: 0, freshRead: 0, freshEffect: 0 },
    running: 0,
    retrying: 0,
    waiting: 0,
    unknown: 0,
    unsettled: 0,
    toReplan: 0,
    fatal: 0,
  };
}
