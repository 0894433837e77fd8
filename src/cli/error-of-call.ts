/** Whatever ended a call early, as one of our errors. Owns: the words for errors of usage. */
import { CommanderError } from "commander";
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";

/** Null for what commander throws after `--help` and `--version`. */
export function errorOfCall(thrown: unknown): PlanwrightError | null {
  if (!(thrown instanceof CommanderError)) return asPlanwrightError(thrown);
  return thrown.exitCode === 0 ? null : usageError(thrown);
}

export function noCommand(): PlanwrightError {
  return new PlanwrightError("VALIDATION", "No command was given.", {
    hint: 'Begin with planwright run "<goal>" -d FILE.',
  });
}

/** commander says what is wrong, and on a second line what was probably meant. */
function usageError(thrown: CommanderError): PlanwrightError {
  const [first = "", ...others] = thrown.message.replace(/^error: /, "").split("\n");
  const guess = others
    .join(" ")
    .trim()
    .replace(/^\((.*)\)$/, "$1 ");
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, "")}.`;
  const quote = thrown.code === "commander.excessArguments" ? "Put quotes around what has blanks in it. " : "";
  const hint = `${guess}${quote}See planwright --help, or planwright COMMAND --help.`;
  return new PlanwrightError("VALIDATION", message, { hint, cause: thrown });
}

/** For PLANWRIGHT_DEBUG only. */
export function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? `${thrown.stack}\ncaused by ${thrown.cause.stack}` : (thrown.stack ?? "");
}
