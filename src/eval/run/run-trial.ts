/**
 * One trial: one case, planned (and at higher levels carried out) by one variant, as a run of its own with its decision
 * log. Owns: what such a run is given, and what is kept of it. Must not: score.
 */
import { createRuntime, type Runtime } from "../../create-runtime.ts";
import { type ErrorShape, PlanwrightError } from "../../error/planwright-error.ts";
import { type Budget, DEFAULT_BUDGET } from "../../goal/run-request.ts";
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import type { Store } from "../../journal/store.ts";
import type { RunResult } from "../../run/run-result.ts";
import type { Clock } from "../../shared/clock.ts";
import { sha256Hex } from "../../shared/hash.ts";
import type { JsonValue } from "../../shared/json.ts";
import { newId, seededRandom } from "../../shared/random.ts";
import type { LoadedCase, LoadedSuite } from "../loaded-suite.ts";
import { type Measures, type TrialRecord, trialKey } from "../trial-record.ts";
import type { OpenVariant } from "./open-variants.ts";
import { NOTHING_RUNS, planOnly } from "./plan-only.ts";
import type { ProviderGates } from "./provider-gates.ts";
import type { Spending } from "./spending.ts";
import { createTrialCaller, type TrialCaller } from "./trial-caller.ts";
import { toolsOfTrial } from "./trial-tools.ts";

export interface TrialSetting {
  experiment: string;
  suite: LoadedSuite;
  /** Where the runs are kept; stays open. */
  store: Store;
  gates: ProviderGates;
  spending: Spending;
  clock: Clock;
  /** Takes away what an earlier try of the trial has left under this run id. */
  forget?: (run: string) => Promise<void>;
}

export interface Trial {
  loaded: LoadedCase;
  variant: OpenVariant;
  /** From 1. */
  number: number;
}

/** Null where the suite's budget ended first: then there is no trial. Throws CASSETTE_MISS, and what is no trial's fault. */
export async function runTrial(setting: TrialSetting, trial: Trial): Promise<TrialRecord | null> {
  const { suite, clock, gates, spending, store } = setting;
  const { loaded, variant } = trial;
  const seed = seedOf(setting, trial);
  const random = seededRandom(seed);
  const nowMs = Date.parse(suite.now);
  // The same draw that the runtime makes first.
  await setting.forget?.(newId("run", { nowMs, random: seededRandom(seed) }));
  const { isReplay, model } = variant;
  const given = { trial: trial.number, isReplay, gates, spending, clock, random };
  const asked = model === null ? null : createTrialCaller({ model, ...given });
  const budget = { ...DEFAULT_BUDGET, maxSeconds: suite.caseTimeoutSeconds };
  const planner = variant.createPlanner(asked?.caller ?? null);
  const isPlanOnly = suite.level === "plan";
  const { tools, policy, state, fault } = await toolsOfTrial({
    suite,
    loaded,
    modelTools: variant.createTools(asked?.caller ?? null),
  });
  const runtime = createRuntime({
    store: { ...store, close: async () => {} },
    planner: isPlanOnly ? planOnly(planner, budget) : planner,
    tools,
    policy,
    builtInTools: false,
    limits: { plannerTimeoutMs: suite.caseTimeoutSeconds * 1_000 },
    clock: { ...clock, now: () => nowMs },
    random,
  });
  try {
    const { result, error } = await runToEnd(runtime, { setting, loaded, budget, isPlanOnly });
    const decisions = await runtime.runs.decisions(result.id);
    throwIfMissed(trial, decisions);
    if (spending.isUsedUp() && isOutOfBudget(result, decisions)) return null;
    const ended = { result, decisions, asked, isPlanOnly, state: await state() };
    return recordOf(trial, { ...ended, error: error ?? fault() ?? failureOf(decisions, result) });
  } finally {
    await runtime.close();
  }
}

/** The same trial of the same experiment has the same run id, so that replays are equal byte for byte. */
function seedOf({ experiment }: TrialSetting, { loaded, variant, number }: Trial): number {
  const key = trialKey({ case: loaded.id, variant: variant.id, trial: number });
  return Number.parseInt(sha256Hex(`${experiment} ${key}`).slice(0, 8), 16);
}

