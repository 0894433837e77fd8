/** The decision log for people: who decided what, on what ground, at what price, and what came of it. */
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import type { PlanDecision, Step } from "../../plan/decision.ts";
import { canonicalJson } from "../../shared/json.ts";
import { countText, durationText, timeText } from "./duration.ts";
import { renderIssues } from "./render-error.ts";
import { type PlanOptions, renderDecision, valueText } from "./render-plan.ts";
import { renderTable } from "./render-table.ts";
import { visibleLine } from "./visible-text.ts";

const MOST_ANSWER_CHARS = 2_000;
const MOST_CONSIDERED = 12;

/** One decision with what the planner saw, every try, and what was considered. */
export function renderDecisionEntry(entry: DecisionLogEntry, options: PlanOptions): string[] {
  const { style } = options;
  const lines = [
    headOf(entry, options),
    ...indented(decisionLines(entry, options)),
    "",
    style.bold("What the planner saw"),
    ...indented(sawLines(entry)),
  ];
  if (entry.tries.length > 1) lines.push("", style.bold("Tries"), ...indented(tryLines(entry, options)));
  if (entry.model !== null) lines.push("", style.bold("What the model wrote"), ...indented(answerLines(entry)));
  if (entry.considered.length > 0)
    lines.push("", style.bold("Tools considered"), ...indented(consideredLines(entry, options)));
  if (entry.steps.length > 0)
    lines.push("", `${style.bold("Steps of it")}  ${entry.steps.map(visibleLine).join(", ")}`);
  return lines;
}

/** How the plans of `shown` differ from the plans before them in `log`. */
export function renderDecisionDiff(
  shown: readonly DecisionLogEntry[],
  log: readonly DecisionLogEntry[],
  options: PlanOptions,
): string[] {
  return shown.flatMap((entry, place) => {
    const before = log.filter(({ n, decision }) => n < entry.n && decision?.kind === "plan").at(-1)?.decision ?? null;
    const lines = [headOf(entry, options), ...indented(diffLines(entry, before as PlanDecision | null, options))];
    return place === 0 ? lines : ["", ...lines];
  });
}

function headOf(entry: DecisionLogEntry, { style }: PlanOptions): string {
  const { n, verdict } = entry;
  const paint = verdict === "accepted" ? style.green : verdict === "rejected" ? style.red : style.yellow;
  return `${style.bold(`Decision ${n}`)} ${paint(verdict)} ${style.dim(headFacts(entry))}`;
}

/** Cause, planner, tries, time and price of a decision on one line. */
export function headFacts(entry: DecisionLogEntry): string {
  const { cause, planner, model, tries, durationMs, usage, costUsd } = entry;
  const facts = [
    `because: ${cause}`,
    `planner ${planner}${model === null ? "" : ` (${visibleLine(model)})`}`,
    tries.length > 1 ? countText(tries.length, "try").replace("trys", "tries") : "",
    durationText(durationMs),
    usage.modelCalls > 0
      ? `${usage.inputTokens + usage.outputTokens} tokens, ${costUsd === null ? "price unknown" : `${costUsd} USD`}`
      : "",
    timeText(entry.at),
  ];
  return facts.filter((fact) => fact !== "").join(" · ");
}

/** What was decided, or why nothing was. */
export function decisionLines(entry: DecisionLogEntry, options: PlanOptions): string[] {
  const width = options.width === null ? null : options.width - 2;
  if (entry.decision !== null) return renderDecision(entry.decision, { ...options, width });
  return renderIssues(entry.tries.at(-1)?.issues ?? [], options.style);
}

