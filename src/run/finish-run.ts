/** How a run comes to its end: output and its check, or the error it ends with. Owns: the `run.ended` entry. */
import { isErrorCode } from "../error/codes.ts";
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import { type EntryData, isPersonalRun, type NewEntry, type StoredValue } from "../journal/entries.ts";
import { storeValue } from "../journal/store-value.ts";
import { compilePlan } from "../plan/compile-plan.ts";
import { unreadSteps } from "../plan/plan-graph.ts";
import { type MissingReference, resolveOutput } from "../plan/resolve-value.ts";
import { fitsLimit } from "../plan/value-size.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { hashInput } from "./apply-call.ts";
import { cutShort } from "./apply-recovery.ts";
import { askJudge } from "./ask-judge.ts";
import { checkRunOutput } from "./check-run-output.ts";
import { checkSuccess, isMet, unmetIssues, type Verdict } from "./check-success.ts";
import { requestDecision } from "./decide.ts";
import { append, type DriverCore, later } from "./driver-core.ts";
import type { Ledger, StepState } from "./ledger.ts";
import { outputOf, scopeOf } from "./ledger-scope.ts";
import { replansLeft } from "./ledger-tallies.ts";
import { recordTargets } from "./record-observations.ts";

/** The plan is done: resolve its output, check it, end the run; a bad output is a reason to replan (KERNEL 11). */
export function finishRun(core: DriverCore): void {
  const { ledger } = core.state;
  const { value, missing, isTooLarge } = outputOfRun(ledger);
  if (isTooLarge) {
    append(core, tooLarge(core));
    return;
  }
  const schema = ledger.accepted.outputSchema;
  const issues = schema === null ? [] : checkRunOutput(schema, value);
  if (issues.length === 0) return judgeRun(core, { value, missing });
  if (mayReplan(ledger)) return requestDecision(core, { cause: "output-invalid", issues });
  const first = issues[0];
  const error = errorShape("OUTPUT_INVALID", first?.message ?? "The output does not fit its schema.", {
    runId: ledger.run,
    hint: first?.hint ?? "",
    issues,
  });
  append(core, { kind: "run.ended", data: { status: "failed", output: null, missing, reason: null, error } });
}

interface Reached {
  value: JsonValue;
  missing: MissingReference[];
}

/** A person's plan is not replanned by itself; once another planner went on with it, that one may be asked again. */
function mayReplan(ledger: Ledger): boolean {
  return (!isPersonalRun(ledger.accepted) || ledger.decisions > 1) && replansLeft(ledger) > 0;
}

/** The output is in order: is the goal met? */
function judgeRun(core: DriverCore, reached: Reached): void {
  const { ledger } = core.state;
  if ((ledger.accepted.rules?.success ?? []).length === 0) return conclude(core, reached);
  if (ledger.success === null || ledger.success.met === null) {
    const results = checkSuccess(ledger, reached.value);
    if (isMet(results) === null) return askJudge(core, { results, output: reached.value });
    append(core, { kind: "success.checked", data: { n: ledger.decisions, met: isMet(results), results } });
  }
  if (ledger.success?.met === true) return conclude(core, reached);
  const issues = unmetIssues(ledger.success?.results ?? []);
  if (mayReplan(ledger)) return requestDecision(core, { cause: "success-unmet", issues });
  recordTargets(core);
  later(core, unmet(core, reached));
}

function conclude(core: DriverCore, { value, missing }: Reached): void {
  recordTargets(core);
  later(core, completed(core, value, missing));
}

/** Failed, but what was reached is kept. */
async function unmet(core: DriverCore, { value, missing }: Reached): Promise<NewEntry> {
  const output = await keptOutput(core, value);
  const error = unmetError(core.state.ledger);
  return { kind: "run.ended", data: { status: "failed", output, missing, reason: null, error } };
}

function unmetError(ledger: Ledger): ErrorShape {
  const issues = unmetIssues(ledger.success?.results ?? []);
  const names = ledger.success?.results.flatMap(({ name, met }) => (met === true ? [] : [`'${name}'`])) ?? [];
  return errorShape("SUCCESS_UNMET", `The run did not meet its success criteria: ${names.join(", ")}.`, {
    runId: ledger.run,
    hint: "Look at the evidence of each criterion; change the plan, the criterion or the budget.",
    issues,
  });
}

/** Null where it would be too large. */
async function keptOutput(core: DriverCore, value: JsonValue): Promise<StoredValue | null> {
  return hashInput(value) === null ? null : await storeValue(core, value);
}

async function completed(core: DriverCore, value: JsonValue, missing: MissingReference[]): Promise<NewEntry> {
  const output = await keptOutput(core, value);
  if (output === null) return tooLarge(core);
  return { kind: "run.ended", data: { status: "completed", output, missing, reason: null, error: null } };
}

