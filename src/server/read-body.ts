/**
 * Bodies of requests: capped while they are read, of a declared type, parsed and examined before anything else looks at
 * them. Owns: caps and types. Must not: know what a body means.
 */
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { examineJson } from "../plan/json-limits.ts";
import type { JsonValue } from "../shared/json.ts";
import { hasMoreValues } from "./count-values.ts";

/** SAFETY.md, "Default limits". */
export const BODY_BYTES = 2 ** 20;
export const DOCUMENT_BODY_BYTES = 8 * 2 ** 20;

/** JSON Lines: what an export of a run is made of. */
export const LINES_TYPE = "application/x-ndjson";

const MOST_DEPTH = 64;

/** More than a plan of 10,000 short steps holds; each value is looked at several times while everybody waits. */
const MOST_VALUES = 100_000;
/** Of all lines together. */
const MOST_VALUES_OF_LINES = 500_000;
const MOST_FILES = 100;

export interface BodyRules {
  maxBytes: number;
  /** multipart/form-data with `request` and files `document` is taken, too. */
  isMultipart: boolean;
  /** JSON Lines instead of JSON: read as one text. */
  isLines?: boolean;
  /** The body without the contents of its documents: what is left has at most 1 MiB. */
  withoutDocuments?: (json: JsonValue) => JsonValue;
}

export interface ReadBody {
  /** Undefined where the body is empty. */
  json: JsonValue | undefined;
  files: { name: string; type: string; bytes: Uint8Array }[];
}

/** Throws UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, VALIDATION. */
export async function readBody(request: Request, rules: BodyRules): Promise<ReadBody> {
  const { maxBytes, isMultipart, isLines = false } = rules;
  const type = request.headers.get("content-type") ?? "";
  const kind = type.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const isForm = isMultipart && kind === "multipart/form-data";
  const taken = isLines ? LINES_TYPE : "application/json";
  if (kind !== "" && kind !== taken && !isForm) throw unsupported(kind, taken, isMultipart);
  if (!["", "identity"].includes(request.headers.get("content-encoding") ?? ""))
    throw unsupported("compressed", taken, isMultipart);
  const bytes = await readBytes(request, maxBytes);
  if (bytes.length === 0) return { json: undefined, files: [] };
  if (kind === "") throw unsupported("an undeclared type", taken, isMultipart);
  if (isForm) return readForm(bytes, type, rules);
  if (!isLines) return { json: parse(bytes, rules, "The body"), files: [] };
  refuseMany(bytes, MOST_VALUES_OF_LINES, "The body");
  return { json: decode(bytes, "The body"), files: [] };
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = request.headers.get("content-length");
  if (declared !== null && Number(declared) > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new PlanwrightError("VALIDATION", "The body broke off.", { hint: "Send the whole body.", cause });
    });
    if (done) return Buffer.concat(parts);
    length += value.length;
    if (length > maxBytes) {
      reader.cancel().catch(() => undefined);
      throw tooLarge(maxBytes);
    }
    parts.push(value);
  }
}

function decode(bytes: Uint8Array, what: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new PlanwrightError("VALIDATION", `${what} is not UTF-8.`, { hint: "Send text in UTF-8.", cause });
  }
}

/** Before anything is made of them. */
function refuseMany(bytes: Uint8Array, most: number, what: string): void {
  if (!hasMoreValues(bytes, most)) return;
  throw new PlanwrightError("BODY_TOO_LARGE", `${what} holds more than ${most.toLocaleString("en")} values.`, {
    hint: "Send large data as documents; import large runs with planwright runs import FILE.",
  });
}

function parse(bytes: Uint8Array, { withoutDocuments }: BodyRules, what: string): JsonValue {
  refuseMany(bytes, MOST_VALUES, what);
  const text = decode(bytes, what);
  let value: JsonValue;
  try {
    value = JSON.parse(text) as JsonValue;
  } catch (cause) {
    throw new PlanwrightError("VALIDATION", `${what} is not JSON: ${describeThrown(cause)}.`, {
      hint: "Send one JSON object in UTF-8.",
      cause,
    });
  }
  // A little more is counted than was written, so that a short body is never too large.
  const maxBytes = bytes.length > BODY_BYTES ? BODY_BYTES : 2 * BODY_BYTES;
  const { finding } = examineJson(withoutDocuments?.(value) ?? value, { maxBytes, maxDepth: MOST_DEPTH });
  if (finding === null) return value;
  if (finding.kind === "too-large") throw tooLarge(BODY_BYTES, `${what}, without its documents,`);
  throw new PlanwrightError("VALIDATION", `${what} holds ${finding.what} at '${finding.path.slice(0, 100)}'.`, {
    hint: `JSON may be ${MOST_DEPTH} levels deep and must not hold prototype keys.`,
  });
}

async function readForm(bytes: Uint8Array, type: string, rules: BodyRules): Promise<ReadBody> {
  let form: FormData;
  try {
    form = await new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    throw badForm("The form cannot be read.", cause);
  }
  const fields = [...form.entries()];
  const unknown = fields.find(([name]) => name !== "request" && name !== "document");
  if (unknown !== undefined) throw badForm(`Unknown field '${unknown[0].slice(0, 80)}'.`);
  const [text, ...more] = form.getAll("request");
  if (text === undefined || more.length > 0) throw badForm("The form needs exactly one field 'request'.");
  const request = typeof text === "string" ? Buffer.from(text) : new Uint8Array(await text.arrayBuffer());
  const given = form.getAll("document");
  if (given.length > MOST_FILES) throw badForm(`More than ${MOST_FILES} documents.`);
  const files: ReadBody["files"] = [];
  for (const file of given) {
    if (typeof file === "string") throw badForm("A field 'document' is no file.");
    files.push({ name: file.name, type: file.type, bytes: new Uint8Array(await file.arrayBuffer()) });
  }
  return { json: parse(request, rules, "The field 'request'"), files };
}

function badForm(message: string, cause?: unknown): PlanwrightError {
  const hint = "Send a field 'request' with the JSON and the files as fields 'document'.";
  return new PlanwrightError("VALIDATION", message, { hint, ...(cause === undefined ? {} : { cause }) });
}

function unsupported(kind: string, taken: string, isMultipart: boolean): PlanwrightError {
  return new PlanwrightError("UNSUPPORTED_MEDIA_TYPE", `Bodies of type '${kind.slice(0, 80)}' are not taken here.`, {
    hint: `Send ${taken}${isMultipart ? " or multipart/form-data" : ""}.`,
  });
}

function tooLarge(maxBytes: number, what = "The body"): PlanwrightError {
  return new PlanwrightError("BODY_TOO_LARGE", `${what} has more than ${maxBytes / 2 ** 20} MiB.`, {
    hint: "Send less, or split the documents.",
  });
}
