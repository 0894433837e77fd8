/**
 * OpenTelemetry's SDK and its exporter (OTLP over HTTP), for the command line and the server. Owns: loading them only
 * where an endpoint is set, and giving up on a collector that does not answer. Must not: register anything globally,
 * so that nobody else's spans are sent along.
 */
import type { Tracer } from "@opentelemetry/api";
import { VERSION } from "../shared/version.ts";
import { createSpanIds, type SpanIds } from "./span-ids.ts";

export interface Telemetry {
  tracer: Tracer;
  spanIds: SpanIds;
  /** Sends what is left; resolves also where nobody takes it. */
  stop(): Promise<void>;
}

/** How long a collector may take for one batch, in milliseconds. */
const EXPORT_MS = 3_000;

/** Null where neither OTEL_EXPORTER_OTLP_ENDPOINT nor OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is set, or OTEL_SDK_DISABLED is. */
export async function startTelemetry(env: Readonly<Record<string, string | undefined>>): Promise<Telemetry | null> {
  const url = tracesUrl(env);
  if (url === null || env["OTEL_SDK_DISABLED"]?.toLowerCase() === "true") return null;
  const [{ BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all(
    [
      import("@opentelemetry/sdk-trace"),
      import("@opentelemetry/exporter-trace-otlp-http"),
      import("@opentelemetry/resources"),
    ],
  );
  const spanIds = createSpanIds();
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_MS });
  const provider = new TracerProvider({
    idGenerator: spanIds,
    resource: resourceFromAttributes({
      "service.name": env["OTEL_SERVICE_NAME"] ?? "planwright",
      "service.version": VERSION,
    }),
    spanProcessors: [new BatchSpanProcessor({ exporter, exportTimeoutMillis: EXPORT_MS })],
  });
  return {
    tracer: provider.getTracer("planwright", VERSION),
    spanIds,
    stop: () => provider.shutdown().catch(() => undefined), // A collector that is gone is no failure of ours.
  };
}

/** The first is the address of a collector, the second that of its traces (OpenTelemetry's own rule). */
function tracesUrl(env: Readonly<Record<string, string | undefined>>): string | null {
  const traces = env["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ?? "";
  if (traces !== "") return traces;
  const base = env["OTEL_EXPORTER_OTLP_ENDPOINT"] ?? "";
  return base === "" ? null : `${base.replace(/\/+$/, "")}/v1/traces`;
}
