/**
 * Has a model judge the success criteria that no condition can (CONTRACTS 10). Owns: the reservation before and the
 * verdicts after. What cannot be judged is not met: a run claims no success that nobody has seen.
 */
import { asPlanwrightError } from "../error/planwright-error.ts";
import type { EntryData, NewEntry } from "../journal/entries.ts";
import { type Allowance, soundAllowance, soundCost, soundUsage } from "../model/usage.ts";
import type { Judge, Judgement, JudgeRequest } from "../planner/judge.ts";
import { cutText } from "../shared/cut-text.ts";
import type { JsonValue } from "../shared/json.ts";
import { spentOf } from "./ask-planner.ts";
import { isMet, type Verdict } from "./check-success.ts";
import { append, type DriverCore, later } from "./driver-core.ts";
import { allowanceLeft, limitReached, worstCase } from "./reservations.ts";

/** Journals what may be used, then asks; the verdicts come back as `success.checked`. */
export function askJudge(core: DriverCore, { results, output }: { results: Verdict[]; output: JsonValue }): void {
  const { ledger } = core.state;
  const { judge } = core.environment;
  const request: JudgeRequest = { goal: ledger.accepted.goal, criteria: openCriteria(core, results), output };
  if (judge === null) {
    const unjudged = withVerdicts(results, [], "there is no model to judge it");
    append(core, { kind: "success.checked", data: { n: ledger.decisions, met: false, results: unjudged } });
    core.effects.push("finishRun");
    return;
  }
  const wants = (left: Allowance): Allowance | null => soundAllowance(judge.reserve(request, left));
  const left = allowanceLeft(ledger);
  const reservation = wants(left);
  if (reservation === null) {
    const message = "Too little of the budget is left to judge the success criteria.";
    append(core, { kind: "budget.settled", data: { limit: limitReached(left, wants), message } });
    return;
  }
  append(core, { kind: "success.checked", data: { n: ledger.decisions, met: null, results, reservation } });
  later(core, judged(core, judge, { request, results, reservation }));
}

function openCriteria({ state }: DriverCore, results: readonly Verdict[]): JudgeRequest["criteria"] {
  const criteria = state.ledger.accepted.rules?.success ?? [];
  return criteria.flatMap((criterion, place) =>
    "judge" in criterion && results[place]?.met === null ? [{ name: criterion.name, question: criterion.judge }] : [],
  );
}

interface Asked {
  request: JudgeRequest;
  results: Verdict[];
  reservation: Allowance;
}

async function judged(core: DriverCore, judge: Judge, { request, results, reservation }: Asked): Promise<NewEntry> {
  const n = core.state.ledger.decisions;
  await core.journal.sync();
  try {
    const { verdicts, usage, costUsd, model, prompt } = await callJudge(core, judge, { request, reservation });
    const told = withVerdicts(results, verdicts, "the judge gave no verdict");
    const spent = { usage: soundUsage(usage), costUsd: soundCost(costUsd) };
    return checked({ n, results: told, ...spent, models: [model], prompts: [prompt] });
  } catch (thrown) {
    const { code, message } = asPlanwrightError(thrown);
    const told = withVerdicts(results, [], `it could not be judged (${code}: ${message})`);
    return checked({ n, results: told, ...(spentOf(thrown) ?? worstCase(reservation)) });
  }
}

function checked(data: Omit<EntryData<"success.checked">, "met">): NewEntry {
  return { kind: "success.checked", data: { ...data, met: isMet(data.results) } };
}

/** Within the time that any answer of a model may take; aborted where the run is stopped. */
async function callJudge(
  core: DriverCore,
  judge: Judge,
  { request, reservation }: Pick<Asked, "request" | "reservation">,
): Promise<Judgement> {
  const { clock, limits } = core.environment;
  const controller = new AbortController();
  let giveUp = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    giveUp = () => {
      controller.abort();
      reject(new Error("judging was stopped"));
    };
  });
  core.abortPlanner = giveUp;
  const cancel = clock.setTimer(limits.plannerTimeoutMs, giveUp);
  try {
    return await Promise.race([judge.judge(request, { signal: controller.signal, allowance: reservation }), stopped]);
  } finally {
    cancel();
    core.abortPlanner = null;
  }
}

/** The verdicts of the judge in the places that were left open. */
function withVerdicts(
  results: readonly Verdict[],
  verdicts: readonly { met: boolean; evidence: string }[],
  otherwise: string,
): Verdict[] {
  const given = [...verdicts];
  return results.map((result) => {
    if (result.met !== null) return result;
    const verdict = given.shift();
    return { name: result.name, met: verdict?.met === true, evidence: cutText(verdict?.evidence ?? otherwise, 400) };
  });
}
