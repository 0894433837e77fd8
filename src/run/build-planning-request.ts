/** Fills in what a planner is asked (KERNEL 17: how much it sees decides the label of its plan). */
import type { Issue } from "../error/issue.ts";
import { digestDocument } from "../goal/digest-document.ts";
import type { Document } from "../goal/document.ts";
import { type ReadBlob, storedValue } from "../journal/store.ts";
import type { DecisionCause, HistoryItem, PlanningRequest, Visibility } from "../planner/planning-request.ts";
import { type Label, TRUSTED, untrusted } from "../policy/label.ts";
import { cutText } from "../shared/cut-text.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import type { Ledger, OpenDecision, StepState } from "./ledger.ts";
import { outputOf, readDocument } from "./ledger-scope.ts";
import { replansLeft, stepsLeft } from "./ledger-tallies.ts";

/** Longest preview of one step's output, in characters. */
const PREVIEW_CHARS = 800;

export interface RequestOptions {
  n: number;
  attempt: number;
  cause: DecisionCause;
  visibility: Visibility;
  tools: ToolRegistry;
  /** What is wrong with the run's output, where that is why it asks. */
  issues?: Issue[];
}

export function buildPlanningRequest(ledger: Ledger, options: RequestOptions): PlanningRequest {
  const { n, attempt, cause, visibility, tools } = options;
  const { accepted } = ledger;
  const isBlind = visibility === "none";
  return {
    run: ledger.run,
    n,
    attempt,
    cause,
    goal: accepted.goal,
    params: accepted.params,
    documents: isBlind ? [] : documentDigests(ledger, visibility),
    tools: isBlind ? [] : tools.describe(),
    history: isBlind ? [] : historyOf(ledger, visibility, tools),
    answers: ledger.answers.map(({ question, answer }) => ({ question, answer: storedValue(answer, ledger.readBlob) })),
    budgetLeft: {
      steps: stepsLeft(ledger),
      replans: replansLeft(ledger),
      tokens: Math.max(0, accepted.budget.maxTokens - ledger.usage.inputTokens - ledger.usage.outputTokens),
      costUsd: Math.max(0, accepted.budget.maxCostUsd - (ledger.costUsd ?? 0)),
      seconds: Math.max(0, accepted.budget.maxSeconds - Math.round(ledger.activeMs / 1_000)),
    },
    outputSchema: accepted.outputSchema,
    issues: issuesFor(ledger, options),
    previous: attempt > 1 && ledger.lastTry !== null ? storedValue(ledger.lastTry, ledger.readBlob) : null,
    previousAnswer:
      attempt > 1 && ledger.lastAnswer !== null ? String(storedValue(ledger.lastAnswer, ledger.readBlob)) : null,
    visibility,
  };
}

/** What is wrong with an output is told in words of that output: keys, values. A planner that sees none gets the code. */
function issuesFor(ledger: Ledger, { issues, attempt, cause, visibility }: RequestOptions): Issue[] {
  if (issues === undefined && attempt > 1 && ledger.lastRejection !== null) return ledger.lastRejection.issues;
  const found = issues ?? (attempt > 1 || isAboutResult(cause) ? ledger.outputIssues : []);
  if (visibility === "preview" || found.length === 0) return found;
  return cause === "success-unmet" ? namedOnly(ledger, found) : [OUTPUT_ISSUE];
}

/** What the run has come to is not what was asked for. */
export function isAboutResult(cause: DecisionCause): boolean {
  return cause === "output-invalid" || cause === "success-unmet";
}

/** The names of criteria are a person's; their evidence is content. */
function namedOnly(ledger: Ledger, issues: readonly Issue[]): Issue[] {
  const names = ledger.accepted.rules?.success.map(({ name }) => name) ?? [];
  return issues.map((issue) => {
    const name = names[Number(issue.path.split("/")[2])] ?? "";
    return { ...issue, message: `The success criterion '${name}' is not met.` };
  });
}

