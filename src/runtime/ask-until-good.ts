/**
 * Asks for one decision outside a run, as often as a run would: with repairs, and the planner that stands in. Owns: the
 * tries and what all of them used. Must not: journal anything.
 */
import { hasErrors, type Issue } from "../error/issue.ts";
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";
import { type Allowance, addCost, addUsage, NO_USAGE, type Usage } from "../model/usage.ts";
import type { Planner, Proposal } from "../planner/planner.ts";
import type { PlanningRequest } from "../planner/planning-request.ts";
import { callWithLimit, isLastTry, literalLabel, rawJson, spentOf } from "../run/ask-planner.ts";
import { buildPlanningRequest } from "../run/build-planning-request.ts";
import { type CheckedProposal, checkProposal } from "../run/check-proposal.ts";
import type { Ledger } from "../run/ledger.ts";
import { allowanceLeft, limitReached, type Spent } from "../run/reservations.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface LastTry {
  checked: CheckedProposal;
  planner: string;
  repairs: number;
  model: string | null;
  usage: Usage;
  /** USD; null where a price was unknown. */
  costUsd: number | null;
}

/** Throws what the planner throws (MODEL_ codes) where nobody stands in for it. */
export async function askUntilGood(environment: RuntimeEnvironment, own: Planner, ledger: Ledger): Promise<LastTry> {
  const standIn = own === environment.planner ? environment.fallback : null;
  const first = await askPlanner(environment, ledger, { planner: own, attempt: 1, spent: NOTHING_SPENT, before: null });
  if (standIn === null || !needsStandIn(first)) return conclude(first);
  const { attempt, spent, tried } = first;
  return conclude(
    await askPlanner(environment, ledger, { planner: standIn, attempt: attempt + 1, spent, before: tried }),
  );
}

export interface AskedAgain {
  /** Null where the planner had no answer. */
  checked: CheckedProposal | null;
  error: PlanwrightError | null;
  tries: number;
  model: string | null;
  prompt: Proposal["prompt"] | null;
  spent: Spent;
}

/** The same for a decision of a past run: `first` is what was asked then, `ledger` the run as it was. Never throws. */
export async function askAgain(
  environment: RuntimeEnvironment,
  planner: Planner,
  { ledger, first }: { ledger: Ledger; first: PlanningRequest },
): Promise<AskedAgain> {
  const asking = { planner, attempt: 1, spent: NOTHING_SPENT, before: null, first };
  const { tried, attempt, spent } = await askPlanner(environment, ledger, asking);
  if ("error" in tried) {
    return { checked: null, error: tried.error, tries: attempt, model: null, prompt: null, spent };
  }
  const { model = null, prompt = null } = tried.proposal;
  return { checked: tried.checked, error: null, tries: attempt, model, prompt, spent };
}

const NOTHING_SPENT: Spent = { usage: NO_USAGE, costUsd: 0 };

interface Asking {
  planner: Planner;
  attempt: number;
  spent: Spent;
  /** The try that this one is to better. */
  before: Tried | null;
  /** What is asked first, where it is not made of the ledger. */
  first?: PlanningRequest;
}

type Asked = Omit<Asking, "before" | "first"> & { tried: Tried };

type Tried = { proposal: Proposal; checked: CheckedProposal } | { error: PlanwrightError };

/** Until a decision is good, the planner fails, or it has had its tries; whoever stands in has one. */
async function askPlanner(environment: RuntimeEnvironment, ledger: Ledger, asking: Asking): Promise<Asked> {
  const { planner, before } = asking;
  const isStandIn = before !== null;
  let { attempt, spent } = asking;
  for (let last = before; ; attempt++) {
    const asked = requestOf(environment, ledger, { planner, attempt, last, first: asking.first });
    const { tried, used } = await tryOnce(environment, planner, { asked, ledger, spent });
    spent = addSpent(spent, used);
    const isOver = "error" in tried || !tried.checked.hasErrors;
    if (isOver || isStandIn || isLastTry(planner, attempt, environment.limits.repairs)) {
      return { planner, attempt, spent, tried };
    }
    last = tried;
  }
}

