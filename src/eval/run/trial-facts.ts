/**
 * From what a trial left behind to what scorers are told of it. Owns: which decision is scored, and what the run had before
 * it. Must not: score.
 */
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import { canonicalStep } from "../../plan/canonical-step.ts";
import type { KnownStep } from "../../plan/check-context.ts";
import type { Step } from "../../plan/decision.ts";
import type { RunResult } from "../../run/run-result.ts";
import type { ToolRegistry } from "../../tool/tool-registry.ts";
import type { LoadedCase } from "../loaded-suite.ts";
import type { AcceptedDecision, TrialFacts } from "../score.ts";
import type { TrialRecord } from "../trial-record.ts";

/** The decision that the golds are about is the first, unless the case says otherwise; without tries where it never came. */
export function trialFacts(
  record: TrialRecord,
  { evalCase, documents }: Pick<LoadedCase, "evalCase" | "documents">,
  tools: ToolRegistry,
): TrialFacts {
  const n = evalCase.decision ?? 1;
  const scored = record.decisions.find((one) => one.n === n);
  const tries = scored?.tries.map(({ decision, issues }) => ({ decision, issues })) ?? [];
  return {
    case: evalCase,
    documents,
    tools,
    tries,
    decision: scored?.decision ?? tries.at(-1)?.decision ?? null,
    ...(scored === undefined ? {} : { known: knownSteps(scored, record, tools) }),
    ...(record.result === null ? {} : { accepted: record.decisions.flatMap(acceptedIn) }),
    result: record.result,
    ...(record.state === null ? {} : { state: record.state }),
  };
}

const SETTLED: ReadonlySet<string> = new Set(["completed", "unmet", "skipped", "failed"]);

function acceptedIn({ decision, saw }: DecisionLogEntry): AcceptedDecision[] {
  const settled = saw.history.filter(({ status }) => SETTLED.has(status)).map(({ step }) => step);
  return decision === null ? [] : [{ decision, settled }];
}

/** Steps that the run had when this decision was asked for, as its checker saw them. */
function knownSteps(
  scored: DecisionLogEntry,
  { decisions, result }: Pick<TrialRecord, "decisions" | "result">,
  tools: ToolRegistry,
): Map<string, KnownStep> {
  const steps = new Map<string, Step>();
  const dropped = new Set<string>();
  for (const { n, decision, diff } of decisions) {
    if (n >= scored.n) continue;
    for (const step of decision?.kind === "plan" ? decision.steps : []) steps.set(step.id, step);
    for (const id of diff.dropped) dropped.add(id);
  }
  const known = scored.saw.history.map(({ step: id, status }): [string, KnownStep] => {
    const label = rowOf(id, result)?.label ?? null;
    const reached = dropped.has(id) ? "dropped" : (STATUSES[status] ?? "active");
    const definition = steps.get(id);
    const wasCalled = (rowOf(id, result)?.attempts ?? 0) > 0;
    // As `check-proposal.ts` sees it, but for tools that stood in: of those a decision log tells nothing.
    const isSpent = status === "failed" && wasCalled && tools.get(definition?.tool ?? "")?.idempotency === "none";
    const described = definition === undefined ? UNDESCRIBED : describe(definition, tools);
    return [id, { status: reached, isSpent, ...described, ...(label === null ? {} : { label }) }];
  });
  return new Map(known);
}

/** A step that the run took over from another one: it can be read, and nothing is known of it. */
const UNDESCRIBED = { definition: "", outputSchema: null };

const STATUSES: Readonly<Record<string, KnownStep["status"]>> = {
  completed: "completed",
  unmet: "unmet",
  skipped: "skipped",
  failed: "failed",
  pending: "pending",
  unknown: "unknown",
};

function describe(step: Step, tools: ToolRegistry): Pick<KnownStep, "definition" | "outputSchema"> {
  const output = tools.get(step.tool)?.outputSchema ?? null;
  const isList = step.forEach !== undefined && output !== null;
  return { definition: canonicalStep(step), outputSchema: isList ? { type: "array", items: output } : output };
}

/** As the step was in the end. */
function rowOf(id: string, result: RunResult | null): RunResult["steps"][number] | undefined {
  return result?.steps.find((row) => row.id === id && row.index === null);
}
