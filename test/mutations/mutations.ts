/**
 * What is taken out of the product on purpose, one thing at a time, and which tests must then fail:
 * `npm run test:mutations`. Owns: the list. Each `find` stands exactly once in its file, which
 * `mutations.test.ts` holds, so that the list can't rot.
 */
import { kernel } from "./kernel-mutations.ts";
import type { Mutation } from "./mutation.ts";
import { rules } from "./rules-mutations.ts";
import { damage, owners } from "./store-mutations.ts";
import { journalSyncs, otherSyncs, runSyncs } from "./sync-mutations.ts";

export const MUTATIONS: readonly Mutation[] = [
  ...journalSyncs,
  ...otherSyncs,
  ...runSyncs,
  ...damage,
  ...owners,
  ...kernel,
  ...rules,
];
