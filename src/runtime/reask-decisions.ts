/**
 * Asks the decisions of a past run again, each against the run as it was then (counterfactual replay). Owns: the two
 * lanes, and what both may spend. Must not: carry anything out; what would follow from another answer is not known.
 */
import type { EntryOf, JournalEntry } from "../journal/entries.ts";
import type { ReadBlob } from "../journal/store.ts";
import { addCost, addUsage, NO_USAGE } from "../model/usage.ts";
import { compareDecisions } from "../plan/compare-decisions.ts";
import type { Planner } from "../planner/planner.ts";
import { readRequest } from "../run/build-planning-request.ts";
import type { Ledger } from "../run/ledger.ts";
import type { DecisionReplay, ReplayAnswer, ReplayLane, RunReplay } from "../run/replay-report.ts";
import type { Spent } from "../run/reservations.ts";
import { createRunState } from "../run/run-state.ts";
import { askAgain } from "./ask-until-good.ts";
import type { ReplayPlanners } from "./replay-planners.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface Reasking extends Pick<ReplayPlanners, "planner" | "baseline"> {
  /** Every decision with a verdict. */
  outline: DecisionReplay[];
  entries: readonly JournalEntry[];
  read: ReadBlob;
  noise: number;
  maxCostUsd: number;
}

type Lanes = Pick<RunReplay, "decisions" | "asked" | "noise" | "usage" | "costUsd">;

interface Asking extends Reasking {
  environment: RuntimeEnvironment;
  spent: Spent;
}

/** The outline with the answers in it, and the sums. Nobody is asked where there is no planner. */
export async function reaskDecisions(environment: RuntimeEnvironment, reasking: Reasking): Promise<Lanes> {
  const { planner, baseline, outline, noise } = reasking;
  const asking: Asking = { ...reasking, environment, spent: { usage: NO_USAGE, costUsd: 0 } };
  const decisions = planner === null ? outline : await askAll(asking, planner);
  const answers = decisions.flatMap(({ asked }) => asked ?? []);
  const again = decisions.flatMap((decision) => decision.noise);
  return {
    decisions,
    asked: planner === null ? null : laneOf(planner, answers),
    noise: baseline === null || noise === 0 ? null : laneOf(baseline, again),
    ...asking.spent,
  };
}

/** The run is folded up to each question, which is then asked. Inherited decisions are the source's to replay. */
async function askAll(asking: Asking, planner: Planner): Promise<DecisionReplay[]> {
  const { outline, entries, read } = asking;
  const [first, ...rest] = entries;
  if (first?.kind !== "run.accepted") return outline;
  const state = createRunState(first, read);
  const asked = new Map<number, DecisionReplay>();
  for (const entry of rest) {
    const decision = isFirstTry(entry) ? outline.find(({ n }) => n === entry.data.n) : undefined;
    if (decision !== undefined && isFirstTry(entry) && !asked.has(decision.n)) {
      asked.set(decision.n, await askOne(asking, planner, { decision, entry, ledger: state.ledger }));
    }
    state.apply(entry);
  }
  const inherited = `It was decided in run ${first.data.fork?.run}: replay that one.`;
  return outline.map((decision) => asked.get(decision.n) ?? { ...decision, notAsked: inherited });
}

interface Question {
  decision: DecisionReplay;
  entry: EntryOf<"decision.requested">;
  ledger: Ledger;
}

async function askOne(asking: Asking, planner: Planner, question: Question): Promise<DecisionReplay> {
  const { decision, entry } = question;
  if (entry.data.visibility === "none") {
    return { ...decision, notAsked: "A plan that was there already was taken: nobody was shown anything." };
  }
  const answer = await answerOf(asking, planner, question);
  if (answer === null) {
    return { ...decision, notAsked: `Too little of the limit of ${asking.maxCostUsd} USD is left to ask.` };
  }
  const noise: ReplayAnswer[] = [];
  for (let time = 0; asking.baseline !== null && time < asking.noise; time++) {
    const again = await answerOf(asking, asking.baseline, question);
    if (again !== null) noise.push(again);
  }
  return { ...decision, asked: answer, noise };
}

/** Null where the limit leaves too little for an answer. */
async function answerOf(
  asking: Asking,
  planner: Planner,
  { decision, entry, ledger }: Question,
): Promise<ReplayAnswer | null> {
  const { environment, read } = asking;
  const leftUsd = Math.max(0, asking.maxCostUsd - (asking.spent.costUsd ?? 0));
  const budget = { ...ledger.accepted.budget, maxCostUsd: leftUsd };
  const then = { ...ledger, accepted: { ...ledger.accepted, budget } };
  const reply = await askAgain(environment, planner, { ledger: then, first: readRequest(entry.data, read) });
  const { usage, costUsd } = reply.spent;
  asking.spent = { usage: addUsage(asking.spent.usage, usage), costUsd: addCost(asking.spent.costUsd, costUsd) };
  if (reply.error?.category === "limit") return null;
  const { checked, error, tries, model, prompt } = reply;
  const after = checked?.decision ?? null;
  const onFailure = planner.defaultOnFailure ?? "replan";
  return {
    decision: after,
    isValid: checked !== null && !checked.hasErrors,
    issues: checked?.issues ?? [],
    error: error?.toShape() ?? null,
    tries,
    comparison:
      decision.decision === null || after === null ? null : compareDecisions(decision.decision, after, onFailure),
    model,
    prompt: prompt == null ? null : `${prompt.name}@${prompt.version}`,
    usage: { ...usage },
    costUsd,
  };
}

function laneOf({ name, model }: Planner, answers: readonly ReplayAnswer[]): ReplayLane {
  return {
    planner: name,
    model: model ?? null,
    answers: answers.length,
    same: answers.filter(({ isValid, comparison }) => isValid && comparison?.isSame === true).length,
    usage: { ...answers.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE) },
    costUsd: answers.reduce<number | null>((sum, { costUsd }) => addCost(sum, costUsd), 0),
  };
}

export function isFirstTry(entry: JournalEntry): entry is EntryOf<"decision.requested"> {
  return entry.kind === "decision.requested" && entry.data.attempt === 1;
}
