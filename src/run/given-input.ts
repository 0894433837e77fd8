/**
 * What a call's tool was given, for what is done about the call later: undoing it, or finding out how it ended. Owns:
 * that this is the input of then or none at all, whatever its sources or the defaults of its schema have become since.
 */
import { type ErrorShape, errorShape } from "../error/planwright-error.ts";
import type { EntryData } from "../journal/entries.ts";
import { INLINE_BYTES } from "../journal/store-value.ts";
import { canonicalJson, type JsonValue } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";
import { hashInput, resolveCall } from "./apply-call.ts";
import { type BoundCall, bindCall } from "./bind-call.ts";
import type { Call, Ledger } from "./ledger.ts";

type Given = Pick<EntryData<"step.started">, "given">;

/** What `step.started` keeps of the input; nothing where the tool can do no more about a call. `input`: as permitted. */
export function keepGiven({ tool, shown, bound, isWhole, canRepeat }: BoundCall, input: unknown): Given {
  if (tool.compensate === null && tool.reconcile === null) return {};
  if (!isWhole) return { given: { hash: canRepeat ? hashInput(shown) : null } };
  // An approval may have had it otherwise than it is bound now. What the tool does to its input is its own affair.
  const value = input === bound ? shown : (structuredClone(input) as JsonValue);
  const isSmall = Buffer.byteLength(canonicalJson(value)) <= INLINE_BYTES;
  return { given: { hash: hashInput(value), ...(isSmall ? { value } : {}) } };
}

/** The input that the call's tool was given; an error where nobody can tell it any more. */
export function inputAsGiven(
  ledger: Ledger,
  call: Call,
  tool: Tool,
): { ok: true; input: unknown } | { ok: false; error: ErrorShape } {
  const { given } = call;
  // A value that held a secret is masked in the journal, and no longer what its hash says.
  if (given?.value !== undefined && hashInput(given.value) === given.hash) {
    return { ok: true, input: structuredClone(given.value) };
  }
  if (resolveCall(ledger, call).kind === "absent") return { ok: false, error: inputGone(call) };
  const binding = bindCall(ledger, call, tool);
  if (!binding.ok) return binding;
  const { shown, bound, inputHash } = binding.call;
  const isSame = given === undefined ? inputHash === call.inputHash : hashInput(shown) === given.hash;
  return isSame ? { ok: true, input: bound } : { ok: false, error: inputGone(call) };
}

function inputGone(call: Call): ErrorShape {
  const stepId = call.step.id;
  const message = `The input that step '${stepId}' was called with cannot be made again: what it was made of has changed.`;
  return errorShape("TOOL_PERMANENT", message, { stepId });
}
