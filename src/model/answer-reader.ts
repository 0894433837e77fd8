/**
 * Puts a provider's answer together out of its events. Owns: the port between an adapter's protocol (which events there
 * are) and the attempt (who reads them, what a failure is).
 */
import type { JsonObject, JsonValue } from "../shared/json.ts";
import type { TokenUsage } from "./model.ts";

/** What an answer came to, complete or not. */
export interface ReadAnswer {
  value: string;
  /** Why the model stopped; null where the answer is not complete. */
  end: "done" | "truncated" | "refused" | null;
  /** What the provider said about a refusal. */
  reason: string;
  raw: JsonValue;
  model: string | null;
}

export interface AnswerReader<Event> {
  /** Takes an event in; gives the piece of the answer that it brought, or "". */
  read(event: Event): string;
  /** True once nothing that matters can follow. */
  isComplete(): boolean;
  /** Takes a whole answer in place of events. */
  readWhole(message: JsonObject): void;
  /** What the provider has told so far. */
  usage(): TokenUsage | null;
  answer(): ReadAnswer;
}
