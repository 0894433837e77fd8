/**
 * Hands a run's spans to a tracer of OpenTelemetry. Owns: how our ids and times get into its spans. Must not: decide
 * what a span is, or load an SDK.
 */
import { ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, TraceFlags, type Tracer, trace } from "@opentelemetry/api";
import * as name from "./gen-ai-names.ts";
import type { SpanChange, SpanStart } from "./span.ts";
import type { SpanIds } from "./span-ids.ts";

export interface SpanEmitter {
  emit(changes: readonly SpanChange[]): void;
}

/** For one run. Spans that never end are never exported: whoever goes on with the run ends them. */
export function createSpanEmitter({ tracer, ids }: { tracer: Tracer; ids: SpanIds | null }): SpanEmitter {
  const open = new Map<string, Span>();
  const start = (span: SpanStart): void => {
    const { traceId, spanId, startMs, attributes } = span;
    const kind = span.isClient ? SpanKind.CLIENT : SpanKind.INTERNAL;
    ids?.use({ traceId, spanId });
    try {
      open.set(spanId, tracer.startSpan(span.name, { kind, startTime: startMs, attributes }, parentOf(span, open)));
    } finally {
      ids?.use(null);
    }
  };
  return {
    emit(changes) {
      for (const change of changes) {
        if (change.kind === "start") {
          start(change);
          continue;
        }
        const span = open.get(change.spanId);
        open.delete(change.spanId);
        span?.setAttributes(change.attributes);
        if (change.errorType !== null) {
          span?.setAttribute(name.ERROR_TYPE, change.errorType).setStatus({ code: SpanStatusCode.ERROR });
        }
        span?.end(change.endMs);
      }
    },
  };
}

/** A parent that began in another process is known by its ids alone. */
function parentOf({ traceId, parentId }: SpanStart, open: ReadonlyMap<string, Span>) {
  if (parentId === null) return ROOT_CONTEXT;
  const parent = open.get(parentId);
  if (parent !== undefined) return trace.setSpan(ROOT_CONTEXT, parent);
  const traceFlags = TraceFlags.SAMPLED;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: parentId, traceFlags, isRemote: true });
}
