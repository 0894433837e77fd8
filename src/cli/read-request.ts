/** From flags to a run request. Owns: documents, params and schema as files and text name them. Must not: check goals. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import type { Document } from "../goal/document.ts";
import { loadDocument, loadDocumentFromStream } from "../goal/load-document.ts";
import type { Budget } from "../goal/run-request.ts";
import type { Criterion } from "../goal/run-rules.ts";
import type { RunRequest } from "../runtime/run-request.ts";
import { isJsonObject, type JsonObject, type JsonSchema, type JsonValue } from "../shared/json.ts";
import type { Call, CliOptions } from "./call.ts";

/** The request without goal and plan. Throws VALIDATION, DOCUMENT_ codes. */
export async function readRequest(call: Call): Promise<Omit<RunRequest, "goal" | "plan">> {
  const { options, terminal } = call;
  const params = (options.param ?? []).map(readParam);
  const output = options.outputSchema === undefined ? {} : { output: readSchema(options.outputSchema, terminal.cwd) };
  return {
    documents: await readDocuments(call),
    params: Object.fromEntries(params) as JsonObject,
    budget: budgetOptions(options),
    ...(options.approve === "none" ? { approve: "none" as const } : {}),
    ...(options.success === undefined ? {} : { success: readJsonFile(options.success, terminal.cwd) as Criterion[] }),
    ...(options.reviewPlan === true ? { reviewPlan: true } : {}),
    ...output,
  };
}

/** What is in it is checked like any request. */
function readJsonFile(file: string, cwd: string): unknown {
  try {
    return JSON.parse(readFileSync(resolve(cwd, file), "utf8"));
  } catch (cause) {
    throw new PlanwrightError("VALIDATION", `--success '${file}' can't be read as JSON: ${describeThrown(cause)}.`, {
      hint: 'Name a file such as [{"name":"has-topics","check":{"ref":"topics.items","empty":false}}].',
      cause,
    });
  }
}

/** Throws VALIDATION where there is none. */
export function goalOf({ args }: Call): string {
  const [goal] = args;
  if (goal !== undefined) return goal;
  throw new PlanwrightError("VALIDATION", "No goal was given.", {
    hint: 'Say what is wanted: planwright run "<goal>" -d FILE; or name a workflow with --workflow.',
  });
}

async function readDocuments({ options, terminal }: Call): Promise<Document[]> {
  const files = options.document ?? [];
  if (files.filter((file) => file === "-").length > 1) {
    throw new PlanwrightError("VALIDATION", "Standard input can be read only once.", {
      hint: "Give - to one -d only.",
    });
  }
  const documents: Document[] = [];
  for (const file of files) documents.push(await readDocumentFile(file, terminal));
  return documents;
}

function readDocumentFile(file: string, { stdin, cwd }: Call["terminal"]): Promise<Document> {
  if (file === "")
    throw new PlanwrightError("DOCUMENT_NOT_FOUND", "-d needs the name of a file.", {
      hint: "Name a file, or - for standard input.",
    });
  if (/^https?:\/\//i.test(file)) {
    throw new PlanwrightError(
      "DOCUMENT_NOT_FOUND",
      `'${file}' is an address; documents are files, and nothing is fetched.`,
      {
        hint: "Save it first: curl -fsSL ADDRESS -o page.html, then -d page.html.",
      },
    );
  }
  return file === "-" ? loadDocumentFromStream(stdin) : loadDocument(resolve(cwd, file));
}

/** `name=value`; JSON where it parses, else the text itself. */
function readParam(text: string): [string, JsonValue] {
  const [name, value] = splitParam(text);
  return [name, jsonOrText(value)];
}

/** Throws VALIDATION. */
export function splitParam(text: string): [name: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new PlanwrightError("VALIDATION", `--param '${text}' is not name=value.`, {
      hint: "Write --param sentences=3, or --param 'names=[\"a\"]'.",
    });
  }
  return [text.slice(0, at), text.slice(at + 1)];
}

/** A value as people type it. */
export function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text; // Not JSON: it is meant as it stands.
  }
}

function readSchema(file: string, cwd: string): JsonSchema {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(resolve(cwd, file), "utf8"));
  } catch (cause) {
    throw new PlanwrightError(
      "VALIDATION",
      `--output-schema '${file}' can't be read as JSON: ${describeThrown(cause)}.`,
      {
        hint: "Name a file that holds one JSON Schema.",
        cause,
      },
    );
  }
  if (isJsonObject(value)) return value;
  throw new PlanwrightError("VALIDATION", `--output-schema '${file}' is no JSON Schema: it must be an object.`, {
    hint: 'For example {"type":"object","properties":{"summary":{"type":"string"}},"required":["summary"]}.',
  });
}

/** Only the limits that were given. */
export function budgetOptions({
  maxSteps,
  maxReplans,
  maxTokens,
  maxCostUsd,
  maxSeconds,
}: CliOptions): Partial<Budget> {
  const given = { maxSteps, maxReplans, maxTokens, maxCostUsd, maxSeconds };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
