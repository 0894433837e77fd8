/** How a run comes to its end: output and its check, or the error it ends with. Owns: the `run.ended` entry. */
import { isErrorCode } from "../error/codes.ts";
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import { type EntryData, isPersonalRun, type NewEntry } from "../journal/entries.ts";
import { storeValue } from "../journal/store-value.ts";
import { compilePlan } from "../plan/compile-plan.ts";
import { unreadSteps } from "../plan/plan-graph.ts";
import { type MissingReference, resolveOutput } from "../plan/resolve-value.ts";
import { fitsLimit } from "../plan/value-size.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { hashInput } from "./apply-call.ts";
import { checkRunOutput } from "./check-run-output.ts";
import { requestDecision } from "./decide.ts";
import { append, type DriverCore, later } from "./driver-core.ts";
import type { Ledger } from "./ledger.ts";
import { outputOf, scopeOf } from "./ledger-scope.ts";
import { replansLeft } from "./ledger-tallies.ts";

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
  if (issues.length === 0) return later(core, completed(core, value, missing));
  if (!isPersonalRun(ledger.accepted) && replansLeft(ledger) > 0) return requestDecision(core, issues);
  const first = issues[0];
  const error = errorShape("OUTPUT_INVALID", first?.message ?? "The output does not fit its schema.", {
    runId: ledger.run,
    hint: first?.hint ?? "",
    issues,
  });
  append(core, { kind: "run.ended", data: { status: "failed", output: null, missing, reason: null, error } });
}

async function completed(core: DriverCore, value: JsonValue, missing: MissingReference[]): Promise<NewEntry> {
  const output = hashInput(value) === null ? null : await storeValue(core, value);
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
  const data: EntryData<"run.ended"> = { status, output: null, missing: [], reason: null, error: null };
  if (status === "failed") data.error = failureOf(ledger);
  if (status === "exhausted") data.error = exhaustionOf(ledger, core.state.limit());
  if (status === "exhausted") data.reason = data.error?.message ?? null;
  if (ledger.lastDecision?.kind === "abandon" && status === "failed") data.reason = ledger.lastDecision.reason;
  append(core, { kind: "run.ended", data });
}

function failureOf(ledger: Ledger): ErrorShape {
  if (ledger.lastRejection?.error != null) return ledger.lastRejection.error;
  if (ledger.lastDecision?.kind === "abandon") {
    const hint = "Rephrase the goal, register a tool for it, or use a planner with a model.";
    return errorShape("PLAN_ABANDONED", ledger.lastDecision.reason, { runId: ledger.run, hint });
  }
  const fatal = [...ledger.steps.values()].find((step) => step.status === "failed" && step.onFailure === "fail");
  return fatal?.call.error ?? errorShape("INTERNAL", "The run failed without a reason.", { runId: ledger.run });
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
