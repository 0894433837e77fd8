/** Every error code, its category and whether trying again can help (SAFETY.md, "Errors"). */

export type Retryable = false | "backoff" | "after";

const CODES = {
  request: [
    "VALIDATION",
    "BODY_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "METHOD_NOT_ALLOWED",
    "UNAUTHENTICATED",
    "FORBIDDEN",
    "NOT_FOUND",
    "IDEMPOTENCY_CONFLICT",
    "RUN_NOT_WAITING",
    "RUN_ENDED",
    "QUEUE_FULL",
    "SHUTTING_DOWN",
    "CONFIG_INVALID",
    "PROMPT_NOT_FOUND",
  ],
  document: [
    "DOCUMENT_NOT_FOUND",
    "DOCUMENT_UNREADABLE",
    "DOCUMENT_TOO_LARGE",
    "DOCUMENT_ENCRYPTED",
    "DOCUMENT_UNSUPPORTED",
    "DOCUMENT_EMPTY",
  ],
  model: [
    "MODEL_RATE_LIMITED",
    "MODEL_OVERLOADED",
    "MODEL_UNAVAILABLE",
    "MODEL_TIMEOUT",
    "MODEL_STREAM_BROKEN",
    "MODEL_BAD_RESPONSE",
    "MODEL_TRUNCATED",
    "MODEL_REFUSED",
    "MODEL_AUTH",
    "MODEL_QUOTA",
    "MODEL_BAD_REQUEST",
    "MODEL_CONTEXT_OVERFLOW",
    "CASSETTE_MISS",
  ],
  plan: [
    "PLAN_NOT_JSON",
    "PLAN_SCHEMA",
    "PLAN_UNKNOWN_FIELD",
    "PLAN_UNKNOWN_TOOL",
    "PLAN_UNKNOWN_INPUT",
    "PLAN_MISSING_INPUT",
    "PLAN_BAD_VALUE",
    "PLAN_BAD_FORM",
    "PLAN_BAD_REF",
    "PLAN_BAD_PATH",
    "PLAN_BAD_TEMPLATE",
    "PLAN_BAD_CONDITION",
    "PLAN_BAD_SCOPE",
    "PLAN_TYPE_MISMATCH",
    "PLAN_NOT_A_LIST",
    "PLAN_CYCLE",
    "PLAN_DUPLICATE_ID",
    "PLAN_ID_REUSED",
    "PLAN_RESERVED_ID",
    "PLAN_UNBOUNDED",
    "PLAN_TOO_LARGE",
    "PLAN_OUTPUT_MISMATCH",
    "PLAN_MAYBE_ABSENT",
    "PLAN_DEAD_STEP",
    "PLAN_STUCK",
    "PLAN_ABANDONED",
    "DIALECT_DECODE",
  ],
  tool: [
    "TOOL_INVALID_INPUT",
    "TOOL_TRANSIENT",
    "TOOL_PERMANENT",
    "TOOL_TIMEOUT",
    "TOOL_INVALID_OUTPUT",
    "TOOL_OUTPUT_TOO_LARGE",
    "TOOL_OUTCOME_UNKNOWN",
  ],
  result: ["OUTPUT_INVALID", "SUCCESS_UNMET"],
  policy: [
    "POLICY_DENIED",
    "APPROVAL_DENIED",
    "APPROVAL_EXPIRED",
    "APPROVAL_MISMATCH",
    "EGRESS_BLOCKED",
    "PATH_OUTSIDE_ROOT",
  ],
  limit: ["LIMIT_STEPS", "LIMIT_FANOUT", "LIMIT_REPLANS", "LIMIT_TOKENS", "LIMIT_COST", "LIMIT_TIME", "LIMIT_JOURNAL"],
  store: [
    "STORE_FULL",
    "STORE_IO",
    "STORE_LOCKED",
    "STORE_FENCED",
    "JOURNAL_CORRUPT",
    "JOURNAL_VERSION",
    "RESUME_INCOMPATIBLE",
  ],
  other: ["CANCELLED", "INTERNAL"],
} as const;

export type ErrorCategory = keyof typeof CODES;
export type ErrorCode = (typeof CODES)[ErrorCategory][number];

const BACKOFF: ReadonlySet<string> = new Set([
  "MODEL_OVERLOADED",
  "MODEL_UNAVAILABLE",
  "MODEL_TIMEOUT",
  "MODEL_STREAM_BROKEN",
  "TOOL_TRANSIENT",
  "TOOL_TIMEOUT",
]);

const CATEGORY_OF = new Map<string, ErrorCategory>(
  Object.entries(CODES).flatMap(([category, codes]) => codes.map((code) => [code, category as ErrorCategory])),
);

/** All codes, in the order of the table in SAFETY.md. */
export const ERROR_CODES: readonly ErrorCode[] = Object.values(CODES).flat();

export function isErrorCode(text: string): text is ErrorCode {
  return CATEGORY_OF.has(text);
}

export function categoryOf(code: ErrorCode): ErrorCategory {
  return CATEGORY_OF.get(code) ?? "other";
}

/** Whether trying the same call again can help: not at all, after a growing pause, or after a stated time. */
export function retryableOf(code: ErrorCode): Retryable {
  if (code === "MODEL_RATE_LIMITED" || code === "QUEUE_FULL") return "after";
  return BACKOFF.has(code) ? "backoff" : false;
}
