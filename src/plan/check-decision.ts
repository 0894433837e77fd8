/**
 * The plan checker: one for model plans, workflows, human edits and forks. Owns: the order of the passes (pure
 * functions that collect issues) and what a decision with errors leads to. Must not: change the decision or run anything.
 */
import { hasErrors, type Issue } from "../error/issue.ts";
import { briefIssues } from "./brief-issues.ts";
import { checkBounds } from "./check-bounds.ts";
import type { CheckContext, CheckResult } from "./check-context.ts";
import { checkDeadSteps } from "./check-dead-steps.ts";
import { examine } from "./check-examination.ts";
import { keepGoodFixes } from "./check-fixes.ts";
import { checkOutput } from "./check-output.ts";
import { checkPolicy } from "./check-policy.ts";
import { checkReferences } from "./check-references.ts";
import { checkSize, checkStructure } from "./check-structure.ts";
import { checkTools } from "./check-tools.ts";
import { checkTypes } from "./check-types.ts";
import { compilePlan } from "./compile-plan.ts";
import type { Decision } from "./decision.ts";
import { passedBefore, rememberPassed } from "./passed-decisions.ts";

/**
 * Checks a parsed decision. Issues name ids and say what to do; a fix, where there is one, has been tried: it removes
 * its issue and brings no error. Time grows with the size of the plan, 10,000 steps take well under a second.
 */
export function checkDecision(decision: Decision, context: CheckContext): CheckResult {
  const passed = passedBefore(decision, context);
  const policy = passed === null ? null : checkPolicy({ ...passed, context });
  if (passed !== null && policy?.issues.length === 0) {
    return { issues: [], compiled: passed.plan, graph: passed.graph, approvals: policy.approvals };
  }
  const result = runPasses(decision, context);
  const issues = keepGoodFixes(result.issues, decision, (fixed) => runPasses(fixed, context).issues);
  return { ...result, issues: briefIssues(issues, decision.kind === "plan" ? decision.steps.length : 0) };
}

function runPasses(decision: Decision, context: CheckContext): CheckResult {
  const nothing: CheckResult = { issues: [], compiled: null, graph: null, approvals: [] };
  if (decision.kind === "ask" || decision.kind === "abandon") return nothing;
  const tooLarge = decision.kind === "plan" ? checkSize(decision, context) : null;
  if (tooLarge !== null) return { ...nothing, issues: [tooLarge] };
  const { plan, issues: syntax } = compilePlan(decision);
  const examination = examine(decision, plan, context);
  const types = checkTypes(examination);
  const policy = checkPolicy(examination);
  const passes = [
    syntax,
    checkStructure(examination),
    checkTools(examination),
    checkReferences(examination),
    withoutEchoes(types.issues, syntax),
    withoutEchoes(checkOutput(examination, types.typing), syntax),
    policy.issues,
    checkBounds(examination),
    checkDeadSteps(examination),
  ];
  const issues = passes.flat();
  if (issues.length === policy.issues.length) rememberPassed(examination);
  const hasFailed = hasErrors(issues);
  return {
    issues: hasFailed ? issues.filter(({ code }) => code !== "PLAN_DEAD_STEP") : issues,
    compiled: hasFailed ? null : plan,
    graph: examination.graph,
    approvals: policy.approvals,
  };
}

const ECHOES: ReadonlySet<string> = new Set([
  "PLAN_BAD_VALUE",
  "PLAN_TYPE_MISMATCH",
  "PLAN_NOT_A_LIST",
  "PLAN_OUTPUT_MISMATCH",
]);

/** Issues whose place holds something that could not even be compiled say nothing new. */
function withoutEchoes(issues: readonly Issue[], syntax: readonly Issue[]): Issue[] {
  if (!hasErrors([...syntax])) return [...issues];
  const places = new Set<string>();
  for (const { path } of syntax) {
    for (let end = path.length; end > 0; end = path.lastIndexOf("/", end - 1)) places.add(path.slice(0, end));
  }
  return issues.filter(({ path, code }) => !(ECHOES.has(code) && places.has(path)));
}
