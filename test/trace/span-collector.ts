/** A collector of OTLP over HTTP on a loopback port: keeps the spans that come, as JSON. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface CollectedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  startMs: number;
  endMs: number;
  attributes: Record<string, string | number | boolean>;
  isError: boolean;
}

interface OtlpValue {
  stringValue?: string;
  intValue?: number | string;
  doubleValue?: number;
  boolValue?: boolean;
}

interface OtlpSpan extends Record<"traceId" | "spanId" | "name" | "startTimeUnixNano" | "endTimeUnixNano", string> {
  parentSpanId?: string;
  kind: number;
  status?: { code?: number };
  attributes: { key: string; value: OtlpValue }[];
}

export async function startSpanCollector() {
  const spans: CollectedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      bodies.push(body);
      spans.push(...readSpans(body));
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    bodies,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

function readSpans(body: string): CollectedSpan[] {
  const { resourceSpans } = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[] };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(readSpan)));
}

function readSpan(span: OtlpSpan): CollectedSpan {
  const ms = (nano: string): number => Number(BigInt(nano) / 1_000_000n);
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? "",
    name: span.name,
    kind: span.kind,
    startMs: ms(span.startTimeUnixNano),
    endMs: ms(span.endTimeUnixNano),
    attributes: Object.fromEntries(span.attributes.map(({ key, value }) => [key, readValue(value)])),
    isError: span.status?.code === 2,
  };
}

function readValue({ stringValue, intValue, doubleValue, boolValue }: OtlpValue): string | number | boolean {
  return stringValue ?? (intValue === undefined ? (doubleValue ?? boolValue ?? "") : Number(intValue));
}
