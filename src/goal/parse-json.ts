/**
 * JSON documents. Owns: the check that the text is JSON, said with line and column. Must not: keep the value;
 * a document is its text.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { isJsonObject } from "../shared/json.ts";
import type { ParsedContent } from "./parsed-content.ts";

/** Raises DOCUMENT_UNREADABLE for broken JSON. The title is the top level's `title`, where that is a text. */
export function parseJsonDocument(text: string, name: string): ParsedContent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new PlanwrightError("DOCUMENT_UNREADABLE", `'${name}' is not valid JSON${place(text, cause)}.`, {
      hint: "Correct the JSON, or declare the type text/plain to have it read as it is.",
      cause,
    });
  }
  const title = isJsonObject(value) && Object.hasOwn(value, "title") ? value.title : null;
  return { title: typeof title === "string" && title.trim() !== "" ? title.trim() : null, tables: [] };
}

function place(text: string, cause: unknown): string {
  const message = cause instanceof Error ? cause.message : "";
  if (/unexpected end/i.test(message)) return `: it ends too early (line ${text.split("\n").length})`;
  const position = Number(/position (\d+)/.exec(message)?.[1] ?? Number.NaN);
  if (Number.isNaN(position)) return `: ${message.split("\n", 1)[0]}`;
  const before = text.slice(0, position).split("\n");
  return ` at line ${before.length}, column ${(before.at(-1) ?? "").length + 1}`;
}
