/** What every answer of the parser and the checker owes its readers. Throws where one does not keep it. */
import { isErrorCode } from "../../src/error/codes.ts";
import { hasErrors, type Issue } from "../../src/error/issue.ts";
import { applyFix } from "../../src/plan/apply-fix.ts";
import type { CheckContext } from "../../src/plan/check-context.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import type { Decision } from "../../src/plan/decision.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import { ownTimeMs } from "./own-time.ts";

/** A second of this thread's own processor time, so that a busy machine fails nothing. */
const LONGEST_MS = 1_000;
/** Words of the schema library, and of values that were printed by accident. */
const LEAKS =
  /\bundefined\b|\[object |invalid[_ ](?:input|type|value|union|option)|\breceived\b|unrecognized[_ ]key|too_(?:small|big)|zod/i;

const PROTOTYPE_KEY = /(?<!\\)"(?:__proto__|constructor|prototype)":/;

export interface Judged {
  decision: Decision | null;
  issues: Issue[];
  /** By whom it was refused. */
  by: "parser" | "checker" | null;
}

/** Parses and checks like the run does, and holds the answer to its promises. */
export function judge(raw: unknown, context: CheckContext, shown: unknown = raw): Judged {
  const started = ownTimeMs();
  const parsed = parseDecision(raw, MODEL_PLAN_LIMITS);
  const checked = parsed.decision === null ? null : checkDecision(parsed.decision, context);
  const tookMs = ownTimeMs() - started;
  if (tookMs > LONGEST_MS) throw new Error(`took ${Math.round(tookMs)} ms`);
  if ((parsed.decision === null) !== parsed.issues.length > 0)
    throw new Error("refused without an issue, or the other way");
  if (parsed.decision !== null && PROTOTYPE_KEY.test(JSON.stringify(parsed.decision))) {
    throw new Error("accepted with a prototype key");
  }
  const issues = [...parsed.issues, ...(checked?.issues ?? [])];
  const isCheckerRefusal = hasErrors(checked?.issues ?? []);
  if (checked !== null && isCheckerRefusal !== (checked.compiled === null) && isPlan(parsed.decision))
    throw new Error("errors, and a compiled plan all the same");
  for (const issue of issues) judgeIssue(issue, parsed.decision === null ? shown : parsed.decision);
  return {
    decision: parsed.decision,
    issues,
    by: parsed.decision === null ? "parser" : isCheckerRefusal ? "checker" : null,
  };
}

function isPlan(decision: Decision | null): boolean {
  return decision?.kind === "plan" || decision?.kind === "finish";
}

function judgeIssue(issue: Issue, decision: unknown): void {
  const say = (what: string): Error => new Error(`${what}: ${JSON.stringify(issue)}`);
  if (!isErrorCode(issue.code)) throw say("a code that is in no list");
  if (!resolves(issue.path, decision)) throw say("a path that leads nowhere");
  for (const words of [issue.message, issue.hint]) {
    if (words.trim() === "") throw say("nothing said");
    if (LEAKS.test(words.replace(/'[^']*'|"[^"]*"/g, "x"))) throw say("words from inside");
    if (words.length > 1_000 || !words.isWellFormed()) throw say("a message that nobody reads");
  }
}

/** The path resolves, or the place right above it does (a field that is missing). */
function resolves(pointer: string, decision: unknown): boolean {
  if (pointer === "") return true;
  if (!pointer.startsWith("/")) return false;
  const keys = pointer
    .slice(1)
    .split("/")
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  let current = decision;
  for (const [place, key] of keys.entries()) {
    if (typeof current !== "object" || current === null) return false;
    if (!Object.hasOwn(current, key)) return place === keys.length - 1;
    current = (current as Record<string, unknown>)[key];
  }
  return true;
}

/** Applies every fix that was offered to what it was offered for: the issue is gone, and nothing new is wrong. */
export function judgeFixes(raw: unknown, judged: Judged, context: CheckContext): number {
  let applied = 0;
  for (const issue of judged.issues) {
    if (issue.fix === null) continue;
    applied += 1;
    const fixed = applyFix(judged.decision ?? raw, issue.fix);
    const after = judge(fixed, context);
    const isStill = after.issues.some(
      ({ code, message, path }) => code === issue.code && message === issue.message && path === issue.path,
    );
    if (isStill) throw new Error(`a fix that fixes nothing: ${JSON.stringify(issue)}`);
    if (judged.by === null && after.by !== null) throw new Error(`a fix that breaks: ${JSON.stringify(issue)}`);
  }
  return applied;
}
