/** A person's words to a run: approve, reject, answer, cancel, resume. Each answers once it is durable (SAFETY R1). */
import type { z } from "zod";
import type { ErrorCode } from "../../error/codes.ts";
import {
  answerBodySchema,
  approveBodySchema,
  emptyBodySchema,
  forkBodySchema,
  rejectBodySchema,
} from "../request-schemas.ts";
import { defineRoute, jsonResponse, type Route } from "../route.ts";
import type { ServerParts } from "../server-parts.ts";
import { knownId, runPathSchema } from "./look-at-runs.ts";
import { referenceOf } from "./start-run.ts";

interface Word<B extends z.ZodType> {
  name: "approve" | "reject" | "answer" | "cancel" | "resume";
  summary: string;
  body: B;
  isOptional?: boolean;
  errors?: readonly ErrorCode[];
  tell(id: string, body: z.output<B>): Promise<unknown>;
}

export function tellingRoutes(parts: ServerParts): Route[] {
  const { runtime } = parts;
  const { runs } = runtime;
  const ofApprovals = ["APPROVAL_MISMATCH", "APPROVAL_EXPIRED"] as const;
  return [
    wordRoute(parts, {
      name: "approve",
      summary: "Allows what the run waits for; `hash` binds the word to the input that was shown.",
      body: approveBodySchema,
      isOptional: true,
      errors: [...ofApprovals, "PLAN_SCHEMA"],
      tell: (id, { approval, hash, plan }) => runs.approve(id, given({ id: approval, hash, plan })),
    }),
    wordRoute(parts, {
      name: "reject",
      summary: "Refuses what the run waits for.",
      body: rejectBodySchema,
      isOptional: true,
      errors: ofApprovals,
      tell: (id, { approval, reason }) => runs.reject(id, given({ id: approval, reason })),
    }),
    wordRoute(parts, {
      name: "answer",
      summary: "Answers the run's question, or gives the output of a step whose outcome is unknown.",
      body: answerBodySchema,
      tell: (id, { answer }) => runs.answer(id, answer),
    }),
    wordRoute(parts, {
      name: "cancel",
      summary: "Ends the run for good: no tool or model call starts after this is answered.",
      body: emptyBodySchema,
      isOptional: true,
      tell: (id) => runs.cancel(id),
    }),
    wordRoute(parts, {
      name: "resume",
      summary: "Goes on with a run that was interrupted or held.",
      body: emptyBodySchema,
      isOptional: true,
      errors: ["RESUME_INCOMPATIBLE"],
      tell: (id) => runtime.resume(id),
    }),
    forkRoute(parts),
  ];
}

function forkRoute(parts: ServerParts): Route {
  return defineRoute({
    method: "POST",
    path: "/v1/runs/{id}/fork",
    operation: "forkRun",
    summary: "Starts another run from what this one had settled before a decision; its result says what it may repeat.",
    params: runPathSchema,
    body: { schema: forkBodySchema, isOptional: false },
    answers: {
      202: { description: "The new run.", schema: "RunReference", headers: { Location: "The new run's path." } },
    },
    errors: ["NOT_FOUND", "PROMPT_NOT_FOUND", "QUEUE_FULL", "SHUTTING_DOWN", "JOURNAL_CORRUPT", "PLAN_SCHEMA"],
    async handle({ params, body: { atDecision, ...wishes } }) {
      const fork = await parts.runtime.fork(knownId(params.id), { atDecision, ...given(wishes) });
      return jsonResponse(202, await referenceOf(parts, fork.id), { location: `/v1/runs/${fork.id}` });
    },
  });
}

function wordRoute<B extends z.ZodType>(parts: ServerParts, word: Word<B>): Route {
  return defineRoute({
    method: "POST",
    path: `/v1/runs/{id}/${word.name}`,
    operation: `${word.name}Run`,
    summary: word.summary,
    params: runPathSchema,
    body: { schema: word.body, isOptional: word.isOptional === true },
    answers: { 202: { description: "Taken and durable.", schema: "RunReference" } },
    errors: ["NOT_FOUND", "RUN_NOT_WAITING", "RUN_ENDED", ...(word.errors ?? [])],
    async handle({ params, body }) {
      const id = knownId(params.id);
      await word.tell(id, body);
      return jsonResponse(202, await referenceOf(parts, id));
    },
  });
}

/** Leaves out what is undefined. */
function given<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