function needsStandIn({ tried }: Asked): boolean {
  return "error" in tried ? tried.error.category === "model" : tried.checked.hasErrors;
}

function conclude({ planner, attempt, spent, tried }: Asked): LastTry {
  if ("error" in tried) throw tried.error;
  const { checked, proposal } = tried;
  return { checked, planner: planner.name, repairs: attempt - 1, model: proposal.model ?? null, ...spent };
}

interface AsRecorded {
  first: PlanningRequest | undefined;
}

function requestOf(
  { tools }: RuntimeEnvironment,
  ledger: Ledger,
  { planner, attempt, last, first }: Pick<Asking, "planner" | "attempt"> & { last: Tried | null } & AsRecorded,
): PlanningRequest {
  const visibility = planner.visibility ?? "preview";
  const request =
    first === undefined
      ? buildPlanningRequest(ledger, { n: 1, attempt, cause: "start", visibility, tools })
      : { ...first, attempt };
  if (last === null || "error" in last) return request;
  const { checked, proposal } = last;
  return { ...request, issues: checked.issues, previous: rawJson(proposal), previousAnswer: proposal.answer ?? null };
}

async function tryOnce(
  { clock, limits, ...environment }: RuntimeEnvironment,
  planner: Planner,
  { asked, ledger, spent }: { asked: PlanningRequest; ledger: Ledger; spent: Spent },
): Promise<{ tried: Tried; used: Spent | null }> {
  const { graceMs } = limits;
  const plannerTimeoutMs = Math.min(limits.plannerTimeoutMs, ledger.accepted.budget.maxSeconds * 1_000);
  const left = allowanceLeft({ ...ledger, usage: { ...spent.usage, toolCalls: 0 }, costUsd: spent.costUsd });
  try {
    const allowance = planner.reserve?.(asked, left) ?? null;
    if (planner.reserve !== undefined && allowance === null) throw tooLittleLeft(planner, { asked, left });
    const given = { clock, plannerTimeoutMs, graceMs, ...(allowance && { allowance }) };
    // A copy, as in a run: what the planner does to its request changes nothing here.
    const proposal = await callWithLimit(planner, structuredClone(asked), given);
    const { usage = NO_USAGE, costUsd = 0 } = proposal;
    const checked = judge({ ...environment, planner }, ledger, { asked, proposal });
    return { tried: { proposal, checked }, used: { usage, costUsd } };
  } catch (thrown) {
    return { tried: { error: asPlanwrightError(thrown) }, used: spentOf(thrown) };
  }
}

function judge(
  environment: Parameters<typeof checkProposal>[0] & { planner: Planner },
  ledger: Ledger,
  { asked, proposal }: { asked: PlanningRequest; proposal: Proposal },
): CheckedProposal {
  const { issues = [] } = proposal;
  if (hasErrors(issues)) return refused(issues);
  const given = { raw: rawJson(proposal), planLabel: literalLabel(environment.planner, asked) };
  const checked = checkProposal(environment, ledger, given);
  return { ...checked, issues: [...issues, ...checked.issues] };
}

function refused(issues: Issue[]): CheckedProposal {
  return { decision: null, issues, hasErrors: true, graph: null, approvals: [] };
}

function addSpent(left: Spent, right: Spent | null): Spent {
  if (right === null) return left;
  return { usage: addUsage(left.usage, right.usage), costUsd: addCost(left.costUsd, right.costUsd) };
}

function tooLittleLeft(
  planner: Planner,
  { asked, left }: { asked: PlanningRequest; left: Allowance },
): PlanwrightError {
  const limit = limitReached(left, (most) => planner.reserve?.(asked, most) ?? null);
  return new PlanwrightError(limit, "Too little of the budget of tokens or USD is left to ask the planner.", {
    hint: "Raise budget.maxTokens or budget.maxCostUsd, or give it less to look at.",
  });
}
