/**
 * From a call's resolved input to what its tool is given and what the gate and people see of that (SAFETY, security
 * rules 2 to 4). Owns: that the two agree: defaults and transforms of the tool's schema are shown. Must not: judge.
 */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import { examineJson } from "../plan/json-limits.ts";
import { VALUE_CHARS } from "../plan/value-size.ts";
import type { Label } from "../policy/label.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { isSameJson } from "../shared/same-json.ts";
import { bindInput } from "../step/step-factory.ts";
import type { Tool } from "../tool/tool.ts";
import { hashInput, type PreparedCall, prepareCall } from "./apply-call.ts";
import { type Call, type Ledger, toolOf } from "./ledger.ts";

export interface BoundCall {
  tool: Tool;
  /** As the plan resolved it. */
  raw: JsonValue;
  /** As the tool's schema made it, for the gate, approvals and grants. */
  shown: JsonValue;
  /** False where something of what the tool gets is no JSON value, so that `shown` only says what it was made of. */
  isWhole: boolean;
  /** False where such a part is a default, of which nothing says what it was. */
  canRepeat: boolean;
  /** What the tool is called with. */
  bound: unknown;
  label: Label;
  /** Hash of `raw`: the same in every process, whatever a default is made of. */
  inputHash: string;
}

/** Where it fails, the error is TOOL_INVALID_INPUT, or PLAN_BAD_REF for a stand-in's input that is not there. */
export function bindCall(
  ledger: Ledger,
  call: Call,
  tool: Tool,
): { ok: true; call: BoundCall } | { ok: false; error: ErrorShape } {
  const prepared = prepareCall(ledger, call);
  if (prepared.kind !== "value") return { ok: false, error: unpreparedInput(call, prepared) };
  const { value: raw, label } = prepared;
  const bound = bindInput(tool, raw);
  if (!bound.ok) return bound;
  const inputHash = hashInput(raw);
  const shown = shownInput(raw, bound.value);
  const isLarge = inputHash === null || (shown.value !== raw && hashInput(shown.value) === null);
  if (isLarge) return { ok: false, error: inputTooLarge(call) };
  const { isWhole, canRepeat } = shown;
  return {
    ok: true,
    call: { tool, raw, shown: shown.value, isWhole, canRepeat, bound: bound.value, label, inputHash },
  };
}

/** Why there is no input to call the tool with: the call fails, and rules and `onFailure` say what follows (SAFETY R6). */
export function unpreparedInput(call: Call, prepared: Exclude<PreparedCall, { kind: "value" }>): ErrorShape {
  if (prepared.kind === "too-large") return inputTooLarge(call);
  const stepId = call.step.id;
  const message = `Tool '${toolOf(call)}' cannot take the place of step '${stepId}': its input refers to '${prepared.ref}', which is not there.`;
  const hint = 'Add a "default" beside the "ref", or let the step wait for what the rule\'s input refers to.';
  return errorShape("PLAN_BAD_REF", message, { stepId, hint });
}

/** A short plan can name long data many times over (SAFETY R13). */
export function inputTooLarge(call: Call): ErrorShape {
  const stepId = call.step.id;
  const hint = "Pass each long text once, select or summarize first, or split the work into several steps.";
  return errorShape("TOOL_INVALID_INPUT", `The input of step '${stepId}' would be too large to build.`, {
    stepId,
    hint,
  });
}

const SHOWN_LIMITS = { maxBytes: VALUE_CHARS, maxDepth: 1_000 };

/** Field by field, so that one value that JSON cannot show (a Date) hides no other. */
function shownInput(raw: JsonValue, bound: unknown): Pick<BoundCall, "isWhole" | "canRepeat"> & { value: JsonValue } {
  if (isSameJson(raw, bound)) return { value: raw, isWhole: true, canRepeat: true };
  if (isJson(bound)) return { value: normalised(bound), isWhole: true, canRepeat: true };
  if (!isJsonObject(bound) || !isJsonObject(raw)) return { value: raw, isWhole: false, canRepeat: true };
  const shown: JsonObject = {};
  let canRepeat = true;
  for (const [name, field] of Object.entries(bound as Record<string, unknown>)) {
    if (field === undefined) continue;
    const isGiven = Object.hasOwn(raw, name);
    if (isJson(field)) shown[name] = normalised(field);
    else shown[name] = isGiven ? (raw[name] ?? null) : NOT_SHOWN;
    canRepeat &&= isGiven || isJson(field);
  }
  return { value: shown, isWhole: false, canRepeat };
}

/** Stands for what a schema adds that is no JSON value. */
const NOT_SHOWN = "(a default of the tool that JSON cannot show)";

function isJson(value: unknown): boolean {
  return examineJson(value, SHOWN_LIMITS).finding === null;
}

function normalised(value: unknown): JsonValue {
  return JSON.parse(JSON.stringify(value) ?? "null") as JsonValue;
}
