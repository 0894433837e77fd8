/** Counts of a run's calls and steps by status. Owns: what is counted. */

/** Ready calls by what may hold them back: the step budget (unless free), a failure elsewhere (unless they read). */
export const READY_KINDS = {
  freeRead: { isFree: true, isRead: true },
  freeEffect: { isFree: true, isRead: false },
  freshRead: { isFree: false, isRead: true },
  freshEffect: { isFree: false, isRead: false },
} as const;
export type ReadyKind = keyof typeof READY_KINDS;

export const READY_KIND_NAMES = Object.keys(READY_KINDS) as readonly ReadyKind[];

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
