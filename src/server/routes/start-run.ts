/** `POST /v1/runs`: a goal and documents become a run. Owns: idempotent starts over HTTP, and waiting for the result. */
import { z } from "zod";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { RunRequest } from "../../runtime/run-request.ts";
import type { CancelTimer, Clock } from "../../shared/clock.ts";
import { runRequestOf, START_BODY_RULES, startBodySchema, startQuerySchema } from "../request-schemas.ts";
import { defineRoute, jsonResponse, type Route } from "../route.ts";
import type { ServerParts } from "../server-parts.ts";
import { refuseBadPlan } from "./plan-goal.ts";

/** Of `?wait=true` without `timeoutSeconds`. */
const WAIT_SECONDS = 60;

export function startRunRoute(parts: ServerParts): Route {
  return defineRoute({
    method: "POST",
    path: "/v1/runs",
    operation: "startRun",
    summary: "Starts a run. With wait=true it answers with the result once the run has ended or waits for a person.",
    query: startQuerySchema,
    body: { schema: startBodySchema, rules: START_BODY_RULES },
    answers: {
      200: { description: "wait=true: the run has ended, or waits for a person.", schema: "RunResult" },
      202: { description: "Accepted and durable.", schema: "RunReference", headers: { Location: "The run's path." } },
    },
    errors: [
      "PROMPT_NOT_FOUND",
      "IDEMPOTENCY_CONFLICT",
      "DOCUMENT_UNREADABLE",
      "DOCUMENT_TOO_LARGE",
      "QUEUE_FULL",
      "SHUTTING_DOWN",
    ],
    async handle({ body, query, files, request }) {
      const asked: RunRequest = { ...runRequestOf(body, files), ...idempotencyOf(request) };
      if (asked.plan !== undefined) await refuseBadPlan(parts, asked);
      const started = parts.runtime.start(asked);
      const handle = await started;
      const headers = {
        location: `/v1/runs/${handle.id}`,
        ...(handle.id === started.id ? {} : { "idempotent-replayed": "true" }),
      };
      if (query.wait === "true") {
        const seconds = query.timeoutSeconds ?? WAIT_SECONDS;
        const result = await within(handle.result(), { ms: seconds * 1_000, clock: parts.clock, until: parts.closing });
        if (result !== null) return jsonResponse(200, result, headers);
      }
      return jsonResponse(202, await referenceOf(parts, handle.id), headers);
    },
  });
}

export const referenceSchema = z.strictObject({ id: z.string(), status: z.string() });

/** What a run is called and how it stands now. */
export async function referenceOf({ runtime }: ServerParts, id: string): Promise<z.infer<typeof referenceSchema>> {
  return { id, status: await runtime.runs.status(id) };
}

function idempotencyOf({ headers }: Request): { idempotencyKey?: string } {
  const key = headers.get("idempotency-key");
  if (key === null) return {};
  // Two headers of one name arrive as one text, joined like this.
  if (/^[\x20-\x7e]{1,256}$/.test(key) && !key.includes(", ")) return { idempotencyKey: key };
  throw new PlanwrightError("VALIDATION", "The Idempotency-Key is not usable.", {
    hint: "Send one, of 1 to 256 visible ASCII characters, without a comma before a space.",
  });
}

/** Null where the time is up, the server ends, or the run can't be followed here any more: it was accepted all the same. */
async function within<T>(
  work: Promise<T>,
  { ms, clock, until }: { ms: number; clock: Clock; until: AbortSignal },
): Promise<T | null> {
  let cancel: CancelTimer = () => {};
  let stop = (): void => {};
  const over = new Promise<null>((resolve) => {
    stop = () => resolve(null);
    cancel = clock.setTimer(ms, stop);
    until.addEventListener("abort", stop);
    if (until.aborted) stop();
  });
  try {
    return await Promise.race([work.catch(() => null), over]);
  } finally {
    cancel();
    until.removeEventListener("abort", stop);
  }
}
