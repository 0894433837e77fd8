/**
 * A planner for tests: it answers from a script, in order. Owns: the script's place and what it was asked.
 * Must not: judge its answers; wrong ones are what tests want to send.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { NO_USAGE } from "../model/usage.ts";
import type { Planner } from "../planner/planner.ts";
import type { PlanningRequest } from "../planner/planning-request.ts";
import type { JsonValue } from "../shared/json.ts";

/** A raw answer, an error to throw, or a function of the request that gives or throws one. */
export type ScriptedAnswer = JsonValue | Error | ((request: PlanningRequest) => JsonValue);

export interface ScriptedPlanner extends Planner {
  /** Every request so far, in order, as it was at that time. */
  readonly requests: readonly PlanningRequest[];
}

/**
 * A planner that gives one answer per call. Throws INTERNAL when the script is used up.
 *
 * @example
 * const planner = createScriptedPlanner([{ kind: "finish", rationale: "known", output: 42 }]);
 */
export function createScriptedPlanner(
  answers: readonly ScriptedAnswer[],
  options: Partial<Pick<Planner, "name" | "visibility" | "defaultOnFailure" | "isPersonal">> = {},
): ScriptedPlanner {
  const requests: PlanningRequest[] = [];
  return {
    name: "scripted",
    ...options,
    requests,
    async plan(request) {
      const place = requests.length;
      requests.push(structuredClone(request));
      if (place >= answers.length) throw usedUp(answers.length, request);
      const answer = answers[place] ?? null;
      if (answer instanceof Error) throw answer;
      const raw = typeof answer === "function" ? answer(request) : structuredClone(answer);
      return { raw, usage: NO_USAGE, costUsd: 0, dialect: "none" };
    },
  };
}

function usedUp(length: number, request: PlanningRequest): PlanwrightError {
  const message = `The scripted planner has ${length} answers and was asked once more (decision ${request.n}, try ${request.attempt}, cause ${request.cause}).`;
  return new PlanwrightError("INTERNAL", message, {
    hint: "Add an answer to the script, or find out why the run asked again.",
  });
}
