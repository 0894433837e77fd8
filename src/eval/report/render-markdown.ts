/** A report for a pull request. Owns: Markdown that shows foreign text as text. Pure. */
import type { EvalReport, ReportVariant } from "./eval-report.ts";
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
} from "./figures.ts";

/** Changed cases that are listed for one comparison. */
const MOST_FLIPS = 20;

export function renderMarkdown(reports: readonly EvalReport[]): string {
  return `${reports.map((report) => renderOne(report).join("\n")).join("\n\n")}\n`;
}

function renderOne(report: EvalReport): string[] {
  const { counts, status, suite, level, notes, gates } = report;
  return [
    `## Evals: ${escapeMarkdown(suite)}: ${status}`,
    "",
    ...notes.flatMap((note) => [`> **Note.** ${escapeMarkdown(note)}`, ""]),
    `Level ${level}; ${countsText(counts)}.`,
    "",
    ...(gates.length === 0 ? [] : [...gates.map((gate) => `- ${escapeMarkdown(gateText(gate))}`), ""]),
    ...renderComparisons(report),
    ...renderScores(report),
    `<sub>Mean [95 % interval]. ${escapeMarkdown(report.experiment)}, suite ${escapeMarkdown(report.suiteHash.slice(0, 19))}.</sub>`,
  ];
}

function renderComparisons(report: EvalReport): string[] {
  const { comparisons } = report;
  const nameOf = scorerNames(report);
  if (comparisons.length === 0) return [];
  const rows = comparisons.map((one) => [
    `${one.baseline} → ${one.variant}`,
    nameOf(one.scorer),
    differenceText(one),
    pairsText(one),
    figure(one.pAdjusted),
    verdictText(one),
  ]);
  const changed = comparisons.filter(({ flips }) => flips.length > 0);
  return [
    ...table(["variants", "scorer", "difference", "cases", "p (Holm)", "verdict"], rows),
    "",
    ...changed.flatMap(({ baseline, variant, scorer, flips }) => [
      `<details><summary>${escapeInHtml(`${nameOf(scorer)}, ${baseline} → ${variant}: ${flips.length} cases changed`)}</summary>`,
      "",
      ...flips.slice(0, MOST_FLIPS).map(({ case: name, from, to }) => {
        return `- ${escapeMarkdown(name)}: ${figure(from)} → ${figure(to)}`;
      }),
      ...(flips.length > MOST_FLIPS ? [`- and ${flips.length - MOST_FLIPS} more`] : []),
      "",
      "</details>",
      "",
    ]),
  ];
}

function renderScores(report: EvalReport): string[] {
  const { variants, judges } = report;
  const nameOf = scorerNames(report);
  const rows = scorersOf(variants).map((scorer) => [
    nameOf(scorer),
    ...variants.map(({ scores }) => (scores[scorer] === undefined ? "–" : estimateText(scores[scorer]))),
    scopeOf(variants, scorer),
  ]);
  const facts = variants.map((variant) => {
    const parts = [measuresText(variant), successText(variant)].filter((part) => part !== "");
    return `- ${escapeMarkdown(variant.id)}: ${escapeMarkdown(parts.join("; ") || "nothing measured")}`;
  });
  const judging = judges.map((judge) => `- ${escapeMarkdown(judgeText(judge))}`);
  return [...table(["scorer", ...variants.map(({ id }) => id), "over"], rows), "", ...facts, ...judging, ""];
}

/** Variants of one suite are mostly scored on the same trials: then it is said once. */
function scopeOf(variants: readonly ReportVariant[], scorer: string): string {
  const scopes = new Set(variants.flatMap(({ scores }) => (scores[scorer] ? [countText(scores[scorer])] : [])));
  return [...scopes].join(" / ");
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map(escapeMarkdown).join(" | ")} |`;
  return [line(columns), `|${columns.map(() => "---").join("|")}|`, ...rows.map(line)];
}

/** Names come from suites and models: none of their characters may mark anything up, or call anybody. */
export function escapeMarkdown(text: string): string {
  return withoutLinks(plainText(text).replace(/[\\`*_{}[\]()#|~!]/g, "\\$&"));
}

/** For places where Markdown is not read, such as `<summary>`: a backslash would show there. */
function escapeInHtml(text: string): string {
  const parts = withoutLinks(plainText(text)).split(/(<!-- -->|<\/?span>|&#?\w+;)/);
  const escaped = parts.map((part, place) => (place % 2 === 1 ? part : part.replace(/[\\`*_{}[\]()#|~!]/g, entityOf)));
  return escaped.join("");
}

function entityOf(character: string): string {
  return `&#${character.charCodeAt(0)};`;
}

/** Control characters, and those that turn the direction of writing around. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function plainText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\s+/g, " ")
    .replace(UNSEEN, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** Keeps GitHub from making links, people, pictures or formulas of it: an empty comment parts what it looks for. */
function withoutLinks(escaped: string): string {
  return escaped
    .replaceAll("@", "&#64;<!-- -->")
    .replace(/#(?=\d)/g, "#<!-- -->")
    .replace(/\bGH-(?=\d)/gi, "$&<!-- -->")
    .replaceAll("://", ":<!-- -->//")
    .replace(/\bwww\./gi, "$&<!-- -->")
    .replace(/:(?=[\w+\\-]+:)/g, ":<!-- -->")
    .replaceAll("$", "<span>$</span>");
}
