/** The one error class, and the plain shape (CONTRACTS 7) in which errors are stored and shown. */
import { z } from "zod";
import { categoryOf, ERROR_CODES, type ErrorCategory, type ErrorCode, type Retryable, retryableOf } from "./codes.ts";
import { type Issue, issueSchema } from "./issue.ts";

export const errorShapeSchema = z.object({
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  category: z.string(),
  message: z.string(),
  hint: z.string(),
  retryable: z.union([z.literal(false), z.enum(["backoff", "after"])]),
  retryAfterMs: z.number().nullable(),
  runId: z.string().nullable(),
  stepId: z.string().nullable(),
  issues: z.array(issueSchema),
});

/** An error as plain data: what results, journals and `--json` carry. */
export type ErrorShape = z.infer<typeof errorShapeSchema>;

export interface ErrorDetails {
  /** What the reader can do next; one sentence. */
  hint?: string;
  runId?: string | null;
  stepId?: string | null;
  retryAfterMs?: number | null;
  issues?: Issue[];
  cause?: unknown;
}

export class PlanwrightError extends Error {
  override readonly name = "PlanwrightError";
  readonly code: ErrorCode;
  readonly category: ErrorCategory;
  readonly retryable: Retryable;
  readonly retryAfterMs: number | null;
  readonly runId: string | null;
  readonly stepId: string | null;
  readonly hint: string;
  readonly issues: Issue[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.category = categoryOf(code);
    this.retryable = retryableOf(code);
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.runId = details.runId ?? null;
    this.stepId = details.stepId ?? null;
    this.hint = details.hint ?? "";
    this.issues = details.issues ?? [];
    forgetFrames(this);
  }

  toShape(): ErrorShape {
    const { code, category, message, hint, retryable, retryAfterMs, runId, stepId, issues } = this;
    return { code, category, message, hint, retryable, retryAfterMs, runId, stepId, issues };
  }
}

/** Builds the plain shape without throwing. */
export function errorShape(code: ErrorCode, message: string, details: ErrorDetails = {}): ErrorShape {
  return new PlanwrightError(code, message, details).toShape();
}

/**
 * V8 writes a stack out when it is first read; until then the error holds the functions of its frames, and with them
 * whatever they can reach. Tools and callers may keep an error for ever, so it is read at once.
 */
function forgetFrames(error: Error): void {
  void error.stack;
}

/** Turns anything that was thrown into a PlanwrightError; what isn't one already becomes `fallback`. */
export function asPlanwrightError(thrown: unknown, fallback: ErrorCode = "INTERNAL"): PlanwrightError {
  if (thrown instanceof PlanwrightError) return thrown;
  return new PlanwrightError(fallback, describeThrown(thrown), { cause: thrown });
}

/** A message for whatever was thrown: errors, strings, objects, nothing at all. */
export function describeThrown(thrown: unknown): string {
  try {
    if (thrown instanceof Error) forgetFrames(thrown);
    if (thrown instanceof Error) return thrown.message === "" ? thrown.name : String(thrown.message);
    if (typeof thrown === "string") return thrown;
    return `thrown value: ${JSON.stringify(thrown) ?? String(thrown)}`;
  } catch {
    return "a thrown value that cannot be described";
  }
}