async function runToEnd(
  runtime: Runtime,
  {
    setting,
    loaded,
    budget,
    isPlanOnly,
  }: { setting: TrialSetting; loaded: LoadedCase; budget: Budget; isPlanOnly: boolean },
): Promise<{ result: RunResult; error: ErrorShape | null }> {
  const { suite, clock } = setting;
  const run = await runtime.start({
    ...{ goal: loaded.evalCase.goal, documents: loaded.documents, params: loaded.params },
    budget: { ...budget, ...(isPlanOnly ? NOTHING_RUNS : {}) },
    // Nobody sits there to approve anything.
    approve: "none",
    ...(loaded.evalCase.outputSchema === undefined ? {} : { output: loaded.evalCase.outputSchema }),
  });
  let timedOut: ErrorShape | null = null;
  const cancel = clock.setTimer(suite.caseTimeoutSeconds * 1_000, () => {
    timedOut = tookTooLong(suite.caseTimeoutSeconds).toShape();
    void run.cancel().catch(() => {}); // It ended meanwhile.
  });
  try {
    const result = await run.result();
    return { result, error: timedOut };
  } finally {
    cancel();
  }
}

function tookTooLong(seconds: number): PlanwrightError {
  return new PlanwrightError("LIMIT_TIME", `The trial took longer than ${seconds} s.`, {
    hint: "Raise the suite's caseTimeoutSeconds, or look at what it waits for in its decision log.",
  });
}

/** Whose fault it is that there is no answer: the provider's. What a model did wrong is scored instead. */
const NOT_THE_PLANNER: ReadonlySet<string> = new Set([
  "MODEL_RATE_LIMITED",
  "MODEL_OVERLOADED",
  "MODEL_UNAVAILABLE",
  "MODEL_TIMEOUT",
  "MODEL_STREAM_BROKEN",
  "MODEL_AUTH",
  "MODEL_QUOTA",
  "MODEL_BAD_REQUEST",
  "LIMIT_TIME",
  "LIMIT_TOKENS",
  "LIMIT_COST",
  "INTERNAL",
  "STORE_IO",
  "STORE_FULL",
]);

function failureOf(decisions: readonly DecisionLogEntry[], { error }: RunResult): ErrorShape | null {
  if (error !== null && NOT_THE_PLANNER.has(error.code)) return error;
  const [issue] =
    decisions
      .at(-1)
      ?.tries.at(-1)
      ?.issues.filter(({ code }) => NOT_THE_PLANNER.has(code)) ?? [];
  if (issue === undefined) return null;
  return new PlanwrightError(issue.code, issue.message, { hint: issue.hint }).toShape();
}

/** A replay that asks for what was not recorded replays something else: the whole comparison is void. */
function throwIfMissed({ loaded, variant, number }: Trial, decisions: readonly DecisionLogEntry[]): void {
  const issues = decisions.flatMap(({ tries }) => tries.flatMap((one) => one.issues));
  const miss = issues.find(({ code }) => code === "CASSETTE_MISS");
  if (miss === undefined) return;
  throw new PlanwrightError(
    "CASSETTE_MISS",
    `Case '${loaded.id}', variant '${variant.id}', trial ${number}: ${miss.message}`,
    {
      hint: "Undo what changed, or record what is missing: planwright eval SUITE --record.",
    },
  );
}

function isOutOfBudget({ error }: RunResult, decisions: readonly DecisionLogEntry[]): boolean {
  if (error?.code === "LIMIT_COST" || error?.code === "LIMIT_TOKENS") return true;
  return decisions.some(({ tries }) => tries.some(({ issues }) => issues.some(({ code }) => code === "LIMIT_COST")));
}

interface Ended {
  result: RunResult;
  decisions: DecisionLogEntry[];
  asked: TrialCaller | null;
  isPlanOnly: boolean;
  state: JsonValue;
  error: ErrorShape | null;
}

function recordOf({ loaded, variant, number }: Trial, ended: Ended): TrialRecord {
  const { result, decisions, isPlanOnly, error, asked, state } = ended;
  return {
    v: 1,
    kind: "trial",
    case: loaded.id,
    variant: variant.id,
    trial: number,
    run: result.id,
    decisions,
    result: isPlanOnly ? null : result,
    state,
    answeredBy: asked?.answeredBy() ?? [],
    measures: measuresOf(ended),
    error,
  };
}

function measuresOf({ result, asked, isPlanOnly }: Ended): Measures {
  const { inputTokens, outputTokens, modelCalls } = result.usage;
  return {
    tokens: inputTokens + outputTokens,
    costUsd: result.costUsd,
    modelCalls,
    latencyMs: asked?.latencyMs() ?? null,
    replans: isPlanOnly ? 0 : result.replans,
  };
}
