/** The patch that makes one reference point elsewhere, in a `ref` or inside a template. */
import type { PatchOperation } from "../error/issue.ts";
import type { JsonValue } from "../shared/json.ts";
import { readPointer } from "./apply-fix.ts";
import type { Decision } from "./decision.ts";

/** Null where the place holds something that cannot be rewritten with certainty. */
export function renameReference(
  decision: Decision,
  pointer: string,
  { from, to }: { from: string; to: string },
): PatchOperation[] | null {
  if (!pointer.endsWith("/template")) return [{ op: "replace", path: pointer, value: to }];
  const text = readPointer(decision as JsonValue, pointer);
  if (typeof text !== "string" || text.includes("{{{{")) return null;
  const value = text.replace(/\{\{([^{}]*)\}\}/g, (whole, inside: string) =>
    inside.trim() === from ? `{{${to}}}` : whole,
  );
  return value === text ? null : [{ op: "replace", path: pointer, value }];
}
