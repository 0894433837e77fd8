/** `planwright runs lst`: the command behind the default one got a word that it does not take. */
import { PlanwrightError } from "../../error/planwright-error.ts";
import { didYouMean, meantName } from "../../shared/did-you-mean.ts";
import type { Call } from "../call.ts";

/** Throws VALIDATION where there is a word too many. */
export function refuseExtra({ extra }: Call, { command, words }: { command: string; words: readonly string[] }): void {
  const [word] = extra;
  if (word === undefined) return;
  const near = didYouMean(word, words);
  const isRun = command === "runs" && word.startsWith("run_");
  const meant = near === null ? null : `${command} ${near}`;
  const guess = meantName(isRun ? `runs show ${word}` : meant);
  throw new PlanwrightError("VALIDATION", `Unknown command '${command} ${word}'.${guess}`, {
    hint: `planwright ${command} takes one of ${words.join(", ")}.`,
  });
}