/** One for all: even how many there are tells of the content. */
const OUTPUT_ISSUE: Issue = {
  severity: "error",
  code: "OUTPUT_INVALID",
  path: "",
  message: "The run's output does not fit the schema that was asked for.",
  hint: "Shape the output with other steps or references, so that it fits outputSchema.",
  fix: null,
};

/** The request of the open try as it is in the journal. To be read only: what it holds is the journal's. */
export function openRequest({ open, readBlob }: Ledger): PlanningRequest | null {
  return open === null ? null : readRequest(open, readBlob);
}

/** The request of any try, from what is recorded of it; to be read only. */
export function readRequest(
  recorded: Pick<OpenDecision, "n" | "attempt" | "cause" | "visibility" | "request">,
  readBlob: ReadBlob,
): PlanningRequest {
  const { n, attempt, cause, visibility, request } = recorded;
  const { catalogue, documents, history, parameters } = request;
  const whole = {
    ...(storedValue(parameters, readBlob) as JsonObject),
    tools: storedValue(catalogue, readBlob),
    documents: storedValue(documents, readBlob),
    history: storedValue(history, readBlob),
  };
  return { ...(whole as unknown as PlanningRequest), n, attempt, cause, visibility };
}

/** A copy of it for the planner, who may do with it what it likes: what is asked can be asked again, in any process. */
export function recordedRequest(ledger: Ledger): PlanningRequest | null {
  return JSON.parse(JSON.stringify(openRequest(ledger))) as PlanningRequest | null;
}

function documentDigests(ledger: Ledger, visibility: "preview" | "shape"): PlanningRequest["documents"] {
  return ledger.accepted.documents.map((_, place) => {
    return digestDocument(readDocument(ledger, place) as Document, { visibility });
  });
}

function historyOf(ledger: Ledger, visibility: "preview" | "shape", tools: ToolRegistry): HistoryItem[] {
  return [...ledger.steps.values()].map((step) => {
    const tool = step.compiled.step.tool;
    const error = step.fanOut?.error ?? step.call.error;
    const isCompleted = step.status === "completed";
    return {
      step: step.id,
      tool,
      ...(mayShowDefinition(step, visibility) ? { definition: step.compiled.step as unknown as JsonValue } : {}),
      status: statusOf(step),
      preview: isCompleted && visibility === "preview" ? preview(ledger, step) : null,
      outputSchema: isCompleted ? (tools.get(tool)?.outputSchema ?? null) : null,
      error: error === null ? null : { code: error.code, message: visibility === "preview" ? error.message : null },
    };
  });
}

/** A plan that was made with content in view may repeat some of it. */
function mayShowDefinition({ literalLabel }: StepState, visibility: Visibility): boolean {
  return visibility === "preview" || literalLabel.integrity === "trusted";
}

function statusOf(step: StepState): HistoryItem["status"] {
  if (step.status !== "pending" && step.status !== "active") return step.status;
  const { status } = step.call;
  if (status === "unknown" || status === "waiting" || status === "cancelled") return status;
  return step.status === "active" ? "running" : "pending";
}

function preview(ledger: Ledger, step: StepState): string {
  return cutText(JSON.stringify(outputOf(ledger, step)), PREVIEW_CHARS);
}

type Seen = Pick<PlanningRequest, "visibility" | "documents" | "history" | "cause" | "issues">;

/** Label of the literals of a plan that came from such a request: untrusted once content was shown. */
export function planLabel({ visibility, documents, history, cause, issues }: Seen): Label {
  const hasSeenContent =
    documents.some((document) => document.preview !== null) ||
    history.some((item) => item.preview !== null || item.error?.message != null) ||
    isAboutResult(cause) ||
    issues.some(({ code }) => code === "OUTPUT_INVALID" || code === "SUCCESS_UNMET");
  return visibility === "preview" && hasSeenContent ? untrusted("planner") : TRUSTED;
}
