/** Turns the entries of runs into spans, also of runs that another process began. */
import type { Tracer } from "@opentelemetry/api";
import { once } from "../shared/once.ts";
import { createSpanBuilder } from "../trace/build-spans.ts";
import type { SpanChange } from "../trace/span.ts";
import type { SpanIds } from "../trace/span-ids.ts";
import type { RunListener } from "./observe-runs.ts";
import { toolsOf } from "./run-row.ts";

/**
 * Spans that ended before this process drove a run were sent by the one that drove it then; those that are still open
 * go on here, with their own beginning. OpenTelemetry's API is loaded with the first run; spans have times of their
 * own, so it does not matter when they are handed over.
 */
export function traceRuns(tracing: { tracer: Tracer; ids: SpanIds | null }): RunListener {
  const load = once(() => import("../trace/emit-spans.ts"));
  const emitting = new Set<Promise<void>>();
  return {
    listen({ state, recovered }) {
      const builder = createSpanBuilder(toolsOf(state));
      const emitter = load().then(({ createSpanEmitter }) => createSpanEmitter(tracing));
      const emit = (changes: readonly SpanChange[]): void => {
        if (changes.length === 0) return;
        const emitted = emitter
          .then(({ emit: hand }) => hand(changes))
          .catch(() => undefined) // A tracer that throws is an application's; no run knows of it (SAFETY R15).
          .finally(() => emitting.delete(emitted));
        emitting.add(emitted);
      };
      for (const entry of recovered) builder.add(entry);
      emit(builder.open());
      return {
        take: (entries) => emit(entries.flatMap((entry) => builder.add(entry))),
        end() {},
      };
    },
    async settle() {
      await Promise.all(emitting);
    },
  };
}
