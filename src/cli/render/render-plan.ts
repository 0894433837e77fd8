/** A decision and what the checker says of it, for people. Owns: how steps, inputs and conditions are spelt. */
import type { Decision, PlanDecision, Step } from "../../plan/decision.ts";
import type { DryRun } from "../../run/dry-run.ts";
import { isJsonObject, type JsonValue } from "../../shared/json.ts";
import { countText, durationText } from "./duration.ts";
import { renderIssues } from "./render-error.ts";
import type { Style } from "./style.ts";
import { cutToWidth, padText, textWidth, wrapText } from "./text-width.ts";
import { visibleLine, visibleText } from "./visible-text.ts";

export interface PlanOptions {
  style: Style;
  width: number | null;
}

const LONGEST_INPUT = 120;

export function renderDryRun(dryRun: DryRun, options: PlanOptions): string[] {
  const { style } = options;
  const { decision, issues, valid, repairs } = dryRun;
  const lines =
    decision === null ? [style.red("The planner's answer is no decision.")] : renderDecision(decision, options);
  if (issues.length > 0) lines.push("", ...renderIssues(issues, style));
  for (const { step, rule } of dryRun.approvals)
    lines.push(`  ${style.yellow("⏸")} step ${step} will wait for approval ${style.dim(`(${rule})`)}`);
  if (repairs > 0) lines.push(style.dim(`after ${countText(repairs, "repair")}`));
  if (decision?.kind === "plan")
    lines.push(
      "",
      valid ? style.green("✓ The plan passes the checker.") : style.red("✗ The checker refuses the plan."),
    );
  if (decision?.kind === "plan" && valid) lines.push(style.dim(forecastText(dryRun)));
  return lines;
}

function forecastText({ forecast, graph }: DryRun): string {
  const { steps, modelCalls, tokens, costUsd, durationMs, basis } = forecast;
  const path = graph.criticalPath.length > 1 ? `longest path ${graph.criticalPath.join(" → ")}` : "";
  const model = modelCalls.high > 0 ? [`${rangeText(modelCalls)} model calls`, `${rangeText(tokens)} tokens`] : [];
  const cost = costUsd.high > 0 ? `${rangeText(costUsd)} USD` : "";
  const time =
    durationMs.low < 1
      ? `at most ${durationText(durationMs.high)}`
      : `${durationText(durationMs.low)} to ${durationText(durationMs.high)}`;
  const guessed =
    basis.unmeasured.length === 0 ? "" : `never measured: ${basis.unmeasured.map(visibleLine).join(", ")}`;
  const parts = [`${rangeText(steps)} ${steps.high === 1 ? "step" : "steps"}`, ...model, cost, time, path, guessed];
  return parts.filter((part) => part !== "").join(" · ");
}

function rangeText({ low, high }: { low: number; high: number }): string {
  return low === high ? `${high}` : `${low} to ${high}`;
}

export function renderDecision(decision: Decision, options: PlanOptions): string[] {
  const { style, width } = options;
  const rationale = paragraph(decision.rationale, width).map(style.dim);
  switch (decision.kind) {
    case "plan":
      return [...renderPlan(decision, options), ...(rationale.length > 0 ? ["", ...rationale] : [])];
    case "finish":
      return [style.bold("Finish with what is known."), ...rationale, valueText(decision.output)];
    case "ask":
      return [`${style.yellow("?")} ${style.bold(visibleText(decision.question))}`, ...rationale];
    case "abandon":
      return [
        `${style.red("✗")} ${style.bold("Not possible:")} ${paragraph(decision.reason, width).join("\n")}`,
        ...rationale,
      ];
  }
}

function renderPlan(plan: PlanDecision, { style, width }: PlanOptions): string[] {
  const nameWidth = Math.max(0, ...plan.steps.map(({ id }) => textWidth(visibleLine(id))));
  const head = style.bold(`Plan: ${countText(plan.steps.length, "step")}, then ${plan.then}`);
  const lines = plan.steps.flatMap((step) => renderStep(step, { style, width, nameWidth }));
  const output = plan.output === undefined ? [] : [`  ${style.cyan("=")} ${clip(valueText(plan.output), width, 4)}`];
  return [head, ...lines, ...output];
}

function renderStep(step: Step, { style, width, nameWidth }: PlanOptions & { nameWidth: number }): string[] {
  const inputs = Object.entries(step.input).map(([name, value]) => `${visibleLine(name)}: ${valueText(value)}`);
  const call = `${visibleLine(step.tool)}(${inputs.join(", ")})`;
  const name = padText(visibleLine(step.id), nameWidth);
  const extras = [
    step.when === undefined ? "" : `when ${valueText(step.when)}`,
    step.forEach === undefined
      ? ""
      : `for each of ${valueText(step.forEach.items)}, at most ${step.forEach.max ?? "?"}`,
    step.after === undefined || step.after.length === 0 ? "" : `after ${step.after.map(visibleLine).join(", ")}`,
    step.onFailure === undefined ? "" : `on failure ${step.onFailure}`,
  ].filter((extra) => extra !== "");
  const indent = " ".repeat(nameWidth + 6);
  return [
    `  ${style.cyan("•")} ${name}  ${clip(call, width, nameWidth + 6)}`,
    ...extras.map((extra) => style.dim(clip(`${indent}${extra}`, width, 0))),
  ];
}

/** A value of the plan language: references as their path, texts in quotes. */
export function valueText(value: JsonValue): string {
  if (!isJsonObject(value)) {
    const text = Array.isArray(value) ? `[${value.map(valueText).join(", ")}]` : JSON.stringify(value);
    return cutToWidth(visibleLine(text), LONGEST_INPUT);
  }
  if (typeof value.ref === "string" && Object.keys(value).length === 1) return visibleLine(value.ref);
  if (typeof value.template === "string" && Object.keys(value).length === 1)
    return visibleLine(JSON.stringify(value.template));
  const fields = Object.entries(value).map(([name, field]) => `${visibleLine(name)}: ${valueText(field)}`);
  return cutToWidth(`{${fields.join(", ")}}`, 2 * LONGEST_INPUT);
}

function paragraph(text: string, width: number | null): string[] {
  const safe = visibleText(text).trim();
  if (safe === "") return [];
  return width === null ? safe.split("\n") : wrapText(safe, Math.min(width, 100));
}

function clip(text: string, width: number | null, used: number): string {
  return width === null ? text : cutToWidth(text, Math.max(20, width - used - 1));
}
