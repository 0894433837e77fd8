/**
 * A report as one HTML file that needs nothing else: no script, no network, one style sheet that its policy names by
 * hash. Owns: the order (verdicts, gates, scores, matrix, changed trials first). Pure.
 */
import { createHash } from "node:crypto";
import type { EvalReport } from "../eval-report.ts";
import {
  countsText,
  countText,
  differenceText,
  estimateText,
  figure,
  gateText,
  judgeText,
  measuresText,
  pairsText,
  scorerNames,
  scorersOf,
  successText,
  verdictText,
} from "../figures.ts";
import type { TrialDetail } from "../trial-detail.ts";
import { escapeHtml } from "./escape-html.ts";
import { drawInterval } from "./interval-svg.ts";
import { renderMatrix } from "./matrix-section.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { renderTrial } from "./trial-section.ts";

export interface ReportPage {
  report: EvalReport;
  /** Changed trials first, then those that lost most. */
  details: readonly TrialDetail[];
}

export function renderHtml(pages: readonly ReportPage[]): string {
  const style = createHash("sha256").update(PAGE_STYLE).digest("base64");
  const policy = `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'`;
  const title = pages.map(({ report }) => report.suite).join(", ");
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">',
    `<title>Evals: ${escapeHtml(title)}</title><style>${PAGE_STYLE}</style></head><body>`,
    ...pages.map(renderPage),
    "</body></html>\n",
  ].join("\n");
}

function renderPage({ report, details }: ReportPage): string {
  const { suite, level, status, counts, notes, experiment, suiteHash, environment } = report;
  const tone = status === "passed" ? "good" : "bad";
  const trials = countsText(counts);
  return [
    `<main><h1>${escapeHtml(suite)}: <span class="${tone}">${status}</span></h1>`,
    `<p class="soft">Level ${level} · ${trials} · ${escapeHtml(experiment)} · ${escapeHtml(suiteHash.slice(0, 19))} · ${escapeHtml(environment.generatedAt)}</p>`,
    ...notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`),
    renderGates(report),
    renderComparisons(report),
    renderScores(report),
    renderMatrix(report),
    details.length === 0 ? "" : `<h2>Trials</h2><p class="soft">Changed ones first, then those that lost most.</p>`,
    ...details.map((detail, place) => renderTrial(detail, { isOpen: place === 0 })),
    "</main>",
  ].join("\n");
}

function renderGates({ gates }: EvalReport): string {
  if (gates.length === 0) return "";
  const lines = gates.map((gate) => `<li class="${gate.passed ? "good" : "bad"}">${escapeHtml(gateText(gate))}</li>`);
  return `<h2>Gates</h2><ul>${lines.join("")}</ul>`;
}

function renderComparisons(report: EvalReport): string {
  const { comparisons } = report;
  const nameOf = scorerNames(report);
  if (comparisons.length === 0) return "";
  const widest = Math.max(
    0.05,
    ...comparisons.flatMap(({ low, high, difference }) => [low, high, difference].map((end) => Math.abs(end ?? 0))),
  );
  const rows = comparisons.map((one) => {
    const { baseline, variant, scorer, difference, low, high, pAdjusted, verdict, flips } = one;
    const tone = verdict === "better" ? "good" : verdict === "worse" ? "bad" : "soft";
    const label = `${nameOf(scorer)}: ${differenceText(one)}`;
    const drawn = drawInterval({ middle: difference, low, high, label }, { from: -widest, to: widest });
    const cells = [`${baseline} → ${variant}`, nameOf(scorer), differenceText(one), pairsText(one)].map(
      (cell) => `<td>${escapeHtml(cell)}</td>`,
    );
    return `<tr>${cells.join("")}<td>${drawn}</td><td>${figure(pAdjusted)}</td><td class="${tone}">${escapeHtml(verdictText(one))}</td><td>${flips.length}</td></tr>`;
  });
  const head = ["variants", "scorer", "difference [95 %]", "cases", "", "p (Holm)", "verdict", "changed cases"];
  return `<h2>Comparison</h2><div class="scroll"><table><thead><tr>${head.map((name) => `<th>${name}</th>`).join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}

function renderScores(report: EvalReport): string {
  const { variants, judges } = report;
  const nameOf = scorerNames(report);
  const rows = scorersOf(variants).flatMap((scorer) =>
    variants.map(({ id, scores }) => {
      const estimate = scores[scorer];
      if (estimate === undefined) return "";
      const label = `${nameOf(scorer)}, ${id}: ${estimateText(estimate)}`;
      const drawn = drawInterval(
        { middle: estimate.mean, low: estimate.low, high: estimate.high, label },
        { from: 0, to: 1 },
      );
      const cells = [nameOf(scorer), id, estimateText(estimate)].map((cell) => `<td>${escapeHtml(cell)}</td>`);
      return `<tr>${cells.join("")}<td>${drawn}</td><td class="soft">${escapeHtml(countText(estimate))}</td></tr>`;
    }),
  );
  const facts = variants.map((variant) => {
    const words = [measuresText(variant), successText(variant), JSON.stringify(variant.facts)].filter(
      (part) => part !== "",
    );
    return `<p><strong>${escapeHtml(variant.id)}</strong> <span class="soft">${escapeHtml(words.join(" · "))}</span></p>`;
  });
  const judging = judges.map((judge) => `<p class="soft">${escapeHtml(judgeText(judge))}</p>`);
  const head = ["scorer", "variant", "mean [95 %]", "0 to 1", "over"];
  return `<h2>Scores</h2>${facts.join("")}${judging.join("")}<div class="scroll"><table><thead><tr>${head.map((name) => `<th>${name}</th>`).join("")}</tr></thead><tbody>${rows.join("\n")}</tbody></table></div>`;
}
