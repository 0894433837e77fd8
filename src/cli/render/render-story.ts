/**
 * A run as a story: its decisions with the steps that came of them, and between them what made the next one necessary,
 * failures, approvals, questions. Owns: the order and the rail at the left. Pure.
 */
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import type { RunEvent, RunResult } from "../../run/run-result.ts";
import { isJsonObject } from "../../shared/json.ts";
import { describeEvent } from "../follow/plain-lines.ts";
import { countText, durationText } from "./duration.ts";
import { cutPainted } from "./painted-width.ts";
import { decisionLines, headFacts } from "./render-decisions.ts";
import type { PlanOptions } from "./render-plan.ts";
import { renderSteps } from "./render-steps.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./text-width.ts";
import { visibleLine } from "./visible-text.ts";

export interface Story {
  log: readonly DecisionLogEntry[];
  events: readonly RunEvent[];
  result: RunResult;
}

const MOST_UNUSED = 3;

/** Every line fits the width. */
export function renderStory(story: Story, options: PlanOptions): string[] {
  const lines = [...headLines(story.result, options), ""];
  const told = new Set<number>();
  const startedAt = new Map<string, string>();
  for (const event of story.events) {
    const n = event.kind === "decision.requested" ? Number(event.data.n) : null;
    const entry = n === null || told.has(n) ? undefined : story.log.find((one) => one.n === n);
    if (entry !== undefined) {
      told.add(entry.n);
      lines.push(...chapter(entry, story, options));
    }
    lines.push(...happening(event, startedAt, options));
  }
  lines.push(endLine(story.result, options.style));
  return lines.map((line) => cutPainted(line.trimEnd(), options.width));
}

function headLines(result: RunResult, { style, width }: PlanOptions): string[] {
  const { usage, costUsd } = result;
  const tokens = usage.inputTokens + usage.outputTokens;
  const facts = [
    durationText(result.durationMs),
    countText(result.decisions, "decision"),
    result.replans === 0 ? "" : countText(result.replans, "replan"),
    usage.modelCalls === 0 ? "" : `${tokens} tokens, ${costUsd === null ? "price unknown" : `${costUsd} USD`}`,
  ];
  const goal = wrapped(visibleLine(result.goal), width).slice(0, 3);
  const line = `${result.id} · ${facts.filter((fact) => fact !== "").join(" · ")}`;
  return [...goal.map(style.bold), ...wrapped(line, width).map(style.dim)];
}

/** A decision: head, facts, plan and reasons, how its steps went, what of the plan before was kept, what was not used. */
function chapter(entry: DecisionLogEntry, { result }: Story, options: PlanOptions): string[] {
  const { style, width } = options;
  const inner = { ...options, width: width === null ? null : width - 2 };
  const { verdict, n } = entry;
  const paint = verdict === "accepted" ? style.green : verdict === "rejected" ? style.red : style.yellow;
  const rows = result.steps.filter(({ id }) => entry.steps.includes(id));
  const ended = Date.parse(result.endedAt ?? result.createdAt);
  const nowMs = Math.max(ended, ...rows.map(({ startedAt }) => Date.parse(startedAt ?? result.createdAt)));
  const steps = renderSteps({ steps: rows, plan: result.plan }, { ...inner, rows: null, nowMs });
  const parts = [
    [...wrapped(headFacts(entry), inner.width).map(style.dim), ...rejectedLines(entry, inner)],
    decisionLines(entry, inner),
    steps,
    differenceLines(entry, inner),
    unusedLines(entry, inner),
  ].filter((part) => part.length > 0);
  const body = parts.flatMap((part, place) => (place < 2 ? part : ["", ...part]));
  return [
    `${paint("◆")} ${style.bold(`Decision ${n}`)} ${paint(verdict)}`,
    ...body.map((line) => railed(line, style)),
    railed("", style),
  ];
}

/** Why answers before the last were sent back. */
function rejectedLines({ tries, verdict }: DecisionLogEntry, { style, width }: PlanOptions): string[] {
  const earlier = verdict === "rejected" ? [] : tries.slice(0, -1);
  return earlier.flatMap(({ issues }, place) => {
    const [first] = issues;
    const why = first === undefined ? "no decision" : `${first.code}: ${visibleLine(first.message)}`;
    const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
    return wrapped(`✗ try ${place + 1}: ${why}${more}`, width).map(style.red);
  });
}

