/** Replays for people: the outline of a run's decisions, and what another planner would have decided. */
import type { Comparison } from "../../plan/compare-decisions.ts";
import type { Decision } from "../../plan/decision.ts";
import type { DecisionReplay, ReplayAnswer, ReplayLane, RunReplay } from "../../run/replay-report.ts";
import { cutText } from "../../shared/cut-text.ts";
import { countText } from "./duration.ts";
import type { Style } from "./style.ts";
import { visibleLine } from "./visible-text.ts";

const MOST_CHARS = 200;

export function renderReplay(replay: RunReplay, style: Style): string[] {
  const { run, status, goal, entries, journalHead, snapshot, forkedFrom } = replay;
  const from = forkedFrom === null ? "" : style.dim(`  forked from ${forkedFrom}`);
  const lines = [
    `${style.bold(run)}  ${status}${from}`,
    visibleLine(cutText(goal, MOST_CHARS)),
    `${style.green("journal whole")} ${style.dim(`${countText(entries, "entry").replace("entrys", "entries")}, head ${journalHead}`)}`,
    style.dim(`folds to ${snapshot}`),
    "",
    ...replay.decisions.flatMap((decision) => decisionLines(decision, style)),
  ];
  return replay.asked === null ? lines : [...lines, "", ...laneLines(replay, style)];
}

function decisionLines(decision: DecisionReplay, style: Style): string[] {
  const { n, cause, verdict, planner, model, prompt, isRequestIntact } = decision;
  const who = [planner, model, prompt].filter((part) => part !== null).map((part) => visibleLine(part));
  const head = `${style.bold(`${n}`)} ${verdict} ${style.dim(`because: ${cause} · ${who.join(" ")}`)}`;
  const lines = [head, `  then  ${summary(decision.decision)}`];
  if (!isRequestIntact) lines.push(`  ${style.red("the recorded question is not what was asked")}`);
  if (decision.notAsked !== null) lines.push(style.dim(`  not asked: ${visibleLine(decision.notAsked)}`));
  if (decision.asked !== null) lines.push(...answerLines(decision.asked, style));
  return lines;
}

function summary(decision: Decision | null): string {
  if (decision === null) return "no decision";
  switch (decision.kind) {
    case "plan":
      return visibleLine(decision.steps.map(({ id, tool }) => `${id}(${tool})`).join(" → ") || "a plan without steps");
    case "finish":
      return "finish";
    case "ask":
      return visibleLine(cutText(`ask: ${decision.question}`, MOST_CHARS));
    case "abandon":
      return visibleLine(cutText(`abandon: ${decision.reason}`, MOST_CHARS));
  }
}

function answerLines(answer: ReplayAnswer, style: Style): string[] {
  const { error, isValid, issues, comparison } = answer;
  if (error !== null) return [`  now   ${style.red(`${error.code}: ${visibleLine(error.message)}`)}`];
  const lines = [`  now   ${summary(answer.decision)}`];
  const first = issues.find(({ severity }) => severity === "error");
  if (!isValid && first !== undefined)
    lines.push(`        ${style.red(`${first.code}: ${visibleLine(first.message)}`)}`);
  return comparison === null ? lines : [...lines, ...comparisonLines(comparison, style)];
}

function comparisonLines({ isSame, diff, firstInput, others }: Comparison, style: Style): string[] {
  if (isSame) return [style.dim("        the same")];
  const named = (["kept", "dropped", "added", "changed"] as const)
    .filter((list) => diff[list].length > 0)
    .map((list) => `${list} ${diff[list].join(", ")}`);
  const lines = [...named, ...(others.length === 0 ? [] : [`other ${others.join(", ")}`])];
  if (firstInput !== null) {
    const { step, path, before, after } = firstInput;
    const [left, right] = [before, after].map((value) => cutText(JSON.stringify(value), MOST_CHARS));
    lines.push(`first difference: ${step}${path}: ${left} → ${right}`);
  }
  return lines.map((line) => `        ${visibleLine(line)}`);
}

function laneLines({ asked, noise, noNoise }: RunReplay, style: Style): string[] {
  const lines = asked === null ? [] : [laneLine("asked again", asked)];
  if (noise !== null) lines.push(laneLine("same question, same planner", noise));
  else if (noNoise !== null) lines.push(style.dim(`no lane for noise: ${visibleLine(noNoise)}`));
  return lines;
}

function laneLine(name: string, { planner, model, answers, same, usage, costUsd }: ReplayLane): string {
  const spent =
    usage.modelCalls === 0
      ? "no model call"
      : `${usage.inputTokens + usage.outputTokens} tokens, ${costUsd === null ? "price unknown" : `${costUsd} USD`}`;
  const who = model === null ? planner : `${planner} ${visibleLine(model)}`;
  return `${name}: ${same} of ${answers} decided as then (${who}; ${spent})`;
}
