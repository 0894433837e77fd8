/** What a format's parser finds in a text. Owns: the shape between parsers and `readDocument`. */
import type { Document } from "./document.ts";

export interface ParsedContent {
  /** Null where the content names no title. */
  title: string | null;
  tables: Document["tables"];
}
