/**
 * Decodes what a model wrote into a decision of the plan language. Owns: finding the JSON, the bounds, and the shell.
 * Must not: judge the decision (parser and checker do), or throw whatever it is given. An answer that is written in
 * the plan language already is taken as it is, whatever the dialect.
 */
import type { Issue } from "../error/issue.ts";
import { briefIssues } from "../plan/brief-issues.ts";
import { examineJson } from "../plan/json-limits.ts";
import { DECISION_KINDS } from "../plan/known-fields.ts";
import { MODEL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import { readJson } from "../plan/parse-json.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { decodeEntries, isEntry } from "./decode-entries.ts";
import { decodeStep } from "./decode-step.ts";
import { below, type Decoding, report } from "./decoding.ts";
import type { Decoded } from "./dialect.ts";
import { WHOLE_OUTPUT } from "./shell-schema.ts";

export function decodeAnswer(text: string, setting: Omit<Decoding, "issues">): Decoded {
  const decoding: Decoding = { ...setting, issues: [] };
  const value = readAnswer(text, decoding);
  const decision = value === undefined ? null : decodeDecision(value, decoding);
  return { decision, issues: briefIssues(decoding.issues) };
}

/** Undefined, and an issue, where there is nothing to decode. */
function readAnswer(text: string, decoding: Decoding): JsonValue | undefined {
  const { maxBytes } = MODEL_PLAN_LIMITS;
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes) {
    const message = `The answer has more than ${maxBytes} bytes.`;
    report(decoding, { path: "", message, hint: "Plan less at once, or refer to data instead of repeating it." });
    return undefined;
  }
  const options = { mustClose: decoding.hasShell };
  let read = readJson(text, options);
  if (read.ok && typeof read.value === "string") read = readJson(read.value, options); // JSON in a string once more
  if (!read.ok) {
    decoding.issues.push(notJson(read.message, read.hint));
    return undefined;
  }
  const { finding } = examineJson(read.value, MODEL_PLAN_LIMITS);
  if (finding === null) return read.value as JsonValue;
  const message = `The answer holds ${finding.what}, which is not allowed.`;
  report(decoding, { path: finding.path, message, hint: "Write a plainer answer, as the schema says." });
  return undefined;
}

function notJson(message: string, hint: string): Issue {
  return { severity: "error", code: "PLAN_NOT_JSON", path: "", message, hint, fix: null };
}

function decodeDecision(answer: JsonValue, decoding: Decoding): JsonValue {
  if (!isJsonObject(answer)) return answer;
  const { steps, then, output, message, ...rest } = answer;
  const isShell = decoding.hasShell || message !== undefined;
  const kind = readKind(rest.kind);
  if (kind !== undefined) rest.kind = kind;
  const decoded: JsonObject = {
    ...rest,
    ...given("steps", decodeSteps(steps, decoding)),
    ...given("then", typeof then === "string" ? then.toLowerCase() : then),
    ...given("output", isShell ? decodeOutput(output, decoding) : output),
  };
  return isShell ? withoutShell(decoded, message) : decoded;
}

function given(name: string, value: JsonValue | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}

/** Providers don't promise the case of an enum's value (Anthropic, "Invalid outputs"). */
export function readKind(kind: JsonValue | undefined): JsonValue | undefined {
  return DECISION_KINDS.find((one) => typeof kind === "string" && one === kind.toLowerCase()) ?? kind;
}

function decodeSteps(steps: JsonValue | undefined, decoding: Decoding): JsonValue | undefined {
  if (!Array.isArray(steps)) return steps;
  return steps.map((step, place) => decodeStep(step, below("/steps", place), decoding));
}

/** An empty list is no output; a list without a single entry in it is a value of the plan language. */
function decodeOutput(output: JsonValue | undefined, decoding: Decoding): JsonValue | undefined {
  if (!Array.isArray(output)) return output;
  if (output.length === 0) return undefined;
  if (!output.some(isEntry)) return output;
  const fields = decodeEntries(output, "/output", decoding);
  const whole = fields.get(WHOLE_OUTPUT);
  if (whole === undefined) return Object.fromEntries(fields);
  if (fields.size === 1) return whole;
  const reason = `'${WHOLE_OUTPUT}' is the whole output, and there are further entries beside it.`;
  report(decoding, { path: "/output", message: reason, hint: `Give '${WHOLE_OUTPUT}' alone, or name each part.` });
  return undefined;
}

/** Fields that the shell has and this kind of decision has not go away where they say nothing. */
function withoutShell(decision: JsonObject, message: JsonValue | undefined): JsonObject {
  const { then, steps, ...rest } = decision;
  switch (decision.kind) {
    case "plan":
      return decision;
    case "finish":
      return { ...rest, ...remaining(steps) };
    case "ask":
      return { ...given("question", message), ...rest, ...remaining(steps) };
    case "abandon":
      return { ...given("reason", message), ...rest, ...remaining(steps) };
    default:
      return { ...decision, ...given("message", message) };
  }
}

function remaining(steps: JsonValue | undefined): JsonObject {
  return Array.isArray(steps) && steps.length === 0 ? {} : given("steps", steps);
}
