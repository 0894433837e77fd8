/** A report of evals for a terminal: status, verdicts, scores. Owns: the layout. */
import type { EvalReport } from "../../eval/report/eval-report.ts";
import {
  countsText,
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
} from "../../eval/report/figures.ts";
import { renderTable } from "./render-table.ts";
import type { Style } from "./style.ts";
import { visibleLine } from "./visible-text.ts";

interface Layout {
  style: Style;
  width: number | null;
}

/** Changed cases that are named. */
const MOST_FLIPS = 8;

export function renderReport(report: EvalReport, layout: Layout): string[] {
  const { suite, status, level, counts, experiment, notes, gates } = report;
  const { style } = layout;
  const paint = status === "passed" ? style.green : status === "failed" ? style.red : style.yellow;
  const trials = countsText(counts);
  return [
    `${style.bold(visibleLine(suite))}  ${paint(status)}  ${style.dim(`level ${level} · ${trials} · ${experiment}`)}`,
    ...notes.map((note) => style.yellow(visibleLine(note))),
    "",
    ...renderScores(report, layout),
    ...renderComparisons(report, layout),
    ...gates.map((gate) => (gate.passed ? style.green : style.red)(`gate ${visibleLine(gateText(gate))}`)),
    ...renderErrors(report, style),
  ];
}

function renderScores(report: EvalReport, layout: Layout): string[] {
  const { variants, judges } = report;
  const nameOf = scorerNames(report);
  const shown = scorersOf(variants).filter((scorer) => variants.some(({ scores }) => (scores[scorer]?.n ?? 0) > 0));
  const rows = shown.map((scorer) => [
    visibleLine(nameOf(scorer)),
    ...variants.map(({ scores }) => (scores[scorer] === undefined ? "–" : estimateText(scores[scorer]))),
    [...new Set(variants.map(({ scores }) => String(scores[scorer]?.n ?? 0)))].join(" / "),
  ]);
  const columns = ["mean [95 % interval]", ...variants.map(({ id }) => visibleLine(id)), "trials"];
  const facts = variants.map((variant) => {
    const words = [measuresText(variant), successText(variant)].filter((part) => part !== "").join("; ");
    return layout.style.dim(`${visibleLine(variant.id)}: ${words || "nothing measured"}`);
  });
  const judging = judges.map((judge) => layout.style.dim(visibleLine(judgeText(judge))));
  return [...renderTable({ columns, rows }, layout), "", ...facts, ...judging, ""];
}

function renderComparisons(report: EvalReport, layout: Layout): string[] {
  const { comparisons } = report;
  const nameOf = scorerNames(report);
  if (comparisons.length === 0) return [];
  const rows = comparisons.map((one) => [
    `${visibleLine(one.baseline)} → ${visibleLine(one.variant)}`,
    visibleLine(nameOf(one.scorer)),
    differenceText(one),
    pairsText(one),
    figure(one.pAdjusted),
    verdictText(one),
    one.flips
      .slice(0, MOST_FLIPS)
      .map((flip) => visibleLine(flip.case))
      .join(", ") + (one.flips.length > MOST_FLIPS ? ` and ${one.flips.length - MOST_FLIPS} more` : ""),
  ]);
  const columns = ["variants", "scorer", "difference", "cases", "p (Holm)", "verdict", "changed cases"];
  return [...renderTable({ columns, rows }, layout), ""];
}

/** The first of each kind; every one is in the JSON report. */
function renderErrors({ trials }: EvalReport, style: Style): string[] {
  const seen = new Set<string>();
  return trials.flatMap(({ case: name, variant, error, run }) => {
    if (error === null || seen.has(error.code)) return [];
    seen.add(error.code);
    return [style.red(visibleLine(`${error.code} in case ${name}, variant ${variant} (${run}): ${error.message}`))];
  });
}
