/**
 * A model for tests: it answers from a script, in order, at the pace of a given clock. Owns: the script's place and
 * what it was asked. Must not: judge its answers; wrong ones are what tests want to send.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { AttemptOptions, Model, ModelRequest } from "../model/model.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { type AskedExpectation, expectAsked } from "./asked.ts";
import { type ScriptedModelAnswer, type SpokenReply, speak } from "./model-reply.ts";
import { abortError, pause } from "./pause.ts";

export interface ScriptedModelOptions extends Partial<Omit<Model, "generate">> {
  /** Pause before each piece of an answer in milliseconds; 0 by default. */
  delayMs?: number;
  /** Whose time the pauses take; hand in a manual clock where a test has pauses. */
  clock?: Clock;
}

export interface ScriptedModel extends Model {
  /** Every request so far, in order, as it was at that time. */
  readonly requests: readonly ModelRequest[];
  /**
   * Throws an AssertionError that lists what was asked, unless all of this holds.
   *
   * @example
   * model.expectAsked({ count: 1, system: /plan/, message: "Summarise" });
   */
  expectAsked(expected: AskedExpectation): void;
}

/**
 * A model that gives one answer per call. Throws INTERNAL when the script is used up. It costs nothing by default; set
 * `price` where a test is about money.
 *
 * @example
 * const model = createScriptedModel(["first", { kind: "finish", rationale: "known", output: 42 }]);
 */
export function createScriptedModel(
  answers: readonly ScriptedModelAnswer[],
  options: ScriptedModelOptions = {},
): ScriptedModel {
  const { delayMs = 0, clock = systemClock, ...facts } = options;
  const requests: ModelRequest[] = [];
  return {
    name: "scripted",
    provider: "scripted",
    price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
    maxOutputTokens: 8_192,
    formats: ["schema", "tool", "text"],
    ...facts,
    requests,
    expectAsked: (expected) => expectAsked(requests, expected),
    async generate(request, attempt) {
      const place = requests.length;
      requests.push(structuredClone(request));
      if (attempt.signal.aborted) throw abortError(attempt.signal);
      if (place >= answers.length) throw usedUp(answers.length);
      const reply = await speak(answers[place] ?? null, request);
      await say(reply, attempt, { clock, delayMs });
      if (reply.error !== null) throw reply.error;
      const { value, usage, raw } = reply;
      return { value, usage, raw, model: facts.name ?? "scripted" };
    },
  };
}

/** Hands out the pieces, or only waits where nobody reads along. */
async function say(
  { pieces, error, delayMs: ownDelayMs }: SpokenReply,
  { signal, onText, onActivity }: AttemptOptions,
  pace: { clock: Clock; delayMs: number },
): Promise<void> {
  const delayMs = ownDelayMs ?? pace.delayMs;
  const spoken = onText === undefined || pieces.length === 0 ? [""] : pieces;
  for (const piece of spoken) {
    if (delayMs > 0) await pause(pace.clock, delayMs, signal);
    if (signal.aborted) throw abortError(signal);
    if (error === null || piece !== "") onActivity?.();
    if (piece !== "") onText?.(piece);
  }
}

function usedUp(length: number): PlanwrightError {
  const message = `The scripted model has ${length} ${length === 1 ? "answer" : "answers"} and was asked once more.`;
  return new PlanwrightError("INTERNAL", message, {
    hint: "Add an answer to the script, or find out why the model was asked again.",
  });
}
