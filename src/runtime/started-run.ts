/** A run from the moment it is asked for. Owns: that every use waits until the run is accepted and durable. */
import type { RunEvent } from "../run/run-result.ts";
import type { EventOptions, RunHandle } from "./run-handle.ts";

/** A handle that can be used at once; awaiting it gives the handle of the accepted run. */
export interface StartedRun extends RunHandle, PromiseLike<RunHandle> {}

/** `id` is the run's id, unless an idempotency key turns out to name an earlier run: then the awaited handle has it. */
export function startedRun(id: string, accepting: Promise<RunHandle>): StartedRun {
  accepting.catch(() => {}); // Reported to whoever uses the handle.
  async function* events(options?: EventOptions): AsyncGenerator<RunEvent> {
    yield* (await accepting).events(options);
  }
  return {
    id,
    events,
    result: async () => (await accepting).result(),
    approve: async (approval) => (await accepting).approve(approval),
    reject: async (approval) => (await accepting).reject(approval),
    answer: async (answer) => (await accepting).answer(answer),
    cancel: async () => (await accepting).cancel(),
    then: (resolve, reject) => accepting.then(resolve, reject),
  };
}
