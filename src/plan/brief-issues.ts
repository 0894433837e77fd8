/**
 * Keeps what issues say short: they go to the model, the journal and a person, and repeat parts of a plan that
 * anybody wrote. Owns: the caps. Must not: judge, or change paths and fixes.
 */
import type { Issue } from "../error/issue.ts";

/** UTF-16 code units of a message or a hint. */
const LONGEST_WORDS = 1_000;

/** The same issues with words of at most 1,000 characters each, in well-formed UTF-16 (a cut can halve a character). */
export function briefIssues(issues: readonly Issue[]): Issue[] {
  return issues.map((issue) => ({ ...issue, message: brief(issue.message), hint: brief(issue.hint) }));
}

function brief(words: string): string {
  const short = words.length <= LONGEST_WORDS ? words : `${words.slice(0, LONGEST_WORDS - 1)}…`;
  return short.toWellFormed();
}
