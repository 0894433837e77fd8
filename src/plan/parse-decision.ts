/**
 * Turns what a planner answered into a decision of the right shape. Owns: the order of the checks.
 * Must not: judge references, tools or types (the checker does), or throw whatever it is given.
 */
import type { z } from "zod";
import type { Issue } from "../error/issue.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { briefIssues } from "./brief-issues.ts";
import {
  abandonDecisionSchema,
  askDecisionSchema,
  type Decision,
  finishDecisionSchema,
  planDecisionSchema,
} from "./decision.ts";
import { describeSchemaIssues } from "./describe-schema-issues.ts";
import { examineJson, type JsonFinding } from "./json-limits.ts";
import { DECISION_FIELDS, DECISION_KINDS } from "./known-fields.ts";
import { readJson } from "./parse-json.ts";

export interface ParseLimits {
  /** UTF-8 bytes of the whole answer, prose included. */
  maxBytes: number;
  /** Lists and objects inside each other. */
  maxDepth: number;
  /** Steps of one plan. */
  maxSteps: number;
}

/** For plans of models (SAFETY, "Default limits"). */
export const MODEL_PLAN_LIMITS: ParseLimits = { maxBytes: 256 * 1024, maxDepth: 32, maxSteps: 50 };

/** For plans that a person wrote: the hard cap of steps, and room for them. */
export const PERSONAL_PLAN_LIMITS: ParseLimits = { maxBytes: 16 * 1024 * 1024, maxDepth: 32, maxSteps: 10_000 };

export interface ParsedDecision {
  /** Null exactly where there are issues. */
  decision: Decision | null;
  issues: Issue[];
}

const SCHEMAS: Readonly<Record<Decision["kind"], z.ZodType<Decision>>> = {
  plan: planDecisionSchema,
  finish: finishDecisionSchema,
  ask: askDecisionSchema,
  abandon: abandonDecisionSchema,
};

/**
 * Parses a decision from JSON or from a model's text (JSON in a fence or in prose, trailing commas, other quotes).
 * Null in an optional field of a plan or step counts as left out. Issues: PLAN_NOT_JSON, PLAN_TOO_LARGE (bytes,
 * depth, steps), PLAN_BAD_VALUE (prototype keys, what isn't JSON, wrong choices), PLAN_SCHEMA, PLAN_UNKNOWN_FIELD,
 * PLAN_BAD_CONDITION. Never throws; takes time linear in the input.
 */
export function parseDecision(raw: unknown, limits: ParseLimits): ParsedDecision {
  const { decision, issues } = parse(raw, limits);
  return { decision, issues: briefIssues(issues) };
}

function parse(raw: unknown, limits: ParseLimits): ParsedDecision {
  const read = typeof raw === "string" ? readText(raw, limits) : { value: raw };
  if ("issue" in read) return { decision: null, issues: [read.issue] };
  const { finding, hasUndefined } = examineJson(read.value, limits);
  if (finding !== null) return { decision: null, issues: [describeFinding(finding)] };
  const value = hasUndefined ? withoutUndefined(read.value) : (read.value as JsonValue);
  if (!isJsonObject(value)) {
    const shape = Array.isArray(value) ? "a list" : "not an object";
    const hint = 'Answer with one object: {"kind": "plan", "rationale": "…", "steps": [ … ]}.';
    return refuse({ code: "PLAN_SCHEMA", path: "", message: `The decision is ${shape}.`, hint, fix: null });
  }
  return parseShape(value, limits);
}

function readText(text: string, limits: ParseLimits): { value: unknown } | { issue: Issue } {
  if (text.length > limits.maxBytes || Buffer.byteLength(text) > limits.maxBytes) {
    return { issue: describeFinding({ kind: "too-large", path: "", what: `more than ${limits.maxBytes} bytes` }) };
  }
  let read = readJson(text);
  // Some models put the JSON into a string once more.
  if (read.ok && typeof read.value === "string") read = readJson(read.value);
  if (read.ok) return { value: read.value };
  return { issue: error({ code: "PLAN_NOT_JSON", path: "", message: read.message, hint: read.hint, fix: null }) };
}

/** Undefined properties count as left out; depth is known to be small here. */
function withoutUndefined(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value) ?? "null") as JsonValue;
}

