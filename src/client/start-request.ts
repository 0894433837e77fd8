/** What a client asks for. Owns: that documents in bytes are sent as files of a form, everything else as JSON. */
import type { Budget, Grant } from "../goal/run-request.ts";
import type { Criterion } from "../goal/run-rules.ts";
import type { JsonObject, JsonSchema, JsonValue } from "../shared/json.ts";

/** A document: its text, or its bytes with a name that tells the format. */
export type ClientDocument =
  | { name: string; type?: string; text: string }
  | { name: string; type?: string; base64: string }
  | { name: string; type?: string; bytes: Uint8Array<ArrayBuffer> | Blob };

export interface StartRequest {
  /** What is wanted, in words; may be left out where a workflow is named. */
  goal?: string;
  /** A workflow to carry out instead of asking the planner: a name, or the workflow itself. */
  workflow?: string | JsonObject;
  document?: ClientDocument;
  documents?: ClientDocument[];
  /** Values that plans read as `params`. */
  params?: JsonObject;
  /** JSON Schema that the output must satisfy. */
  output?: JsonSchema;
  /** When the goal is met. */
  success?: Criterion[];
  budget?: Partial<Budget>;
  /** Grants for irreversible tools; `"none"` denies whatever needs an approval. */
  approve?: Grant[] | "none";
  /** A plan to carry out instead of asking the planner. */
  plan?: JsonValue;
  /** A person approves, or edits, each plan before any of it runs. */
  reviewPlan?: boolean;
  /** The model that plans this run, such as `anthropic:NAME`. */
  model?: string;
  /** Versions of prompts, such as `planning@2`. */
  prompt?: string | string[];
}

/** JSON, or a form where a document has bytes: then all documents are files of it, so that their order stays. */
export function bodyOf({ document, documents = [], ...rest }: StartRequest): object {
  const given = [...(document === undefined ? [] : [document]), ...documents];
  if (!given.some((one) => "bytes" in one)) return given.length === 0 ? rest : { ...rest, documents: given };
  const form = new FormData();
  form.set("request", JSON.stringify(rest));
  for (const one of given) form.append("document", blobOf(one), one.name);
  return form;
}

function blobOf(document: ClientDocument): Blob {
  const { type } = document; // What is declared counts, also for a Blob that has a type of its own.
  const isKept =
    "bytes" in document && document.bytes instanceof Blob && (type ?? document.bytes.type) === document.bytes.type;
  if (isKept) return document.bytes as Blob;
  return new Blob([contentOf(document)], type === undefined ? {} : { type });
}

function contentOf(document: ClientDocument): string | Uint8Array<ArrayBuffer> | Blob {
  if ("text" in document) return document.text;
  if ("bytes" in document) return document.bytes;
  return Uint8Array.from(atob(document.base64), (character) => character.charCodeAt(0));
}
