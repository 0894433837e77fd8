/** Plain text has no structure to find. Owns: that fact, so that every type has a parser. */
import type { ParsedContent } from "./parsed-content.ts";

export function parseText(): ParsedContent {
  return { title: null, tables: [] };
}
