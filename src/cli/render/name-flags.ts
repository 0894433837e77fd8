/**
 * Says in a hint which flag or command of the terminal stands for a field. Owns: that mapping, so that the core names
 * what its callers in code have. Must not: change anything else of a hint.
 */

const FLAGS: readonly (readonly [field: string, flag: string])[] = [
  ["budget.maxSteps", "--max-steps"],
  ["budget.maxReplans", "--max-replans"],
  ["budget.maxSeconds", "--max-seconds"],
  ["budget.maxTokens", "--max-tokens"],
  ["budget.maxCostUsd", "--max-cost-usd"],
  ['approve: "none"', "--approve ask"],
  ["the run's result", "planwright runs show"],
  ["the run's events", "planwright runs watch"],
];

/** `Raise budget.maxSteps.` becomes `Raise budget.maxSteps (--max-steps).` */
export function nameFlags(hint: string): string {
  return FLAGS.reduce((text, [field, flag]) => text.replace(field, () => `${field} (${flag})`), hint);
}
