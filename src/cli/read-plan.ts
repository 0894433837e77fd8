/**
 * The file of `apply`. Owns: telling plans, workflows and anything else apart. Must not: check them (checker and compiler do).
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { examineJson } from "../plan/json-limits.ts";
import { PERSONAL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import { isJsonObject, type JsonValue } from "../shared/json.ts";
import type { Terminal } from "./terminal.ts";

/** `text`: a workflow as it stands in the file; `module`: one in a file that has to be imported. */
export type Applicable = { plan: JsonValue } | { text: string } | { module: string };

/**
 * A decision of kind `plan`, also out of a document of `plan --json`; or a workflow, unread. Throws VALIDATION,
 * PLAN_NOT_JSON, PLAN_TOO_LARGE.
 */
export async function readPlan(file: string, terminal: Terminal): Promise<Applicable> {
  if (/\.[cm]?[jt]s$/i.test(file)) return { module: file };
  const text = file === "-" ? await readAll(terminal.stdin) : readFile(file, terminal.cwd);
  if (/\.ya?ml$/i.test(file) || (file === "-" && isYaml(text))) return { text };
  const value = parse(text, file);
  const plan = isJsonObject(value) && value.v === 1 && "decision" in value ? value.decision : value;
  if (!isJsonObject(plan)) throw notPlan(file, "it holds no JSON object");
  if (plan.kind === "plan") return { plan: { rationale: `As given in '${file}'.`, ...plan } };
  if (isWorkflow(plan)) return { text };
  const kind = typeof plan.kind === "string" ? `its kind is '${plan.kind.slice(0, 40)}'` : "it has no kind";
  throw notPlan(file, kind);
}

/** A plan, where a workflow would be out of place. Throws what `readPlan` throws. */
export async function readPlanAlone(file: string, terminal: Terminal): Promise<JsonValue> {
  const found = await readPlan(file, terminal);
  if ("plan" in found) return found.plan;
  throw new PlanwrightError("VALIDATION", `'${file}' holds a workflow; here a plan is needed.`, {
    hint: 'Give a decision of kind "plan" as JSON, or what planwright plan --json printed.',
  });
}

function readFile(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), "utf8");
  } catch (cause) {
    throw new PlanwrightError("VALIDATION", `The file '${file}' can't be read: ${describeThrown(cause)}.`, {
      hint: "Name a file that holds a plan as JSON or a workflow, or - for standard input.",
      cause,
    });
  }
}

function parse(text: string, file: string): JsonValue {
  let value: JsonValue;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, "")) as JsonValue;
  } catch (cause) {
    throw new PlanwrightError("PLAN_NOT_JSON", `The plan '${file}' is not JSON: ${describeThrown(cause)}.`, {
      hint: 'A plan looks like {"kind":"plan","rationale":"…","steps":[…],"then":"finish"}; planwright plan "<goal>" --json makes one.',
      cause,
    });
  }
  const { finding } = examineJson(value, PERSONAL_PLAN_LIMITS);
  if (finding === null) return value;
  const isSize = finding.kind === "too-deep" || finding.kind === "too-large";
  throw new PlanwrightError(
    isSize ? "PLAN_TOO_LARGE" : "PLAN_BAD_VALUE",
    `The plan '${file}' holds ${finding.what} at '${finding.path.slice(0, 200)}'.`,
    {
      hint: "Plans are plain JSON of at most 32 levels and 16 MiB, without prototype keys.",
    },
  );
}

function isWorkflow(value: { [key: string]: JsonValue }): boolean {
  return "name" in value && "steps" in value && !("kind" in value);
}

/** JSON begins with a brace; the keys of a workflow in YAML begin a line. */
function isYaml(text: string): boolean {
  return !/^\s*[{[]/.test(text) && /^(name|steps)\s*:/m.test(text);
}

function notPlan(file: string, why: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", `'${file}' holds no plan: ${why}.`, {
    hint: 'apply takes a decision of kind "plan", what planwright plan --json printed for one, or a workflow.',
  });
}
