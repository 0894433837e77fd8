/** One trial in the HTML report: what was asked, gold against got, what was written, why it has its scores. Pure. */
import { figure } from "../figures.ts";
import type { DrawnDecision, TrialDetail } from "../trial-detail.ts";
import { escapeHtml } from "./escape-html.ts";
import { drawPlan } from "./plan-svg.ts";

/** Of a text that a model wrote. */
const MOST_CHARS = 6_000;

export function renderTrial(detail: TrialDetail, { isOpen }: { isOpen: boolean }): string {
  const { trial, goal, documents, got, golds, transcript, output } = detail;
  const { case: name, variant, run, decision, error } = trial;
  const where = decision === null ? run : `${run}, decision ${decision}`;
  const about = documents.length === 0 ? "" : ` · ${documents.join(", ")}`;
  const parts = [
    `<summary>${escapeHtml(`${name} · ${variant} · trial ${trial.trial}`)} <span class="soft">${escapeHtml(scoresLine(detail))}</span></summary>`,
    `<p><strong>${escapeHtml(goal)}</strong><span class="soft">${escapeHtml(about)}</span></p>`,
    `<p class="soft">${escapeHtml(where)}</p>`,
    error === null ? "" : `<p class="bad">${escapeHtml(`${error.code}: ${error.message}`)}</p>`,
    `<div class="pair">${renderGot(got, golds)}${golds.map((gold, place) => renderGold(gold, { place, got })).join("")}</div>`,
    renderEvidence(detail),
    ...transcript.map(({ raw, issues }, place) => renderTry({ raw, issues, number: place + 1 })),
    output === null ? "" : `<h3>Output of the run</h3><pre>${pretty(output)}</pre>`,
  ];
  return `<details${isOpen ? " open" : ""}>${parts.join("\n")}</details>`;
}

function scoresLine({ trial }: TrialDetail): string {
  const low = Object.entries(trial.scores).filter(([, { score }]) => score !== null && score < 1);
  if (trial.error !== null) return "no answer";
  return low.length === 0
    ? "every score 1"
    : low.map(([scorer, { score }]) => `${scorer} ${figure(score, 2)}`).join(", ");
}

function renderGot(got: DrawnDecision | null, golds: readonly DrawnDecision[]): string {
  if (got === null) return '<div><h3>Got</h3><p class="bad">no decision</p></div>';
  const known = toolsOf(golds[0]);
  return `<div><h3>Got</h3>${drawPlan(got, (tool) => known === null || known.has(tool))}<details><summary>as JSON</summary><pre>${pretty(got.json)}</pre></details></div>`;
}

function renderGold(gold: DrawnDecision, { place, got }: { place: number; got: DrawnDecision | null }): string {
  const known = toolsOf(got ?? undefined);
  const title = place === 0 ? "Gold" : `Gold, alternative ${place + 1}`;
  return `<div><h3>${title}</h3>${drawPlan(gold, (tool) => known?.has(tool) ?? false)}<details><summary>as JSON</summary><pre>${pretty(gold.json)}</pre></details></div>`;
}

function toolsOf(decision: DrawnDecision | undefined): Set<string> | null {
  return decision === undefined ? null : new Set(decision.steps.map(({ tool }) => tool));
}

function renderEvidence({ trial }: TrialDetail): string {
  const rows = Object.entries(trial.scores).map(([scorer, { score, evidence }]) => {
    const kind = score === 1 ? "full" : score === 0 ? "none" : "";
    const words = score === null ? "not applicable" : figure(score);
    return `<tr><td>${escapeHtml(scorer)}</td><td class="${kind}">${words}</td><td>${evidence.map(escapeHtml).join("<br>")}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>scorer</th><th>score</th><th>evidence</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}

function renderTry({ raw, issues, number }: { raw: string; issues: readonly string[]; number: number }): string {
  const found =
    issues.length === 0 ? "" : `<ul>${issues.map((issue) => `<li>${escapeHtml(issue)}</li>`).join("")}</ul>`;
  return `<h3>Answer ${number}</h3><pre>${escapeHtml(shorten(raw))}</pre>${found}`;
}

function pretty(value: unknown): string {
  return escapeHtml(shorten(JSON.stringify(value, null, 2) ?? "null"));
}

function shorten(text: string): string {
  return text.length <= MOST_CHARS
    ? text
    : `${text.slice(0, MOST_CHARS)}\n… ${text.length - MOST_CHARS} more characters`;
}
