/**
 * Holds the checker to its word about fixes. Owns: trying each fix and dropping those that don't keep it.
 */
import type { Issue } from "../error/issue.ts";
import { PlanwrightError } from "../error/planwright-error.ts";
import { applyFix } from "./apply-fix.ts";
import { type Decision, decisionSchema } from "./decision.ts";

/** Further fixes are not tried, and so not offered: what has more issues is planned again, not patched. */
const MOST_ISSUES = 500;
const MOST_TRIED = 20;
const MOST_STEPS = 300;

/** The issues, with `fix: null` where a fix would leave its issue or bring an error that was not there. */
export function keepGoodFixes(
  issues: readonly Issue[],
  decision: Decision,
  check: (fixed: Decision) => Issue[],
): Issue[] {
  const isSmall = (decision.kind !== "plan" || decision.steps.length <= MOST_STEPS) && issues.length <= MOST_ISSUES;
  const before = countErrors(issues);
  let tried = 0;
  return issues.map((issue) => {
    if (issue.fix === null) return issue;
    tried += 1;
    const isGood = isSmall && tried <= MOST_TRIED && keepsItsWord(issue, { decision, before, check });
    return isGood ? issue : { ...issue, fix: null };
  });
}

interface Trial {
  decision: Decision;
  before: ReadonlyMap<string, number>;
  check: (fixed: Decision) => Issue[];
}

function keepsItsWord(issue: Issue, { decision, before, check }: Trial): boolean {
  const fixed = tryFix(decision, issue);
  if (fixed === null) return false;
  const after = check(fixed);
  if (after.some((one) => isSame(one, issue))) return false;
  return [...countErrors(after)].every(([key, count]) => count <= (before.get(key) ?? 0));
}

function tryFix(decision: Decision, issue: Issue): Decision | null {
  try {
    const parsed = decisionSchema.safeParse(applyFix(decision, issue.fix ?? []));
    return parsed.success ? parsed.data : null;
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return null;
    throw thrown;
  }
}

function isSame(one: Issue, other: Issue): boolean {
  return one.code === other.code && one.message === other.message && one.severity === other.severity;
}

/** Errors by what they say: places shift when a list loses an element. */
function countErrors(issues: readonly Issue[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { severity, code, message } of issues) {
    if (severity === "error") counts.set(`${code} ${message}`, (counts.get(`${code} ${message}`) ?? 0) + 1);
  }
  return counts;
}
