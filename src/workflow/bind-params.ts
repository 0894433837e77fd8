/**
 * The values of a workflow's params: what was given, else the default. Owns: that they have the declared type and lie
 * in the declared bounds. Must not: know references (nested workflows hand over forms that only the run resolves).
 */
import { type Issue, jsonPointer } from "../error/issue.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { isSameJson } from "../shared/same-json.ts";
import type { Param, ParamType, Workflow } from "./workflow.ts";

type Declared = NonNullable<Workflow["params"]>;

export interface BoundParams {
  /** Every declared param that has a value. */
  values: JsonObject;
  /** Paths lead into the file: to the declaration. */
  issues: Issue[];
}

/** Issues: VALIDATION for a param that is missing, unknown, or of the wrong type or value. */
export function bindParams(workflow: Workflow, given: JsonObject): BoundParams {
  const declared = workflow.params ?? {};
  const issues = unknownParams(declared, Object.keys(given), { workflow: workflow.name });
  const values: JsonObject = {};
  for (const [name, param] of Object.entries(declared)) {
    const path = jsonPointer(["params", name]);
    const isGiven = Object.hasOwn(given, name);
    const value = isGiven ? given[name] : param.default;
    if (value === undefined) {
      issues.push(missingParam(name, param, path));
      continue;
    }
    values[name] = value;
    const problem = paramProblem(param, value);
    if (problem !== null) issues.push(wrongParam({ name, param, value, path, problem }));
  }
  return { values, issues };
}

interface GivenTo {
  /** Name of the workflow. */
  workflow: string;
  /** Where the names stand in the file; they were given from outside where there is none. */
  path?: string;
}

/** One issue for each name that is not declared. */
export function unknownParams(declared: Declared, names: readonly string[], { workflow, path }: GivenTo): Issue[] {
  const known = Object.keys(declared);
  return names
    .filter((name) => !Object.hasOwn(declared, name))
    .map((name) => {
      const guess = meantName(didYouMean(name, known));
      const hint = known.length === 0 ? "It takes none; leave it out." : `It has: ${known.join(", ")}.`;
      const at = path === undefined ? "/params" : path + jsonPointer([name]);
      return issueOf(at, `Workflow '${workflow}' has no param '${name.slice(0, 64)}'.${guess}`, hint);
    });
}

export function missingParam(name: string, param: Param, path: string): Issue {
  const what = param.description === undefined ? "" : ` (${param.description})`;
  const hint = `Give it a value, such as --param ${name}=${example(param)}, or give it a default in the file.`;
  return issueOf(path, `Param '${name}'${what} has no value.`, hint);
}

function example(param: Param): string {
  const [choice] = param.enum ?? [];
  if (choice !== undefined) return typeof choice === "string" ? choice : JSON.stringify(choice);
  const examples: Record<ParamType, string> = {
    string: "text",
    number: "1.5",
    integer: String(param.minimum ?? 3),
    boolean: "true",
    array: "'[1]'",
    object: "'{}'",
    null: "null",
  };
  return examples[param.type];
}

interface WrongParam {
  name: string;
  param: Param;
  value: JsonValue;
  path: string;
  problem: string;
}

export function wrongParam({ name, param, value, path, problem }: WrongParam): Issue {
  const shown = JSON.stringify(value).slice(0, 60);
  const kind = ["array", "integer", "object"].includes(param.type) ? "an" : "a";
  const hint =
    param.enum === undefined
      ? `Write ${kind} ${param.type}.`
      : `One of ${param.enum.map((one) => JSON.stringify(one)).join(", ")}.`;
  return issueOf(path, `Param '${name}' is ${shown}, which ${problem}.`, hint);
}

/** Completes "a value which …"; null where it fits. */
export function paramProblem(param: Param, value: JsonValue): string | null {
  if (!hasType(param.type, value)) return `is not of type ${param.type}`;
  if (param.enum !== undefined && !param.enum.some((one) => isSameJson(one, value))) return "is none of its choices";
  if (typeof value !== "number") return null;
  if (param.minimum !== undefined && value < param.minimum) return `is below ${param.minimum}`;
  return param.maximum !== undefined && value > param.maximum ? `is above ${param.maximum}` : null;
}

function hasType(type: ParamType, value: JsonValue): boolean {
  if (type === "array") return Array.isArray(value);
  if (type === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
  if (type === "integer") return Number.isSafeInteger(value);
  if (type === "null") return value === null;
  return typeof value === type;
}

/** Values of the right type for params that have to be given: for looking at a workflow without running it. */
export function exampleParams(workflow: Workflow): JsonObject {
  const needed = Object.entries(workflow.params ?? {}).filter(([, param]) => param.default === undefined);
  return Object.fromEntries(needed.map(([name, param]) => [name, param.enum?.[0] ?? exampleValue(param)]));
}

function exampleValue({ type, minimum, maximum }: Param): JsonValue {
  const number = minimum ?? Math.min(0, maximum ?? 0);
  const values: Record<ParamType, JsonValue> = {
    string: "",
    number,
    integer: Math.ceil(number),
    boolean: false,
    array: [],
    object: {},
    null: null,
  };
  return values[type];
}

/** Texts as people type them, read by the declared type; what does not read so stays a text. */
export function coerceParams(workflow: Workflow, texts: Readonly<Record<string, string>>): JsonObject {
  const declared = workflow.params ?? {};
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      coerce(Object.hasOwn(declared, name) ? declared[name] : undefined, text),
    ]),
  );
}

function coerce(param: Param | undefined, text: string): JsonValue {
  if (param === undefined || param.type === "string") return text;
  try {
    const value = JSON.parse(text) as JsonValue;
    return hasType(param.type, value) ? value : text;
  } catch {
    return text; // Not of that type: the binding says so.
  }
}

function issueOf(path: string, message: string, hint: string): Issue {
  return { severity: "error", code: "VALIDATION", path, message, hint, fix: null };
}
