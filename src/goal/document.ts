/** A document as the runtime knows it. Owns: the shape behind the `document` root and its digest. */
import { z } from "zod";
import type { JsonObject, JsonSchema } from "../shared/json.ts";

export const documentSchema = z.object({
  name: z.string(),
  /** Media type, such as `text/markdown`. */
  type: z.string(),
  /** The whole text, with `\n` line ends. */
  text: z.string(),
  /** First heading or front matter title; the name where there is none. */
  title: z.string(),
  /** ISO 639-1 code, or null where unknown. */
  language: z.string().nullable(),
  /** Length of `text` in UTF-16 code units. */
  chars: z.int(),
  /** Text of each page; one page for formats without pages. */
  pages: z.array(z.string()),
  tables: z.array(z.object({ columns: z.array(z.string()), rows: z.array(z.array(z.string())) })),
});

export type Document = z.infer<typeof documentSchema>;

/** JSON Schema behind `{"ref": "document"}`, for the checker. */
export const DOCUMENT_JSON_SCHEMA = z.toJSONSchema(documentSchema) as JsonSchema;

/** A document as an application hands it over: text, or bytes with a name that tells the format. */
export interface DocumentInput {
  name: string;
  type?: string;
  text?: string;
  bytes?: Uint8Array;
}

/** What a planner sees of a document (SAFETY, security rule 5). `preview` is null under `shape` visibility. */
export interface DocumentDigest extends JsonObject {
  name: string;
  type: string;
  title: string | null;
  language: string | null;
  chars: number;
  pages: number;
  tables: number;
  headings: string[] | null;
  preview: string | null;
}
