/**
 * JSON that an application hands over, as a part of zod schemas. Owns: its caps, and that cycles, deep nesting, keys
 * that reach prototypes and values that are no JSON are refused before anything walks through them.
 */
import { z } from "zod";
import { examineJson } from "../plan/json-limits.ts";
import { cutText } from "../shared/cut-text.ts";

/** A request's body has the same limit (SAFETY.md, "Default limits"). */
const LIMITS = { maxBytes: 8 * 2 ** 20, maxDepth: 64 };

/** A path into a cycle is as deep as the caps allow. */
const SHOWN_PATH_CHARS = 60;

/** What is wrong with a value as JSON, completing "it …", or null. */
export function jsonProblem(value: unknown): string | null {
  const { finding, hasUndefined } = examineJson(value, LIMITS);
  if (finding === null) return hasUndefined ? "holds undefined" : null;
  const { what, path } = finding;
  const place = cutText(path, SHOWN_PATH_CHARS);
  return `holds ${what}${place === "" ? "" : ` at ${place}`}`;
}

/** Whatever a schema of JSON may then look at more closely. */
export function bounded<T>(): z.ZodType<T, T> {
  return z.custom<T>().superRefine((value, context) => {
    const message = jsonProblem(value);
    if (message !== null) context.addIssue({ code: "custom", message });
  });
}
