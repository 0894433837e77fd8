/** The matrix of the HTML report: cases by variants, changed cases first. Owns: its order and bounds. Pure. */
import { type CaseScores, caseScores } from "../../baseline.ts";
import type { EvalReport } from "../eval-report.ts";
import { figure, scorerNames, scorersOf } from "../figures.ts";
import { escapeHtml } from "./escape-html.ts";

/** Larger matrices say nothing to a reader; the JSON report has every trial. */
const MOST_CASES = 500;

export function renderMatrix(report: EvalReport): string {
  const scorers = scorersOf(report.variants).filter((scorer) =>
    report.variants.some(({ scores }) => (scores[scorer]?.n ?? 0) > 0),
  );
  const nameOf = scorerNames(report);
  const sides = report.variants.map(({ id }) => ({ id, scores: caseScores(report, id) }));
  const changes = flipCounts(report);
  const names = [...new Set(report.trials.map((trial) => trial.case))];
  const sorted = names
    .map((name) => ({ name, changes: changes.get(name) ?? 0, worst: worstOf(name, sides) }))
    .sort((left, right) => right.changes - left.changes || left.worst - right.worst);
  const head = sides.flatMap(({ id }) => scorers.map((scorer) => `<th>${escapeHtml(`${id} ${nameOf(scorer)}`)}</th>`));
  const rows = sorted.slice(0, MOST_CASES).map(({ name, changes: count }) => {
    const cells = sides.flatMap(({ scores }) => scorers.map((scorer) => cell(scores.get(name)?.get(scorer)?.mean)));
    const kind = count > 0 ? ' class="flip"' : "";
    return `<tr><td${kind}>${escapeHtml(name)}</td>${cells.join("")}</tr>`;
  });
  const rest = sorted.length - rows.length;
  const more = rest > 0 ? `<p class="soft">and ${rest} more cases; the JSON report has all of them</p>` : "";
  return `<h2>Cases</h2><p class="soft">Mean of the trials; changed cases first, then the weakest. A dash: not applicable.</p><div class="scroll"><table><thead><tr><th>case</th>${head.join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>${more}`;
}

function flipCounts({ comparisons }: EvalReport): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { case: name } of comparisons.flatMap(({ flips }) => flips)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function worstOf(name: string, sides: readonly { scores: CaseScores }[]): number {
  const values = sides.flatMap(({ scores }) => [...(scores.get(name)?.values() ?? [])]);
  return values.reduce((sum, { mean }) => sum + mean, 0) / Math.max(1, values.length);
}

function cell(score: number | undefined): string {
  if (score === undefined) return '<td class="soft">–</td>';
  const kind = score === 1 ? "full" : score === 0 ? "none" : "";
  return `<td class="${kind}">${figure(score, 2)}</td>`;
}
