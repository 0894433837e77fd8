/**
 * The model as one trial asks it: within the suite's budget and the provider's rate, marked with the trial's number, and
 * with a note of how long it took. Owns: what a trial's calls took. Must not: retry; call-model.ts does.
 */
import { createModelCaller } from "../../model/call-model.ts";
import type { CassetteModel } from "../../model/cassette-model.ts";
import { type CallOptions, type Model, ModelCallError, type ModelCaller, type ModelReply } from "../../model/model.ts";
import type { Allowance } from "../../model/usage.ts";
import { NO_USAGE } from "../../model/usage.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Random } from "../../shared/random.ts";
import type { ProviderGates } from "./provider-gates.ts";
import type { Spending } from "./spending.ts";

export interface TrialCallerOptions {
  model: Model;
  /** From 1. */
  trial: number;
  /** True where every answer comes from a recording: nothing is spent, and nobody has to be spared. */
  isReplay: boolean;
  gates: ProviderGates;
  spending: Spending;
  clock: Clock;
  random: Random;
}

export interface TrialCaller {
  caller: ModelCaller;
  /** How long the model took for its answers, when they were given; null where it was not asked. */
  latencyMs(): number | null;
  /** Names of the models that answered, as their providers gave them. */
  answeredBy(): string[];
}

export function createTrialCaller(options: TrialCallerOptions): TrialCaller {
  const { model, trial, isReplay, clock, random } = options;
  const { timed, latencyMs, answeredBy } = observed(ownSession(model), clock);
  const caller = createModelCaller(timed, { clock, random });
  const marked = (request: Parameters<ModelCaller["call"]>[0], given: CallOptions): Promise<ModelReply> =>
    caller.call(request, { ...given, trial });
  return {
    caller: {
      model,
      call: isReplay ? marked : (request, given) => callWithinBudget(options, { request, given, call: marked }),
    },
    latencyMs,
    answeredBy,
  };
}

/** Trials that ask the same at the same time must not take each other's answers. */
function ownSession(model: Model): Model {
  return "session" in model ? (model as CassetteModel).session() : model;
}

/** A cassette tells the time of its recording; of others it is measured. */
function observed(model: Model, clock: Clock): Omit<TrialCaller, "caller"> & { timed: Model } {
  let total: number | null = null;
  const names = new Set<string>();
  const timed: Model = {
    ...model,
    async generate(request, attempt) {
      const startedAt = clock.monotonic();
      let told: number | null = null;
      try {
        const onLatency = (ms: number): void => {
          told = ms;
        };
        const answer = await model.generate(request, { ...attempt, onLatency });
        names.add(answer.model);
        return answer;
      } finally {
        total = (total ?? 0) + (told ?? Math.round(clock.monotonic() - startedAt));
      }
    },
  };
  return { timed, latencyMs: () => total, answeredBy: () => [...names].sort() };
}

interface Asked {
  request: Parameters<ModelCaller["call"]>[0];
  given: CallOptions;
  call: ModelCaller["call"];
}

async function callWithinBudget(
  { model, gates, spending }: TrialCallerOptions,
  { request, given, call }: Asked,
): Promise<ModelReply> {
  const reservation = await spending.reserve(request, model.price);
  if (reservation === null) throw budgetUsedUp();
  const allowance = smaller(given.allowance, reservation);
  const provider = model.rulesOf ?? model.provider;
  let used = { usage: NO_USAGE, costUsd: 0 as number | null };
  try {
    const reply = await gates.pass(provider, { tokens: reservation.tokens, signal: given.signal }, () =>
      call(request, { ...given, allowance }),
    );
    used = reply;
    return reply;
  } catch (thrown) {
    if (thrown instanceof ModelCallError) used = thrown;
    throw thrown;
  } finally {
    spending.settle(reservation, used);
    gates.giveBack(provider, reservation.tokens - used.usage.inputTokens - used.usage.outputTokens);
  }
}

function smaller(one: Allowance | undefined, other: Allowance): Allowance {
  const { tokens, costUsd } = other;
  if (one === undefined) return { tokens, costUsd };
  const least = [one.costUsd, costUsd].filter((usd) => usd !== null);
  return { tokens: Math.min(one.tokens, tokens), costUsd: least.length === 0 ? null : Math.min(...least) };
}

function budgetUsedUp(): ModelCallError {
  return new ModelCallError("LIMIT_COST", "The suite's budget is used up.", {
    hint: "Raise the suite's budget and go on with --resume.",
    usage: NO_USAGE,
    costUsd: 0,
  });
}
