/** The plan checker in the circumstances of a case. Owns: what a case says of a run, and findings on its gold. */
import type { Issue } from "../error/issue.ts";
import { DEFAULT_BUDGET } from "../goal/run-request.ts";
import type { CheckContext, KnownStep } from "../plan/check-context.ts";
import { checkDecision } from "../plan/check-decision.ts";
import { compileCondition } from "../plan/compile-condition.ts";
import { MODEL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import { defaultPolicy } from "../policy/authorize.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import { type ToolRegistry, unknownToolMessage } from "../tool/tool-registry.ts";
import type { EvalCase } from "./case.ts";
import { goldAlternatives } from "./gold.ts";

type CaseTools = Pick<ToolRegistry, "get" | "names">;

/** What the checker is told: a run that starts with this case, or goes on after `known` steps. */
export function caseCheckContext(
  one: EvalCase,
  tools: CaseTools,
  known: ReadonlyMap<string, KnownStep> = new Map(),
): CheckContext {
  return {
    tools,
    known,
    documents: (one.document === undefined ? 0 : 1) + (one.documents?.length ?? 0),
    paramsSchema: null,
    params: one.params ?? {},
    outputSchema: one.outputSchema ?? null,
    maxSteps: Math.min(MODEL_PLAN_LIMITS.maxSteps, DEFAULT_BUDGET.maxSteps),
    policy: ({ step: _, tool, ...facts }) =>
      defaultPolicy({ ...facts, tool: tool.name, effect: tool.effect, grants: [], isRepeatOfUnknown: false }),
    isPersonal: false,
  };
}

/**
 * What is wrong with a case itself: golds that the checker refuses, accepted inputs of steps that no gold has, tools that are
 * forbidden and unknown, assertions that are no conditions. Paths are JSON pointers into the case.
 */
export function checkCase(one: EvalCase, tools: CaseTools): Issue[] {
  const context = caseCheckContext(one, tools);
  const issues: Issue[] = [];
  for (const { place, decision, accepted, plan } of goldAlternatives(one)) {
    const at = `/gold/anyOf/${place}`;
    // A gold without an output says nothing about it, so that a schema of the output isn't its matter.
    const isSilent = decision.kind === "plan" && decision.output === undefined;
    const found = checkDecision(decision, isSilent ? { ...context, outputSchema: null } : context).issues;
    issues.push(...found.map((issue) => ({ ...issue, path: at + issue.path, fix: null })));
    for (const [entry, { step }] of accepted.entries()) {
      if (plan?.steps.some((compiled) => compiled.step.id === step) === true) continue;
      const ids = plan?.steps.map((compiled) => compiled.step.id) ?? [];
      const message = `'${step}' is no step of this gold.${meantName(didYouMean(step, ids))}`;
      const hint = "Name a step of the same alternative.";
      issues.push(mistake({ path: `${at}/accepted/${entry}/step`, message, hint }));
    }
  }
  issues.push(...unknownTools(one, tools.names()));
  for (const [place, { check }] of one.assertions.entries()) {
    issues.push(
      ...compileCondition(check, `/assertions/${place}/check`, { inside: "element", operands: "data" }).issues,
    );
  }
  return issues;
}

/** What can't be used need not be forbidden: such a name is a mistyped one, and would be kept whatever happens. */
function unknownTools(one: EvalCase, names: readonly string[]): Issue[] {
  const named = one.forbidden.flatMap((rule, place): [string, string][] => {
    const path = `/forbidden/${place}`;
    if (typeof rule === "string") return [[path, rule]];
    return [
      [`${path}/tool`, rule.tool],
      [`${path}/before`, rule.before],
    ];
  });
  return named
    .filter(([, tool]) => !names.includes(tool))
    .map(([path, tool]) => {
      return mistake({ path, message: unknownToolMessage(tool, names), hint: "Name a tool that the case has." });
    });
}

function mistake(found: Pick<Issue, "path" | "message" | "hint">): Issue {
  return { severity: "error", code: "VALIDATION", fix: null, ...found };
}
