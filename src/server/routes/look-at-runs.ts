/** What is known of runs: the list, one run, its events, its decisions. */
import { z } from "zod";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { isRunId } from "../../journal/names.ts";
import { runNotFound } from "../../journal/store-errors.ts";
import type { RunEvent } from "../../run/run-result.ts";
import { isTerminal } from "../../run/run-status.ts";
import { eventStreamResponse } from "../event-stream.ts";
import { listQuerySchema } from "../request-schemas.ts";
import { defineRoute, jsonResponse, type Route } from "../route.ts";
import type { ServerParts } from "../server-parts.ts";

/** Checked by `knownId`, so that anything else is NOT_FOUND. */
export const runPathSchema = z.strictObject({ id: z.string() });
const decisionPathSchema = z.strictObject({ id: z.string(), n: z.string() });

/** Throws NOT_FOUND for what can't be a run's id, such as a path. */
export function knownId(id: string): string {
  if (isRunId(id)) return id;
  throw runNotFound(id);
}

export function lookingRoutes(parts: ServerParts): Route[] {
  return [listRoute(parts), runRoute(parts), eventsRoute(parts), decisionsRoute(parts), decisionRoute(parts)];
}

function listRoute({ runtime }: ServerParts): Route {
  return defineRoute({
    method: "GET",
    path: "/v1/runs",
    operation: "listRuns",
    summary: "Runs, newest first, by pages.",
    query: listQuerySchema,
    answers: { 200: { description: "One page; `next` is the cursor of the next one.", schema: "RunList" } },
    async handle({ query }) {
      const options = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
      return jsonResponse(200, await runtime.runs.list(options));
    },
  });
}

function runRoute({ runtime }: ServerParts): Route {
  return defineRoute({
    method: "GET",
    path: "/v1/runs/{id}",
    operation: "getRun",
    summary: "A run as it stands now.",
    params: runPathSchema,
    answers: { 200: { description: "The run.", schema: "RunResult" } },
    errors: ["NOT_FOUND"],
    handle: async ({ params }) => jsonResponse(200, await runtime.runs.get(knownId(params.id))),
  });
}

function eventsRoute(parts: ServerParts): Route {
  return defineRoute({
    method: "GET",
    path: "/v1/runs/{id}/events",
    operation: "followRun",
    summary: "A run's events as server-sent events, from the first or after Last-Event-ID, until the run has ended.",
    params: runPathSchema,
    answers: {
      200: { description: "id: seq, event: kind, data: RunEvent.", schema: "RunEvent", type: "text/event-stream" },
    },
    errors: ["NOT_FOUND"],
    async handle({ params, request, drop }) {
      const id = knownId(params.id);
      const after = lastSeen(request.headers.get("last-event-id"));
      await parts.runtime.runs.status(id); // What can't be read is told before the stream begins.
      const abort = new AbortController();
      const events = untilEnded(parts, { id, after, signal: AbortSignal.any([abort.signal, parts.closing]) });
      return eventStreamResponse({ events, clock: parts.clock, abort, drop, onFault: parts.onFault });
    },
  });
}

function lastSeen(header: string | null): number {
  if (header === null || header === "") return -1;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  throw new PlanwrightError("VALIDATION", "Last-Event-ID is no number of an event.", {
    hint: "Send the id of the last event that was received.",
  });
}

/** Events kept for one client (SAFETY.md, "Default limits"); one that is further behind is read to from the journal. */
const MOST_BEHIND = 1_000;

/** How often a run that nobody drives at the moment is looked at again. */
const LOOK_MS = 1_000;

/** Goes on where a run is parked, waits without an owner, or ran away from a slow client, until nobody listens. */
async function* untilEnded(
  { runtime, clock }: ServerParts,
  { id, after, signal }: { id: string; after: number; signal: AbortSignal },
): AsyncGenerator<RunEvent | "end"> {
  for (let last = after; ; ) {
    const isComplete = await hasEnded(runtime, id); // Asked before: then what is read next is all there is.
    for await (const event of runtime.runs.events(id, { after: last, signal, maxBehind: MOST_BEHIND })) {
      last = event.seq;
      yield event;
      if (event.kind === "run.ended") return yield "end";
    }
    if (signal.aborted) return;
    if (isComplete) return yield "end";
    await new Promise<void>((resolve) => clock.setTimer(LOOK_MS, resolve));
  }
}

async function hasEnded({ runs }: ServerParts["runtime"], id: string): Promise<boolean> {
  return isTerminal(await runs.status(id));
}

function decisionsRoute({ runtime }: ServerParts): Route {
  return defineRoute({
    method: "GET",
    path: "/v1/runs/{id}/decisions",
    operation: "listDecisions",
    summary: "The decision log: what the planner saw and answered, and what came of it.",
    params: runPathSchema,
    answers: { 200: { description: "All decisions, from the first.", schema: "DecisionLog" } },
    errors: ["NOT_FOUND"],
    handle: async ({ params }) => jsonResponse(200, await runtime.runs.decisions(knownId(params.id))),
  });
}

function decisionRoute({ runtime }: ServerParts): Route {
  return defineRoute({
    method: "GET",
    path: "/v1/runs/{id}/decisions/{n}",
    operation: "getDecision",
    summary: "Decision n, counted from 1.",
    params: decisionPathSchema,
    answers: { 200: { description: "The decision.", schema: "DecisionLogEntry" } },
    errors: ["NOT_FOUND"],
    async handle({ params }) {
      const id = knownId(params.id);
      const decisions = await runtime.runs.decisions(id);
      const found = decisions.find(({ n }) => String(n) === params.n);
      if (found !== undefined) return jsonResponse(200, found);
      throw new PlanwrightError("NOT_FOUND", `Run '${id}' has no decision '${params.n.slice(0, 40)}'.`, {
        runId: id,
        hint: decisions.length === 0 ? "It has none yet." : `There are decisions 1 to ${decisions.length}.`,
      });
    },
  });
}
