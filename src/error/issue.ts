/** One finding of a validator: the same words go to the model, the log and the person. */
import { z } from "zod";
import { ERROR_CODES, type ErrorCode } from "./codes.ts";

/** RFC 6902 operation; a fix is a list of them, applied to the decision that was checked. */
export const patchOperationSchema = z.object({
  op: z.enum(["add", "remove", "replace", "move"]),
  path: z.string(),
  from: z.string().optional(),
  value: z.json().optional(),
});

export const issueSchema = z.object({
  severity: z.enum(["error", "warning"]),
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  /** JSON Pointer (RFC 6901) into the thing that was checked. */
  path: z.string(),
  /** What is wrong, naming the ids involved. */
  message: z.string(),
  /** What to do about it. */
  hint: z.string(),
  fix: z.array(patchOperationSchema).nullable(),
});

export type PatchOperation = z.infer<typeof patchOperationSchema>;
export type Issue = z.infer<typeof issueSchema>;

export function hasErrors(issues: readonly Issue[]): boolean {
  return issues.some((issue) => issue.severity === "error");
}

/** JSON Pointer of a list of keys. */
export function jsonPointer(keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
