/** Plans without running: the same request, parser and checker as a run, with nothing journalled (CONTRACTS 2). */
import { createBlobCache } from "../journal/blob-cache.ts";
import { JOURNAL_FORMAT } from "../journal/entries.ts";
import { ownDecision } from "../plan/known-decisions.ts";
import type { CheckedProposal } from "../run/check-proposal.ts";
import { type DryRun, describeGraph } from "../run/dry-run.ts";
import { forecast } from "../run/forecast.ts";
import type { Ledger } from "../run/ledger.ts";
import { createLedger } from "../run/new-ledger.ts";
import { NO_STATISTICS } from "../run/tool-statistics.ts";
import { isoTime } from "../shared/clock.ts";
import { acceptedData, readDocuments } from "./accept-run.ts";
import { askUntilGood } from "./ask-until-good.ts";
import { readStatistics } from "./read-statistics.ts";
import type { CheckedRequest } from "./run-request.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Throws DOCUMENT_ codes, and what the planner throws (MODEL_ codes). */
export async function planRun(
  environment: RuntimeEnvironment,
  request: CheckedRequest,
  { hasForecast = true } = {},
): Promise<DryRun> {
  const { tools, limits } = environment;
  const planner = request.plan === undefined ? environment.planner : environment.createFixedPlanner(request.plan);
  const ledger = await imaginedLedger(environment, request);
  const last = await askUntilGood(environment, planner, ledger);
  const { decision, issues, graph, approvals } = last.checked;
  return {
    v: 1,
    valid: isValid(last.checked),
    decision: decision === null ? null : ownDecision(decision),
    issues,
    repairs: last.repairs,
    planner: last.planner,
    model: last.model,
    graph: describeGraph(graph),
    approvals,
    forecast: forecast(decision ?? NOTHING, graph, {
      tools,
      toolTimeoutMs: limits.toolTimeoutMs,
      parallelSteps: limits.parallelSteps,
      budget: request.budget,
      statistics: hasForecast ? await readStatistics(environment, null) : NO_STATISTICS,
    }),
    usage: last.usage,
    costUsd: last.costUsd,
  };
}

const NOTHING = { kind: "abandon", rationale: "", reason: "no decision" } as const;

/** A refusal is a decision, but no plan that could run. */
function isValid({ decision, hasErrors }: CheckedProposal): boolean {
  return !hasErrors && decision !== null && decision.kind !== "abandon";
}

/** A ledger as it would be after acceptance; its entry is never journalled. */
async function imaginedLedger(environment: RuntimeEnvironment, request: CheckedRequest): Promise<Ledger> {
  const asked = { request, documents: await readDocuments(request.documents) };
  const data = await acceptedData(environment, asked, async (value) => ({ value }));
  const at = isoTime(environment.clock.now());
  const header = { v: JOURNAL_FORMAT, run: "run_planned", seq: 0, epoch: 0, at, synced: -1, prev: "", hash: "" };
  return createLedger({ ...header, kind: "run.accepted", data }, createBlobCache().read);
}
