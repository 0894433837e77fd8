/** What a format's parser finds in a text. Owns: the shape between parsers and `readDocument`, and its limit. */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Document } from "./document.ts";
import { SPLIT_HINT } from "./formats/format-content.ts";
import { MAX_CELLS } from "./formats/format-limits.ts";

export interface ParsedContent {
  /** Null where the content names no title. */
  title: string | null;
  tables: Document["tables"];
}

export function tooManyCells(name: string): PlanwrightError {
  return new PlanwrightError("DOCUMENT_TOO_LARGE", `'${name}' holds more than ${MAX_CELLS} table cells.`, {
    hint: SPLIT_HINT,
  });
}