function railed(line: string, style: Style): string {
  return `${style.dim("│")} ${line}`;
}

/** Only where there was a plan before. */
function differenceLines({ diff }: DecisionLogEntry, { style, width }: PlanOptions): string[] {
  const { kept, dropped, added, changed } = diff;
  if (kept.length + dropped.length + changed.length === 0) return [];
  const line = (mark: string, word: string, ids: readonly string[]): string[] =>
    ids.length === 0 ? [] : wrapped(`${mark} ${word} ${ids.map(visibleLine).join(", ")}`, width);
  return [
    ...line("=", "kept", kept).map(style.dim),
    ...line("~", "changed", changed).map(style.yellow),
    ...line("-", "dropped", dropped).map(style.red),
    ...line("+", "added", added).map(style.green),
  ];
}

/** The tools that came closest and why they were left out. */
function unusedLines({ considered, decision }: DecisionLogEntry, { style, width }: PlanOptions): string[] {
  const used = new Set(decision?.kind === "plan" ? decision.steps.map(({ tool }) => tool) : []);
  const unused = considered.filter(({ tool }) => !used.has(tool));
  const lines = unused
    .slice(0, MOST_UNUSED)
    .flatMap(({ tool, score, why }) =>
      wrapped(`○ not used: ${visibleLine(tool)} (${score.toFixed(2)}), ${visibleLine(why)}`, width),
    );
  const more = unused.length > MOST_UNUSED ? [`○ and ${unused.length - MOST_UNUSED} more`] : [];
  return [...lines, ...more].map(style.dim);
}

const MARKS: Record<string, [mark: string, paint: "red" | "green" | "yellow" | "cyan"]> = {
  "step.failed": ["✗", "red"],
  "step.unknown": ["?", "red"],
  "approval.requested": ["⏸", "yellow"],
  "approval.granted": ["✓", "green"],
  "approval.denied": ["✗", "red"],
  "approval.expired": ["✗", "red"],
  "question.asked": ["?", "yellow"],
  "question.answered": ["→", "cyan"],
  "cancel.requested": ["⊘", "yellow"],
  "budget.settled": ["✗", "red"],
  "recovery.applied": ["↻", "cyan"],
};

/** What happened between decisions, with the time that a step or a person took. */
function happening(event: RunEvent, since: Map<string, string>, { style, width }: PlanOptions): string[] {
  const about = `${event.step ?? ""}[${event.index ?? ""}]`;
  const isStart =
    event.kind === "step.started" || event.kind === "approval.requested" || event.kind === "question.asked";
  const startedAt = since.get(about) ?? event.at;
  if (isStart) since.set(about, event.at);
  const [mark, paint] = MARKS[event.kind] ?? ["", "cyan"];
  const words = mark === "" ? null : (describeEvent(event, startedAt) ?? recovery(event));
  if (words === null) return [];
  const tookMs = isStart ? 0 : Date.parse(event.at) - Date.parse(startedAt);
  const text = `${visibleLine(words)}${tookMs > 0 ? ` · after ${durationText(tookMs)}` : ""}`;
  const [first = "", ...others] = wrapped(text, width === null ? null : width - 4);
  return [`${style.dim("├")} ${style[paint](mark)} ${first}`, ...others.map((line) => railed(`  ${line}`, style))];
}

function recovery({ kind, step, data }: RunEvent): string | null {
  if (kind !== "recovery.applied") return null;
  const verb = isJsonObject(data) ? String(data["do"] ?? data["verb"] ?? "applied") : "applied";
  return `recovery of ${step ?? "the run"}: ${verb}`;
}

function endLine({ status, reason }: RunResult, style: Style): string {
  const why = reason === null ? "" : ` ${style.dim(visibleLine(reason))}`;
  const isOpen = !["completed", "failed", "exhausted", "cancelled"].includes(status);
  const paint = status === "completed" ? style.green : isOpen || status === "cancelled" ? style.yellow : style.red;
  return `${paint(status === "completed" ? "✓" : isOpen ? "…" : "✗")} ${style.bold(status)}${why}`;
}

function wrapped(text: string, width: number | null): string[] {
  return width === null ? [text] : wrapText(text, width);
}
