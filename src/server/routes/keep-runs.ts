/** Runs that come and go: export, import, and the metrics of all of them. */
import { z } from "zod";
import { METRICS_CONTENT_TYPE } from "../../trace/metrics-text.ts";
import { DOCUMENT_BODY_BYTES, LINES_TYPE } from "../read-body.ts";
import { defineRoute, jsonResponse, type Route } from "../route.ts";
import type { ServerParts } from "../server-parts.ts";
import { knownId, runPathSchema } from "./look-at-runs.ts";

export const importedSchema = z.strictObject({ id: z.string(), isNew: z.boolean() });

export function keepingRoutes(parts: ServerParts): Route[] {
  return [exportRoute(parts), importRoute(parts), metricsRoute(parts)];
}

function exportRoute({ runtime }: ServerParts): Route {
  return defineRoute({
    method: "GET",
    path: "/v1/runs/{id}/export",
    operation: "exportRun",
    summary: "The run as JSON Lines: its journal as it was written, and its blobs.",
    params: runPathSchema,
    answers: { 200: { description: "One JSON document a line.", type: LINES_TYPE } },
    errors: ["NOT_FOUND"],
    async handle({ params }) {
      const lines = runtime.runs.export(knownId(params.id))[Symbol.asyncIterator]();
      const first = await lines.next(); // What can't be read is told before anything is sent.
      return new Response(linesStream(lines, first), { headers: { "content-type": LINES_TYPE } });
    },
  });
}

function linesStream(lines: AsyncIterator<string>, first: IteratorResult<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let next: IteratorResult<string> | null = first;
  return new ReadableStream({
    async pull(controller) {
      const line = next ?? (await lines.next());
      next = null;
      if (line.done === true) controller.close();
      else controller.enqueue(encoder.encode(line.value.endsWith("\n") ? line.value : `${line.value}\n`));
    },
  });
}

function importRoute({ runtime }: ServerParts): Route {
  return defineRoute({
    method: "POST",
    path: "/v1/runs/import",
    operation: "importRun",
    summary: "Takes an exported run in, once its hash chain is proven.",
    body: { schema: z.string(), rules: { maxBytes: DOCUMENT_BODY_BYTES, isLines: true } },
    answers: { 200: { description: "The run is here; `isNew` is false where it was before.", schema: "ImportedRun" } },
    errors: ["IDEMPOTENCY_CONFLICT", "JOURNAL_CORRUPT", "JOURNAL_VERSION"],
    statuses: { JOURNAL_CORRUPT: 422, JOURNAL_VERSION: 422 },
    async handle({ body }) {
      const lines = body.split("\n").filter((line) => line.trim() !== "");
      const { run, isNew } = await runtime.runs.import(lines);
      return jsonResponse(200, { id: run, isNew });
    },
  });
}

function metricsRoute({ runtime }: ServerParts): Route {
  return defineRoute({
    method: "GET",
    path: "/metrics",
    operation: "readMetrics",
    summary: "The metrics of all runs, in the text format of Prometheus.",
    answers: { 200: { description: "Metrics.", type: METRICS_CONTENT_TYPE } },
    handle: async () => new Response(await runtime.metrics(), { headers: { "content-type": METRICS_CONTENT_TYPE } }),
  });
}
