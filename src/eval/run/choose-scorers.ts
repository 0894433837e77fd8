/** Which scorers a suite is scored by. Owns: that an unknown one is refused, before anybody is asked anything. */
import { builtInScorers } from "../../../evals/scorers/built-in-scorers.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { didYouMean, meantName } from "../../shared/did-you-mean.ts";
import type { LoadedSuite } from "../loaded-suite.ts";
import type { Scorer } from "../score.ts";

type Choosing = Pick<LoadedSuite, "scorers" | "gates" | "pass" | "file"> & { judges: readonly { id: string }[] };

/**
 * Those that the suite names or brings, and those that its gates and its `pass` need; in the order of the list. Throws
 * CONFIG_INVALID for a scorer that there is none of, and a judge that is called like one.
 */
export function chosenScorers({ scorers, gates, pass = [], judges, file }: Choosing): Scorer[] {
  const own = (scorers ?? []).filter((one) => typeof one !== "string");
  const known = new Map([...builtInScorers, ...own].map((one) => [one.id, one]));
  const judging = new Set(judges.map(({ id }) => id));
  refuseTakenIds(judging, known, file);
  const named = scorers?.map((one) => (typeof one === "string" ? one : one.id)) ?? [...known.keys()];
  const wanted = new Set([...named, ...gates.map(({ scorer }) => scorer), ...pass]);
  for (const id of wanted) {
    if (known.has(id) || judging.has(id)) continue;
    const ids = [...known.keys(), ...judging];
    const message = `Suite '${file}' names the scorer '${id}', which there is none of.${meantName(didYouMean(id, ids))}`;
    throw new PlanwrightError("CONFIG_INVALID", message, { hint: `There are ${ids.join(", ")}.` });
  }
  return [...known.values()].filter(({ id }) => wanted.has(id));
}

function refuseTakenIds(judges: ReadonlySet<string>, scorers: ReadonlyMap<string, Scorer>, file: string): void {
  for (const id of judges) {
    if (!scorers.has(id)) continue;
    throw new PlanwrightError("CONFIG_INVALID", `Suite '${file}' has a judge '${id}', which a scorer is called.`, {
      hint: "Give the judge another id.",
    });
  }
}
