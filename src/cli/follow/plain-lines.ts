/** One line per event that a person wants to read, for logs and pipes. Owns: the words. */

import type { RunEvent, StepRow } from "../../run/run-result.ts";
import type { JsonObject, JsonValue } from "../../shared/json.ts";
import { isJsonObject } from "../../shared/json.ts";
import { countText, durationText } from "../render/duration.ts";
import { visibleLine } from "../render/visible-text.ts";
import type { Progress, ProgressOptions } from "./progress.ts";

export function createPlainLines({ report }: ProgressOptions): Progress {
  const startedAt = new Map<string, string>();
  const told = new Set<string>();
  return {
    event(event) {
      if (event.kind === "step.started") startedAt.set(placeOf(event), event.at);
      if (event.kind.startsWith("step.")) told.add(placeOf(event));
      const line = describeEvent(event, startedAt.get(placeOf(event)) ?? event.at);
      if (line !== null) report.note(line);
    },
    note: (text) => report.note(text),
    pause: async () => undefined,
    resume: () => undefined,
    async finish(result) {
      for (const row of result.steps) {
        if (isQuietEnd(row) && !told.has(placeOf({ step: row.id, index: row.index })))
          report.note(`step ${rowName(row)} ${row.status}`);
      }
      report.note(`run ${result.id} ${result.status} ${durationText(result.durationMs)}`);
    },
    stop: () => undefined,
  };
}

/** Ends of steps that are derived, so that no event tells of them. */
function isQuietEnd({ status }: StepRow): boolean {
  return status === "unmet" || status === "skipped" || status === "cancelled";
}

/** What the event says to a person; null for what only machines need. */
export function describeEvent(event: RunEvent, startedAt: string): string | null {
  const { data } = event;
  const about = event.step === null ? "" : `step ${eventName(event)}`;
  switch (event.kind) {
    case "run.accepted":
      return `run ${event.run} accepted`;
    case "decision.accepted":
      return `decision ${number(data.n)} accepted${describeDecision(data)}`;
    case "decision.received":
      return isJsonObject(data.error)
        ? `decision ${number(data.n)} try ${number(data.attempt)}: no answer: ${describeError(data.error)}`
        : null;
    case "decision.rejected":
      if (data.fallback === true)
        return `decision ${number(data.n)}: another planner stands in${describeFindings(data)}`;
      return `decision ${number(data.n)} try ${number(data.attempt)} rejected: ${describeIssues(data)}`;
    case "step.completed":
      return `${about} completed ${durationText(Date.parse(event.at) - Date.parse(startedAt))}`;
    case "step.failed":
      return `${about} failed: ${describeError(data.error)}${typeof data.retryAt === "string" ? `; next attempt at ${data.retryAt}` : ""}`;
    case "step.unknown":
      return `${about} unknown: ${describeError(data.error)}`;
    case "approval.requested":
      return `${about === "" ? "plan" : about} waits for approval ${field(data.approval, "id")} (${field(data.approval, "rule")})`;
    case "approval.granted":
    case "approval.denied":
    case "approval.expired":
      return `approval ${text(data.approval)} ${event.kind.slice("approval.".length)}`;
    case "question.asked":
      return `question: ${text(data.question)}`;
    case "question.answered":
      return "question answered";
    case "cancel.requested":
      return "cancel requested";
    case "budget.settled":
      return `budget: ${text(data.message)}`;
    case "run.resumed":
      return data.by === "run" ? null : "run taken up again";
    default:
      return describeRuleEvent(event, about);
  }
}

/** What comes of a run's rules, and of a person's look at a plan. */
function describeRuleEvent({ kind, data }: RunEvent, about: string): string | null {
  switch (kind) {
    case "recovery.applied":
      return `${about} recovery: ${describeRecovery(data)}`;
    case "compensation.completed":
      return `${about} undone`;
    case "compensation.failed":
      return `${about} not undone: ${describeError(data.error)}`;
    case "success.checked":
      return typeof data.met === "boolean"
        ? `success criteria ${data.met ? "met" : `not met: ${unmetNames(data)}`}`
        : null;
    case "target.missed":
      return `target missed: ${text(data.target)} ${number(data.actual)}, wanted at most ${number(data.limit)}`;
    case "plan.edited":
      return `decision ${number(data.n)}: the plan was edited by a ${text(data.by)}`;
    default:
      return null;
  }
}

function describeRecovery({ verb, code, retryAt, tool }: JsonObject): string {
  const when = typeof retryAt === "string" ? ` at ${retryAt}` : "";
  const what = isJsonObject(tool) ? ` to ${field(tool, "name")}` : "";
  return `${text(verb)}${what}${when} (${text(code)})`;
}

function unmetNames({ results }: JsonObject): string {
  const unmet = Array.isArray(results) ? results.filter((one) => isJsonObject(one) && one.met !== true) : [];
  return unmet.map((one) => field(one, "name")).join(", ");
}

function describeFindings(data: JsonObject): string {
  const found = describeIssues(data);
  return found === "" ? "" : `: ${found}`;
}

function describeDecision(data: JsonObject): string {
  const decision = isJsonObject(data.decision) ? data.decision.value : undefined;
  const revision = `revision ${number(data.revision)}`;
  if (!isJsonObject(decision)) return ` (${revision})`;
  if (decision.kind !== "plan") return `: ${text(decision.kind)}`;
  const steps = Array.isArray(decision.steps) ? decision.steps.length : 0;
  return `: ${countText(steps, "step")} (${revision})`;
}

function describeIssues(data: JsonObject): string {
  const issues = Array.isArray(data.issues) ? data.issues : [];
  if (issues.length === 0) return describeError(data.error ?? null);
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : "";
  return `${field(issues[0], "code")} ${field(issues[0], "message")}${more}`;
}

function describeError(error: JsonValue | undefined): string {
  return `${field(error, "code")} ${field(error, "message")}`.trim();
}

function field(value: JsonValue | undefined, name: string): string {
  return isJsonObject(value) ? text(value[name]) : "";
}

function text(value: JsonValue | undefined): string {
  return typeof value === "string" ? visibleLine(value) : "";
}

function number(value: JsonValue | undefined): string {
  return typeof value === "number" ? String(value) : "?";
}

function placeOf({ step, index }: Pick<RunEvent, "step" | "index">): string {
  return `${step}[${index}]`;
}

function eventName({ step, index }: RunEvent): string {
  return `${step}${index === null ? "" : `[${index}]`}`;
}

function rowName({ id, index }: StepRow): string {
  return `${id}${index === null ? "" : `[${index}]`}`;
}