/** No reason to replan: the plan asks for more than a run may hold (SAFETY R13). */
function tooLarge({ state }: DriverCore): NewEntry {
  const error = errorShape("OUTPUT_INVALID", "The run's output would be too large to build.", {
    runId: state.ledger.run,
    hint: "Name each long text once in the plan's output, or give out less: a summary, a selection, a file's path.",
  });
  return { kind: "run.ended", data: { status: "failed", output: null, missing: [], reason: null, error } };
}

interface RunOutput {
  value: JsonValue;
  missing: MissingReference[];
  /** Nothing may be built of it; `value` is only a part. */
  isTooLarge: boolean;
}

/** The decision's `output`; where it has none, the outputs of the steps that nobody reads, by id. */
export function outputOfRun(ledger: Ledger): RunOutput {
  const decision = ledger.lastDecision;
  if (decision === null || decision.kind === "ask" || decision.kind === "abandon") {
    return { value: null, missing: [], isTooLarge: false };
  }
  const { plan } = compilePlan(decision);
  if (plan.output !== null) return resolveOutput(plan.output, scopeOf(ledger, null, null));
  const output: JsonObject = {};
  for (const id of unreadSteps(plan.steps)) {
    const state = ledger.steps.get(id);
    if (state?.status === "completed") output[id] = outputOf(ledger, state);
  }
  return { value: output, missing: [], isTooLarge: !fitsLimit(output) };
}

/** Ends a run that was stopped: failed, exhausted or cancelled. */
export function endRun(core: DriverCore): void {
  const { ledger } = core.state;
  const status = core.state.verdict();
  recordTargets(core);
  if (status === "exhausted") return later(core, exhausted(core));
  const reason = cutShort(ledger);
  const data: EntryData<"run.ended"> = { status, output: null, missing: [], reason, error: null };
  if (status === "failed") data.error = failureOf(ledger);
  if (ledger.lastDecision?.kind === "abandon" && status === "failed") data.reason = ledger.lastDecision.reason;
  append(core, { kind: "run.ended", data });
}

/** The budget is gone: what was achieved is kept, and where the success criteria are not met, that is what is told. */
async function exhausted(core: DriverCore): Promise<NewEntry> {
  const { ledger } = core.state;
  const limit = exhaustionOf(ledger, core.state.limit());
  const { value, missing, isTooLarge } = outputOfRun(ledger);
  const hasAny = [...ledger.steps.values()].some((step) => step.status === "completed");
  const output = hasAny && !isTooLarge ? await keptOutput(core, value) : null;
  const results = checkSuccess(ledger, value);
  const error = results.every(({ met }) => met === true)
    ? limit
    : { ...unmetBecause(ledger, results), hint: limit.hint };
  const status = error === limit ? "exhausted" : "failed";
  const kept = output === null ? { output, missing: [] } : { output, missing };
  const undoing = cutShort(ledger);
  const reason = undoing === null ? limit.message : `${limit.message} ${undoing}`;
  return { kind: "run.ended", data: { status, ...kept, reason, error } };
}

function unmetBecause(ledger: Ledger, results: Verdict[]): ErrorShape {
  return unmetError({ ...ledger, success: { n: ledger.decisions, met: false, results } });
}

function failureOf(ledger: Ledger): ErrorShape {
  if (ledger.lastRejection?.error != null) return ledger.lastRejection.error;
  if (ledger.lastDecision?.kind === "abandon") {
    const hint = "Rephrase the goal, register a tool for it, or use a planner with a model.";
    return errorShape("PLAN_ABANDONED", ledger.lastDecision.reason, { runId: ledger.run, hint });
  }
  const fatal = fatalStep(ledger);
  return fatal?.call.error ?? errorShape("INTERNAL", "The run failed without a reason.", { runId: ledger.run });
}

function fatalStep(ledger: Ledger): StepState | undefined {
  return [...ledger.steps.values()].find((step) => step.status === "failed" && step.onFailure === "fail");
}

/** What to do about each limit. */
const LIMIT_HINTS: Record<string, string> = {
  LIMIT_STEPS: "Raise budget.maxSteps.",
  LIMIT_REPLANS: "Raise budget.maxReplans.",
  LIMIT_TIME: "Raise budget.maxSeconds.",
  LIMIT_TOKENS: "Raise budget.maxTokens.",
  LIMIT_COST: "Raise budget.maxCostUsd.",
  LIMIT_JOURNAL: "Split the goal into several runs.",
};

function exhaustionOf(ledger: Ledger, limit: string | null): ErrorShape {
  const { budget } = ledger.accepted;
  const code = ledger.limit?.limit ?? limit ?? "LIMIT_TIME";
  const used = code === "LIMIT_STEPS" ? `${budget.maxSteps} steps` : `${budget.maxReplans} replans`;
  const message = ledger.limit?.message ?? `The budget of ${used} is used up.`;
  const details = { runId: ledger.run, hint: LIMIT_HINTS[code] ?? "" };
  return errorShape(isErrorCode(code) ? code : "INTERNAL", message, details);
}
