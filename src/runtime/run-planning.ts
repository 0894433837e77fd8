/**
 * Who plans one run: the runtime's own planner, or what the run's request asked for by words (a model, versions of
 * prompts). The words are journalled, so that whoever takes the run up plans with the same. Owns: what words come to.
 */
import type { AskedPlanning } from "../journal/entries.ts";
import { parseReference } from "../prompt/prompt-library.ts";
import { canonicalJson } from "../shared/json.ts";
import type { OpenPlanning, RunPlanning, RuntimeEnvironment } from "./runtime-environment.ts";

/** Different words that are kept opened. */
const MOST_KEPT = 64;

/** Opens the planning for each words once. A failure is not kept: a key may be set later. */
export function keepPlannings(open: OpenPlanning): OpenPlanning {
  const kept = new Map<string, Promise<RunPlanning>>();
  return (asked) => {
    const words = canonicalJson(asked);
    const known = kept.get(words);
    if (known !== undefined) return known;
    const opened = open(asked);
    kept.set(words, opened);
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break;
      kept.delete(oldest);
    }
    opened.catch(() => kept.delete(words));
    return opened;
  };
}

/** The environment of one run. Throws CONFIG_INVALID, PROMPT_NOT_FOUND for words that come to nothing here. */
export async function environmentOf(
  environment: RuntimeEnvironment,
  asked: AskedPlanning | null | undefined,
): Promise<RuntimeEnvironment> {
  return asked == null ? environment : { ...environment, ...(await environment.openPlanning(asked)) };
}

/** References of prompts, where a later one takes the place of an earlier one of the same name. */
export function overridePrompts(own: readonly string[], asked: readonly string[]): string[] {
  const names = new Set(asked.map((text) => parseReference(text)?.name));
  return [...own.filter((text) => !names.has(parseReference(text)?.name)), ...asked];
}
