/** What references of a step may read, with labels (KERNEL 17). Owns: how roots map to the ledger. */
import { unpackDocument } from "../goal/stored-document.ts";
import { storedValue } from "../journal/store.ts";
import type { CompiledValue, Path, Segment } from "../plan/compiled.ts";
import { ABSENT, readPath } from "../plan/path.ts";
import type { Labelled, Scope } from "../plan/scope.ts";
import { joinLabels, type Label, TRUSTED, trusted, untrusted } from "../policy/label.ts";
import type { JsonValue } from "../shared/json.ts";
import type { Call, Ledger, StepState } from "./ledger.ts";

const GOAL = trusted("goal");
const PARAMS = trusted("params");

/** Scope of one call; `element` is the forEach place, null outside. */
export function scopeOf(ledger: Ledger, step: StepState | null, element: number | null): Scope {
  return {
    index: element,
    literalLabel: step?.literalLabel ?? ledger.planLabel,
    read(root, segments) {
      if (element !== null && step?.fanOut) {
        if (root === "index") return { value: element, label: step.fanOut.label };
        if (root === "item") return { value: step.fanOut.items[element] ?? null, label: step.fanOut.label };
      }
      return readRoot(ledger, root, segments);
    },
  };
}

function readRoot(ledger: Ledger, root: string, segments: readonly Segment[]): Labelled | typeof ABSENT {
  const { accepted } = ledger;
  switch (root) {
    case "goal":
      return { value: accepted.goal, label: GOAL };
    case "params":
      return { value: accepted.params, label: PARAMS };
    case "now":
      return { value: accepted.now, label: TRUSTED };
    case "status":
      return { value: ledger.statuses, label: statusLabel(ledger, segments[0]) };
    case "document":
      return accepted.documents.length === 0
        ? ABSENT
        : { value: readDocument(ledger, 0), label: untrusted("documents[0]") };
    case "documents":
      return {
        value: accepted.documents.map((_, place) => readDocument(ledger, place)),
        label: documentsLabel(ledger),
      };
    default:
      return readOutput(ledger, root);
  }
}

export function readDocument(ledger: Ledger, place: number): JsonValue {
  const stored = ledger.accepted.documents[place]?.document;
  return stored === undefined ? null : unpackDocument(storedValue(stored, ledger.readBlob));
}

function documentsLabel(ledger: Ledger): Label {
  return untrusted(...ledger.accepted.documents.map((_, place) => `documents[${place}]`));
}

/** How a step ended tells of what its condition and its input held. */
function statusLabel(ledger: Ledger, segment: Segment | undefined): Label {
  const one = segment?.kind === "key" ? ledger.steps.get(segment.key) : undefined;
  const steps = segment?.kind === "key" ? (one === undefined ? [] : [one]) : [...ledger.steps.values()];
  return steps.reduce<Label>(
    (label, step) => joinLabels(joinLabels(label, step.whenLabel), step.call.label ?? TRUSTED),
    TRUSTED,
  );
}

function readOutput(ledger: Ledger, id: string): Labelled | typeof ABSENT {
  const step = ledger.steps.get(id);
  if (step === undefined || step.status !== "completed") return ABSENT;
  return { value: outputOf(ledger, step), label: outputLabelOf(step) };
}

/** Output of a completed step; of a forEach: its elements' outputs in order, null where there is none. */
export function outputOf(ledger: Ledger, step: StepState): JsonValue {
  if (step.fanOut !== null) {
    step.fanOut.output ??= step.fanOut.elements.map((element) => outputOfCall(ledger, element));
    return step.fanOut.output;
  }
  return outputOfCall(ledger, step.call);
}

export function outputOfCall(ledger: Ledger, call: Call): JsonValue {
  return call.output === null ? null : storedValue(call.output, ledger.readBlob);
}

function outputLabelOf(step: StepState): Label {
  const { fanOut } = step;
  if (fanOut === null) return step.call.outputLabel ?? TRUSTED;
  fanOut.outputLabel ??= fanOut.elements.reduce(
    (label, element) => joinLabels(label, element.outputLabel ?? TRUSTED),
    joinLabels(fanOut.label, step.whenLabel),
  );
  return fanOut.outputLabel;
}

/** Whether a forEach reads, outside its list, something that will never be there and that no default stands in for. */
export function hasAbsentSource(ledger: Ledger, step: StepState): boolean {
  return step.compiled.input.fields.some(([, value]) => isAbsent(ledger, value));
}

function isAbsent(ledger: Ledger, value: CompiledValue): boolean {
  switch (value.kind) {
    case "constant":
      return false;
    case "ref":
      return isAbsentPath(ledger, value.path) && (value.fallback === null || isAbsent(ledger, value.fallback));
    case "template":
      return value.parts.some((part) => typeof part !== "string" && isAbsentPath(ledger, part));
    case "list":
      return value.items.some((item) => isAbsent(ledger, item));
    case "object":
      return value.fields.some(([, field]) => isAbsent(ledger, field));
  }
}

/** What hangs on the element is known only with it. */
function isAbsentPath(ledger: Ledger, { root, segments }: Path): boolean {
  if (root === "item" || root === "index" || segments.some((segment) => segment.kind === "here")) return false;
  const source = readRoot(ledger, root, segments);
  return source === ABSENT || readPath(source.value, segments, null) === ABSENT;
}
