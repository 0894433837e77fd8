/** What the decoders of one answer share: the tools, and the issues found so far. Owns: the words of DIALECT_DECODE. */
import { type Issue, jsonPointer } from "../error/issue.ts";
import { examineJson } from "../plan/json-limits.ts";
import { MODEL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import { repairJson } from "../plan/parse-json.ts";
import type { JsonValue } from "../shared/json.ts";
import { createValueScan, scanValue } from "./scan-value.ts";
import type { Toolbox } from "./toolbox.ts";

export interface Decoding {
  toolbox: Toolbox;
  /** The model was told of the shell: an empty list is no output. */
  hasShell: boolean;
  /** The model was told that inputs may be `{json}`, and null where they are left out. */
  hasTypedInputs: boolean;
  issues: Issue[];
}

export interface DecodeFinding {
  /** JSON Pointer into the answer as the model wrote it. */
  path: string;
  message: string;
  hint: string;
}

export function report(decoding: Decoding, { path, message, hint }: DecodeFinding): void {
  decoding.issues.push({ severity: "error", code: "DIALECT_DECODE", path, message, hint, fix: null });
}

export function below(path: string, ...keys: (string | number)[]): string {
  return path + jsonPointer(keys);
}

/** The value of a JSON text inside an answer; null and an issue where it has none that is acceptable. */
export function readJsonText(text: string, path: string, decoding: Decoding): { value: JsonValue } | null {
  const value = parseText(text);
  if (value === undefined) {
    const message = "The text in this place is to be JSON, and is not.";
    const hint =
      'Write JSON as a text: "5", "[1, 2]", "{\\"ref\\": \\"document.text\\"}"; a text is "\\"like this\\"".';
    report(decoding, { path, message, hint });
    return null;
  }
  const { finding } = examineJson(value, MODEL_PLAN_LIMITS);
  if (finding === null) return { value: value as JsonValue };
  const message = `The JSON in this text holds ${finding.what}, which is not allowed.`;
  report(decoding, { path, message, hint: "Write plainer JSON, or refer to data instead of repeating it." });
  return null;
}

/** Small slips are repaired, but only in complete lists and objects: of other texts, anything could be made. */
export function parseText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return isComplete(text.trim()) ? repairJson(text) : undefined;
  }
}

function isComplete(text: string): boolean {
  if (!["{}", "[]"].includes(`${text.at(0)}${text.at(-1)}`)) return false;
  const scan = createValueScan();
  return scanValue(scan, text, 0) === text.length && scan.isComplete;
}