function describeFinding({ kind, path, what }: JsonFinding): Issue {
  if (kind === "prototype-key") {
    const message = `The decision holds ${what}, which is never allowed.`;
    return error({ code: "PLAN_BAD_VALUE", path, message, hint: "Use another name.", fix: [{ op: "remove", path }] });
  }
  if (kind === "not-json") {
    const hint = "Use strings, finite numbers, booleans, null, lists and plain objects only.";
    return error({
      code: "PLAN_BAD_VALUE",
      path,
      message: `The decision holds ${what}, which is not JSON.`,
      hint,
      fix: null,
    });
  }
  const message = kind === "too-deep" ? `The decision is nested ${what} deep.` : `The decision has ${what}.`;
  return error({
    code: "PLAN_TOO_LARGE",
    path,
    message,
    hint: "Plan less at once, or refer to data instead of repeating it.",
    fix: null,
  });
}

function parseShape(decision: JsonObject, limits: ParseLimits): ParsedDecision {
  const kind = DECISION_KINDS.find((one) => one === decision.kind);
  if (kind === undefined) return refuse(wrongDecisionKind(decision));
  const { steps } = decision;
  if (kind === "plan" && Array.isArray(steps) && steps.length > limits.maxSteps) {
    const message = `The plan has ${steps.length} steps; at most ${limits.maxSteps} are allowed.`;
    const hint = 'Use forEach for repeated work, or plan the first part with "then": "replan".';
    return refuse({ code: "PLAN_TOO_LARGE", path: "/steps", message, hint, fix: null });
  }
  const cleaned = kind === "plan" ? withoutEmptyOptions(decision) : decision;
  const parsed = SCHEMAS[kind].safeParse(cleaned);
  const issues = parsed.success ? [] : describeSchemaIssues(parsed.error.issues, cleaned, kind);
  if (kind === "plan" && cleaned.then === "replan" && cleaned.output !== undefined) issues.push(outputWithReplan());
  return parsed.success && issues.length === 0 ? { decision: parsed.data, issues } : { decision: null, issues };
}

function wrongDecisionKind(decision: JsonObject): Omit<Issue, "severity"> {
  const { kind } = decision;
  const list = DECISION_KINDS.map((one) => `'${one}'`).join(", ");
  const meant = typeof kind === "string" ? didYouMean(kind, DECISION_KINDS) : likelyKind(decision);
  const message =
    kind === undefined ? "The decision has no 'kind'." : `${JSON.stringify(kind).slice(0, 60)} is no kind of decision.`;
  const hint = meant === null ? `Write one of ${list}.` : `Did you mean '${meant}'? The kinds are ${list}.`;
  const op = kind === undefined ? "add" : "replace";
  const fix = meant === null ? null : [{ op, path: "/kind", value: meant } as const];
  return { code: kind === undefined ? "PLAN_SCHEMA" : "PLAN_BAD_VALUE", path: "/kind", message, hint, fix };
}

/** The kind that a decision without one has by its fields. */
function likelyKind(decision: JsonObject): Decision["kind"] | null {
  if (Object.hasOwn(decision, "steps")) return "plan";
  const byField = { question: "ask", reason: "abandon", output: "finish" } as const;
  for (const [field, kind] of Object.entries(byField)) {
    if (Object.hasOwn(decision, field) && DECISION_FIELDS[kind].includes(field)) return kind;
  }
  return null;
}

function outputWithReplan(): Issue {
  return error({
    code: "PLAN_SCHEMA",
    path: "/output",
    message: "The plan says 'then: replan' and has an output, but a plan that goes on has no result yet.",
    hint: 'Leave out the output, or write "then": "finish" if these steps reach the goal.',
    fix: [{ op: "remove", path: "/output" }],
  });
}

const OPTIONAL_STEP_FIELDS = ["after", "when", "forEach", "onFailure"] as const;

/** Models that must fill every field write null where there is nothing. (A null `output` is a value and stays.) */
function withoutEmptyOptions(decision: JsonObject): JsonObject {
  const { then, steps, ...rest } = decision;
  const cleaned: JsonObject = then === undefined || then === null ? rest : { ...rest, then };
  if (steps === undefined) return cleaned;
  return { ...cleaned, steps: Array.isArray(steps) ? Array.from(steps, withoutNullFields) : steps };
}

function withoutNullFields(step: JsonValue): JsonValue {
  if (!isJsonObject(step) || !OPTIONAL_STEP_FIELDS.some((field) => step[field] === null)) return step;
  const cleaned = { ...step };
  for (const field of OPTIONAL_STEP_FIELDS) {
    if (cleaned[field] === null) delete cleaned[field];
  }
  return cleaned;
}

function refuse(issue: Omit<Issue, "severity">): ParsedDecision {
  return { decision: null, issues: [error(issue)] };
}

function error(issue: Omit<Issue, "severity">): Issue {
  return { severity: "error", ...issue };
}
