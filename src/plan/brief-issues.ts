/**
 * Keeps what issues say short: they go to the model, the journal and a person, and repeat parts of a plan that
 * anybody wrote. Owns: the caps. Must not: judge, or change paths and fixes.
 */
import type { Issue } from "../error/issue.ts";
import { cutText } from "../shared/cut-text.ts";

/** Issues beyond one for each step. */
const MOST_EXTRA_ISSUES = 100;

/** UTF-16 code units of a message or a hint. */
const LONGEST_WORDS = 1_000;

/**
 * The same issues with words of at most 1,000 characters each, in well-formed UTF-16 (what they repeat may not be);
 * at most 100 more than there are steps, errors before warnings where some have to go.
 */
export function briefIssues(issues: readonly Issue[], steps = 0): Issue[] {
  const most = MOST_EXTRA_ISSUES + steps;
  const errors = issues.length > most ? issues.filter(({ severity }) => severity === "error") : [];
  const kept = errors.length > 0 ? errors : issues;
  return kept.slice(0, most).map((issue) => ({ ...issue, message: brief(issue.message), hint: brief(issue.hint) }));
}

function brief(words: string): string {
  return cutText(words, LONGEST_WORDS).toWellFormed();
}
