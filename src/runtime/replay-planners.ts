/** Who is asked again: the planner under test, and what planned then. Owns: when the latter can be had here. */
import type { JournalEntry } from "../journal/entries.ts";
import type { Environment } from "../model/open-model.ts";
import type { Planner } from "../planner/planner.ts";
import { loadPrompts } from "../prompt/load-prompts.ts";
import { createPlanning, type PlanningOptions } from "./create-planning.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface ReplayPlanners {
  /** Null: nobody is asked. */
  planner: Planner | null;
  baseline: Planner | null;
  /** Why there is no baseline, or null. */
  noNoise: string | null;
}

interface Wish {
  ask: boolean | PlanningOptions;
  noise: number;
  recorded: PlanningOptions["model"] | undefined;
  /** Where the keys of models are. */
  env: Environment;
}

/** Throws CONFIG_INVALID, PROMPT_NOT_FOUND. */
export function replayPlanners(
  environment: RuntimeEnvironment,
  planning: PlanningOptions,
  { wish, history }: { wish: Wish; history: readonly JournalEntry[] },
): ReplayPlanners {
  const { ask } = wish;
  if (ask === false) return { planner: null, baseline: null, noNoise: null };
  const parts = { clock: environment.clock, random: environment.random, env: wish.env };
  const under = ask === true ? planning : { ...promptsOf(planning), ...ask };
  const planner = ask === true ? environment.planner : createPlanning(under, parts).planner;
  if (wish.noise === 0) return { planner, baseline: null, noNoise: "It was not asked for." };
  const then = recordedPlanning(history);
  if (then.model === null) return { planner, baseline: null, noNoise: "No model planned this run." };
  const model = wish.recorded ?? under.model ?? planning.model;
  const library = under.prompts ?? planning.prompts ?? loadPrompts();
  const changed = then.prompts.find(({ name, version, hash }) => hashIn(library, `${name}@${version}`) !== hash);
  if (changed !== undefined) {
    const mark = `${changed.name}@${changed.version}`;
    return { planner, baseline: null, noNoise: `Prompt ${mark} is not what it was then, or not here.` };
  }
  const prompt = then.prompts.map(({ name, version }) => `${name}@${version}`);
  const { visibility } = under;
  const baseline =
    model === undefined
      ? null
      : createPlanning({ model, prompts: library, prompt, ...(visibility && { visibility }) }, parts).planner;
  if (baseline?.model === then.model) return { planner, baseline, noNoise: null };
  return { planner, baseline: null, noNoise: `The model of then, ${then.model}, is not the one that is given here.` };
}

function promptsOf({ prompts, visibility }: PlanningOptions): PlanningOptions {
  return { ...(prompts && { prompts }), ...(visibility && { visibility }) };
}

function hashIn(library: NonNullable<PlanningOptions["prompts"]>, mark: string): string | null {
  const found = library.list().find(({ name, version }) => `${name}@${version}` === mark);
  return found?.hash ?? null;
}

interface RecordedPlanning {
  model: string | null;
  prompts: { name: string; version: number; hash: string }[];
}

/** The last model that answered, and every prompt that one was asked with; of one name the last version. */
function recordedPlanning(history: readonly JournalEntry[]): RecordedPlanning {
  const prompts = new Map<string, RecordedPlanning["prompts"][number]>();
  let model: string | null = null;
  for (const entry of history) {
    if (entry.kind !== "decision.received") continue;
    model = entry.data.model ?? model;
    const { prompt } = entry.data;
    if (prompt !== null) prompts.set(prompt.name, prompt);
  }
  return { model, prompts: [...prompts.values()] };
}
