/** Plans without running: the same request, parser and checker as a run, with nothing journalled (CONTRACTS 2). */
import { PlanwrightError } from "../error/planwright-error.ts";
import { createBlobCache } from "../journal/blob-cache.ts";
import { JOURNAL_FORMAT } from "../journal/entries.ts";
import { NO_USAGE, type Planner, type Proposal, type Usage } from "../planner/planner.ts";
import type { PlanningRequest } from "../planner/planning-request.ts";
import { TRUSTED } from "../policy/label.ts";
import { buildPlanningRequest, planLabel } from "../run/build-planning-request.ts";
import { type CheckedProposal, checkProposal } from "../run/check-proposal.ts";
import { type DryRun, describeGraph, forecast } from "../run/dry-run.ts";
import { createLedger, type Ledger } from "../run/ledger.ts";
import { isoTime } from "../shared/clock.ts";
import { acceptedData, asDocument } from "./accept-run.ts";
import type { CheckedRequest } from "./run-request.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Throws DOCUMENT_ codes, and what the planner throws (MODEL_ codes). */
export async function planRun(environment: RuntimeEnvironment, request: CheckedRequest): Promise<DryRun> {
  const { tools, limits } = environment;
  const planner = request.plan === undefined ? environment.planner : environment.createFixedPlanner(request.plan);
  const ledger = await imaginedLedger(environment, request);
  const last = await askUntilGood(environment, planner, ledger);
  const { decision, issues, graph, approvals } = last.checked;
  return {
    v: 1,
    valid: isValid(last.checked),
    decision,
    issues,
    repairs: last.repairs,
    planner: planner.name,
    model: last.model,
    graph: describeGraph(graph),
    approvals,
    forecast: forecast(decision ?? NOTHING, graph, { tools, toolTimeoutMs: limits.toolTimeoutMs }),
    usage: last.usage,
    costUsd: last.costUsd,
  };
}

interface LastTry {
  checked: CheckedProposal;
  repairs: number;
  model: string | null;
  usage: Usage;
  costUsd: number | null;
}

/** As many tries as a run would make; usage and cost of all of them. */
async function askUntilGood(environment: RuntimeEnvironment, planner: Planner, ledger: Ledger): Promise<LastTry> {
  const tries = planner.isPersonal === true ? 1 : environment.limits.repairs + 1;
  let asked = askOf(environment, ledger, planner.visibility ?? "preview");
  let usage = NO_USAGE;
  let costUsd: number | null = 0;
  for (let attempt = 1; ; attempt++) {
    const proposal = await ask(environment, planner, asked);
    usage = addUsage(usage, proposal.usage ?? NO_USAGE);
    costUsd = costUsd === null || proposal.costUsd === null ? null : costUsd + (proposal.costUsd ?? 0);
    const label = planner.isPersonal === true ? TRUSTED : planLabel(asked);
    const checked = checkProposal({ ...environment, planner }, ledger, { raw: proposal.raw, planLabel: label });
    if (!checked.hasErrors || attempt === tries) {
      return { checked, repairs: attempt - 1, model: proposal.model ?? null, usage, costUsd };
    }
    asked = { ...asked, attempt: attempt + 1, issues: checked.issues, previous: proposal.raw };
  }
}

const NOTHING = { kind: "abandon", rationale: "", reason: "no decision" } as const;

/** A refusal is a decision, but no plan that could run. */
function isValid({ decision, hasErrors }: CheckedProposal): boolean {
  return !hasErrors && decision !== null && decision.kind !== "abandon";
}

function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    modelCalls: left.modelCalls + right.modelCalls,
  };
}

function askOf(
  environment: RuntimeEnvironment,
  ledger: Ledger,
  visibility: PlanningRequest["visibility"],
): PlanningRequest {
  return buildPlanningRequest(ledger, { n: 1, attempt: 1, cause: "start", visibility, tools: environment.tools });
}

/** A ledger as it would be after acceptance; its entry is never journalled. */
async function imaginedLedger(environment: RuntimeEnvironment, request: CheckedRequest): Promise<Ledger> {
  const asked = { request, documents: request.documents.map(asDocument) };
  const data = await acceptedData(environment, asked, async (value) => ({ value }));
  const at = isoTime(environment.clock.now());
  const header = { v: JOURNAL_FORMAT, run: "run_planned", seq: 0, epoch: 0, at, synced: -1, prev: "", hash: "" };
  return createLedger({ ...header, kind: "run.accepted", data }, createBlobCache().read);
}

/** Calls the planner with a limit on its time. */
async function ask(environment: RuntimeEnvironment, planner: Planner, request: PlanningRequest): Promise<Proposal> {
  const { clock, limits } = environment;
  const controller = new AbortController();
  let stop = (): void => {};
  const late = new Promise<never>((_, reject) => {
    stop = clock.setTimer(limits.plannerTimeoutMs, () => {
      const error = new PlanwrightError(
        "MODEL_TIMEOUT",
        `Planner '${planner.name}' took longer than ${limits.plannerTimeoutMs} ms.`,
      );
      controller.abort(error);
      reject(error);
    });
  });
  try {
    return await Promise.race([planner.plan(request, { signal: controller.signal }), late]);
  } finally {
    stop();
  }
}