function sawLines({ saw, requestHash, prompt }: DecisionLogEntry): string[] {
  const documents = saw.documents.map(
    ({ name, type, chars, previewChars }) =>
      `document   ${visibleLine(name)} (${visibleLine(type)}, ${chars} characters, ${previewChars} shown)`,
  );
  const history = saw.history.map(({ step, status }) => `history    ${visibleLine(step)} ${status}`);
  const { steps, replans, tokens, costUsd, seconds } = saw.budgetLeft;
  return [
    ...documents,
    ...history,
    `tools      ${saw.tools.map(visibleLine).join(", ")}`,
    `budget     ${steps} steps, ${replans} replans, ${tokens} tokens, ${costUsd} USD, ${Math.round(seconds)} s left`,
    `visibility ${saw.visibility}`,
    ...(prompt === null ? [] : [`prompt     ${visibleLine(prompt.name)}@${prompt.version} ${prompt.hash}`]),
    `request    ${requestHash}`,
  ];
}

/** The last answer as it came, and what the checker said of it. */
function answerLines({ tries }: DecisionLogEntry): string[] {
  const last = tries.findLast(({ raw }) => raw !== "");
  if (last === undefined) return ["no answer"];
  const { raw, dialect, usage, issues } = last;
  const text = visibleLine(raw);
  const cut =
    text.length > MOST_ANSWER_CHARS
      ? `${text.slice(0, MOST_ANSWER_CHARS)}… (${raw.length} characters; --json has all)`
      : text;
  const found =
    issues.length === 0 ? "nothing to object" : `${issues.length} ${issues.length === 1 ? "finding" : "findings"}`;
  return [
    cut,
    `dialect    ${dialect}`,
    `tokens     ${usage.inputTokens} in, ${usage.outputTokens} out`,
    `checker    ${found}`,
  ];
}

function tryLines({ tries }: DecisionLogEntry, { style }: PlanOptions): string[] {
  return tries.flatMap(({ decision, issues, durationMs }, place) => [
    `${place + 1}. ${decision?.kind ?? "no decision"} ${style.dim(durationText(durationMs))}`,
    ...renderIssues(issues, style),
  ]);
}

function consideredLines({ considered }: DecisionLogEntry, { style, width }: PlanOptions): string[] {
  const rows = considered
    .slice(0, MOST_CONSIDERED)
    .map(({ tool, score, why }) => [visibleLine(tool), score.toFixed(2), visibleLine(why)]);
  return renderTable({ columns: ["tool", "score", "why"], rows }, { style, width: width === null ? null : width - 2 });
}

function diffLines(
  { diff, decision }: DecisionLogEntry,
  before: PlanDecision | null,
  { style }: PlanOptions,
): string[] {
  const now = decision?.kind === "plan" ? decision : null;
  const step = (plan: PlanDecision | null, id: string): string =>
    stepText(
      plan?.steps.find((one) => one.id === id),
      id,
    );
  const lines = [
    ...diff.dropped.map((id) => style.red(`- ${step(before, id)}`)),
    ...diff.changed.flatMap((id) => [style.red(`- ${step(before, id)}`), style.green(`+ ${step(now, id)}`)]),
    ...diff.added.map((id) => style.green(`+ ${step(now, id)}`)),
    ...diff.kept.map((id) => style.dim(`  ${step(now, id)}`)),
  ];
  if (now !== null && before !== null && canonicalJson(before.output) !== canonicalJson(now.output)) {
    lines.push(
      style.red(`- output ${valueText(before.output ?? null)}`),
      style.green(`+ output ${valueText(now.output ?? null)}`),
    );
  }
  return lines.length === 0
    ? [style.dim(decision === null ? "nothing was accepted" : `no plan: ${decision.kind}`)]
    : lines;
}

function stepText(step: Step | undefined, id: string): string {
  if (step === undefined) return visibleLine(id);
  const inputs = Object.entries(step.input).map(([name, value]) => `${visibleLine(name)}: ${valueText(value)}`);
  return `${visibleLine(id)} = ${visibleLine(step.tool)}(${inputs.join(", ")})`;
}

function indented(lines: readonly string[]): string[] {
  return lines.map((line) => (line === "" ? "" : `  ${line}`));
}
