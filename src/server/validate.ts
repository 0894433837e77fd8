/** Checks what came over HTTP against a schema. Owns: how its findings become issues, in the words of the caller. */
import type { z } from "zod";
import { type Issue, jsonPointer } from "../error/issue.ts";
import { PlanwrightError } from "../error/planwright-error.ts";

/** Issues told of one request. */
const MOST_ISSUES = 50;

/** Throws VALIDATION with one issue per problem; `subject` begins the message: "Body", "Query". */
export function validate<S extends z.ZodType>(schema: S, value: unknown, subject: string): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, MOST_ISSUES).map((issue) => issueOf(issue, subject));
  throw new PlanwrightError("VALIDATION", issues[0]?.message ?? `${subject} is not valid.`, {
    issues,
    hint: "GET /openapi.json says what this route takes.",
  });
}

function issueOf(issue: z.core.$ZodIssue, subject: string): Issue {
  const path = jsonPointer(issue.path.map((key) => (typeof key === "number" ? key : String(key).slice(0, 80)))).slice(
    0,
    500,
  );
  const at = path === "" ? subject : `${subject} '${path.slice(1)}'`;
  return { severity: "error", code: "VALIDATION", path, message: `${at}: ${wordsOf(issue)}.`, hint: "", fix: null };
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== "unrecognized_keys") return issue.message;
  return `unknown fields ${issue.keys
    .slice(0, 10)
    .map((key) => `'${key.slice(0, 80)}'`)
    .join(", ")}`;
}
