/**
 * Puts what a schema found wrong with a part of a workflow into words. Owns: the sentences.
 * PLAN_SCHEMA: a field is missing or of the wrong kind; PLAN_BAD_VALUE: of the right kind with a wrong value;
 * PLAN_UNKNOWN_FIELD. Must not: know steps or references.
 */
import { z } from "zod";
import { type Issue, jsonPointer } from "../error/issue.ts";
import { fieldMeant, kindInWords } from "../plan/known-fields.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { isJsonObject, type JsonValue } from "../shared/json.ts";

/** The part of a file that a schema was held against. */
export interface Part {
  schema: z.ZodType;
  value: JsonValue;
  /** Where it stands in the file. */
  pointer: string;
  /** How a sentence names it, such as `step 'summary'`. */
  owner: string;
}

type Keys = readonly (string | number)[];

export function describeFindings(findings: readonly z.core.$ZodIssue[], part: Part): Issue[] {
  return findings.flatMap((finding) => {
    const keys = finding.path.map((key) => (typeof key === "symbol" ? String(key) : key));
    if (finding.code !== "unrecognized_keys") return [describe(finding, keys, part)];
    return finding.keys.map((key) => unknownField(key, keys, part));
  });
}

function describe(finding: z.core.$ZodIssue, keys: Keys, part: Part): Issue {
  const value = valueAt(part.value, keys);
  const what = place(keys, part.owner);
  if (value === undefined) {
    const hint = `Add '${String(keys.at(-1) ?? "")}': ${meaning(keys, part.schema)}.`;
    return issue("PLAN_SCHEMA", part.pointer + jsonPointer(keys.slice(0, -1)), {
      message: `${what} is missing.`,
      hint,
    });
  }
  const path = part.pointer + jsonPointer(keys);
  if (finding.code === "invalid_value") {
    const choices = finding.values.map(String);
    const meant = typeof value === "string" ? didYouMean(value, choices) : null;
    const guess = meant === null ? "" : `Did you mean '${meant}'? `;
    const message = `${what} is ${shown(value)}.`;
    return issue("PLAN_BAD_VALUE", path, { message, hint: `${guess}It is one of ${listed(choices)}.` });
  }
  if (finding.code === "invalid_type") {
    const wanted = kindInWords(finding.expected);
    const code = finding.expected === "int" ? "PLAN_BAD_VALUE" : "PLAN_SCHEMA";
    return issue(code, path, { message: `${what} is ${shown(value)}, not ${wanted}.`, hint: `Write ${wanted}.` });
  }
  const isEmpty = finding.code === "too_small" && !isNumber(finding.origin);
  const message = `${what} is ${isEmpty ? "empty" : shown(value)}.`;
  return issue("PLAN_BAD_VALUE", path, { message, hint: boundHint(finding) });
}

function boundHint(finding: z.core.$ZodIssue): string {
  if (finding.code === "too_small") {
    return isNumber(finding.origin) ? `It is at least ${finding.minimum}.` : "Write at least one.";
  }
  if (finding.code === "too_big") return `It is at most ${finding.maximum}.`;
  if (finding.code === "invalid_format") return "It is a letter, then letters, digits, - and _, all in lower case.";
  return "Write another value; docs/workflows.md says which.";
}

function isNumber(origin: string): boolean {
  return origin === "number" || origin === "int";
}

function unknownField(key: string, keys: Keys, part: Part): Issue {
  const fields = fieldsOf(schemaAt(part.schema, keys));
  const value = valueAt(part.value, keys);
  const taken = isJsonObject(value) ? value : {};
  const meant = fieldMeant(
    key,
    fields.filter((field) => !Object.hasOwn(taken, field)),
  );
  const owner = keys.length === 0 ? part.owner : `'${keys.join(".")}' of ${part.owner}`;
  const message = `${capital(owner)} has no field '${key}'.`;
  const hint = `${meant === null ? "Leave it out." : `Did you mean '${meant}'?`} It has: ${fields.join(", ")}.`;
  return issue("PLAN_UNKNOWN_FIELD", part.pointer + jsonPointer([...keys, key]), { message, hint });
}

/** The schema of what stands at `keys`, or null where that is anybody's guess. */
function schemaAt(schema: z.ZodType, keys: Keys): z.ZodType | null {
  let current: z.ZodType | null = bare(schema);
  for (const key of keys) {
    if (current instanceof z.ZodObject) current = (current.shape as Record<string, z.ZodType>)[String(key)] ?? null;
    else if (current instanceof z.ZodArray) current = current.element as z.ZodType;
    else if (current instanceof z.ZodRecord) current = current.valueType as z.ZodType;
    else return null;
    current = current === null ? null : bare(current);
  }
  return current;
}

function bare(schema: z.ZodType): z.ZodType {
  let current = schema;
  while (current instanceof z.ZodOptional || current instanceof z.ZodDefault) current = current.unwrap() as z.ZodType;
  return current;
}

function fieldsOf(schema: z.ZodType | null): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

const MEANING: Readonly<Record<string, string>> = {
  name: "a name in lower case, such as document_analysis",
  version: "a whole number, which you raise with each change",
  steps: "the list of steps",
  id: "a short unique name of letters, digits and underscores that starts with a letter",
  tool: "the name of a registered tool",
  type: "string, number, integer, boolean, array or object",
  on: "an error code, a category of errors, or *",
  do: "what happens then, such as skip or fail",
  items: "a reference to the list to go through",
  record: "a list of what is recorded, such as [durationMs]",
  after: "the id of a step or group",
};

function meaning(keys: Keys, schema: z.ZodType): string {
  const field = String(keys.at(-1) ?? "");
  if (MEANING[field] !== undefined) return MEANING[field];
  const wanted = schemaAt(schema, keys);
  return wanted instanceof z.ZodArray ? "a list" : "it is required";
}

function place(keys: Keys, owner: string): string {
  return keys.length === 0 ? capital(owner) : `The '${keys.join(".")}' of ${owner}`;
}

function valueAt(root: JsonValue, keys: Keys): JsonValue | undefined {
  let current: JsonValue | undefined = root;
  for (const key of keys) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, JsonValue>)[key];
  }
  return current;
}

function shown(value: JsonValue): string {
  if (isJsonObject(value)) return "an object";
  return Array.isArray(value) ? "a list" : JSON.stringify(value).slice(0, 60);
}

function listed(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(", ");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function issue(code: Issue["code"], path: string, words: { message: string; hint: string }): Issue {
  return { severity: "error", code, path, ...words, fix: null };
}
