/** How a tracer provider, which makes ids by chance, comes to use those of the journal. */
import { type Random, systemRandom } from "../shared/random.ts";

/** An id generator for a tracer provider: gives each span of a run the id that its journal says. */
export interface SpanIds {
  generateTraceId(): string;
  generateSpanId(): string;
  /** Ids of the spans that are started from now on; null: ids by chance. */
  use(ids: { traceId: string; spanId: string } | null): void;
}

/**
 * Give it to the tracer provider as `idGenerator`, and to `createRuntime` as `spanIds`: the spans of a run that another
 * process goes on with then hang together. Spans that are not of a run get ids by chance.
 */
export function createSpanIds(random: Random = systemRandom): SpanIds {
  let wanted: { traceId: string; spanId: string } | null = null;
  const digits = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(random.next() * 16).toString(16)).join("");
  return {
    generateTraceId: () => wanted?.traceId ?? digits(32),
    generateSpanId: () => wanted?.spanId ?? digits(16),
    use(ids) {
      wanted = ids;
    },
  };
}
