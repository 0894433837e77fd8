/** What the routes of one server share. Owns: the interface between routes and what they serve. */
import type { Runtime } from "../create-runtime.ts";
import type { Prompt } from "../prompt/prompt.ts";
import type { Clock } from "../shared/clock.ts";

export interface ServerParts {
  runtime: Runtime;
  /** The prompts that models are asked with. */
  prompts: () => readonly Prompt[];
  clock: Clock;
  /** Aborted once the server is told to end: nothing new is taken, and streams end. */
  closing: AbortSignal;
  /** Told of what no client is to blame for. */
  onFault: (thrown: unknown) => void;
}
