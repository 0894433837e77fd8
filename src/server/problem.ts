/**
 * Failures as HTTP answers (CONTRACTS 6): problem+json with the error's own code, hint and issues. Owns: the shape and
 * which code has which status. Must not: show a stack, or what an unexpected error said.
 */
import { STATUS_CODES } from "node:http";
import { z } from "zod";
import { ERROR_CODES, type ErrorCategory, type ErrorCode } from "../error/codes.ts";
import { issueSchema } from "../error/issue.ts";
import type { PlanwrightError } from "../error/planwright-error.ts";

export const problemSchema = z.strictObject({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  /** Path of the request. */
  instance: z.string(),
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  category: z.string(),
  retryable: z.boolean(),
  retryAfterMs: z.number().nullable(),
  hint: z.string(),
  runId: z.string().nullable(),
  issues: z.array(issueSchema),
});
export type Problem = z.infer<typeof problemSchema>;

export const PROBLEM_TYPE = "application/problem+json";

const OF_CODE: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  PROMPT_NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  IDEMPOTENCY_CONFLICT: 409,
  RUN_NOT_WAITING: 409,
  RUN_ENDED: 409,
  APPROVAL_MISMATCH: 409,
  RESUME_INCOMPATIBLE: 409,
  CANCELLED: 409,
  APPROVAL_EXPIRED: 410,
  BODY_TOO_LARGE: 413,
  DOCUMENT_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  QUEUE_FULL: 429,
  SHUTTING_DOWN: 503,
};

const OF_CATEGORY: Record<ErrorCategory, number> = {
  request: 400,
  document: 422,
  model: 502,
  plan: 422,
  tool: 500,
  result: 500,
  policy: 403,
  limit: 422,
  store: 503,
  other: 500,
};

export function statusOf({ code, category }: Pick<PlanwrightError, "code" | "category">): number {
  return OF_CODE[code] ?? OF_CATEGORY[category];
}

export interface ProblemOptions {
  /** Path of the request. */
  instance: string;
  /** Instead of the code's own, for failures that HTTP has a status of its own for. */
  status?: number;
}

export function problemOf(error: PlanwrightError, { instance, status = statusOf(error) }: ProblemOptions): Problem {
  const isOurFault = error.code === "INTERNAL";
  return {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Error",
    status,
    detail: isOurFault ? "Something went wrong inside the server." : error.message,
    instance,
    code: error.code,
    category: error.category,
    retryable: error.retryable !== false,
    retryAfterMs: error.retryAfterMs,
    hint: isOurFault ? "The server's standard error says what it was." : error.hint,
    runId: error.runId,
    issues: error.issues,
  };
}

export function problemResponse(error: PlanwrightError, options: ProblemOptions): Response {
  const problem = problemOf(error, options);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": PROBLEM_TYPE, ...headersOf(error, problem) },
  });
}

/** How soon a full queue is worth another look, in milliseconds, where nothing more is known. */
const QUEUE_PAUSE_MS = 1_000;

function headersOf(error: PlanwrightError, { status }: Problem): Record<string, string> {
  if (status === 401) return { "www-authenticate": 'Bearer realm="planwright"' };
  if (status !== 429 && status !== 503) return {};
  return { "retry-after": String(Math.ceil((error.retryAfterMs ?? QUEUE_PAUSE_MS) / 1_000)) };
}
