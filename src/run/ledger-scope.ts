/** What references of a step may read, with labels (KERNEL 17). Owns: how roots map to the ledger. */
import { unpackDocument } from "../goal/stored-document.ts";
import { storedValue } from "../journal/store.ts";
import type { Path, Segment } from "../plan/compiled.ts";
import { ABSENT } from "../plan/path.ts";
import type { Found, Scope } from "../plan/scope.ts";
import { type Trace, traceValue } from "../plan/trace-value.ts";
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

function readRoot(ledger: Ledger, root: string, segments: readonly Segment[]): Found {
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
        ? { value: ABSENT, label: TRUSTED }
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
  if (segment?.kind !== "key") return [...ledger.steps.values()].map(fateLabel).reduce(joinLabels, TRUSTED);
  const step = ledger.steps.get(segment.key);
  return step === undefined ? TRUSTED : fateLabel(step);
}

function readOutput(ledger: Ledger, id: string): Found {
  const step = ledger.steps.get(id);
  if (step === undefined) return { value: ABSENT, label: TRUSTED };
  if (step.status !== "completed") return { value: ABSENT, label: fateLabel(step) };
  return { value: outputOf(ledger, step), label: outputLabelOf(step) };
}

/**
 * Label of everything that decided how a step stands: that it ran, with what, that it never will, or that it failed
 * before its tool was called. That a tool itself failed or not adds nothing: its input's label stands for it.
 */
function fateLabel(step: StepState): Label {
  const own = joinLabels(step.whenLabel, callFate(step.call));
  const { fanOut } = step;
  if (fanOut === null) return own;
  if (fanOut.fateLabel !== null) return fanOut.fateLabel;
  const label = joinLabels(own, fanOut.elements.map(callFate).reduce(joinLabels, fanOut.label));
  if (fanOut.openElements === 0) fanOut.fateLabel = label;
  return label;
}

function callFate({ label, inputLabel }: Call): Label {
  return label === null ? inputLabel : joinLabels(label, inputLabel);
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

/** Label of a completed step's output. */
export function outputLabelOf(step: StepState): Label {
  const { fanOut } = step;
  if (fanOut === null) return step.call.outputLabel ?? TRUSTED;
  fanOut.outputLabel ??= fanOut.elements
    .map((element) => element.outputLabel ?? TRUSTED)
    .reduce(joinLabels, fateLabel(step));
  return fanOut.outputLabel;
}

/**
 * What a step's readiness depends on: of a forEach its list, and the part of its input that does not hang on the
 * element. An absent part skips the whole step.
 */
export function traceSources(ledger: Ledger, step: StepState): Trace {
  const scope = scopeOf(ledger, step, null);
  const { items, input } = step.compiled;
  if (items === null) return traceValue(input, scope);
  const outside = traceValue(input, scope, hangsOnElement);
  if (outside.absent !== null) return outside;
  const list = traceValue(items, scope);
  return { ...list, label: joinLabels(outside.label, list.label) };
}

/** What hangs on the element is known only with it. */
function hangsOnElement({ root, segments }: Path): boolean {
  return root === "item" || root === "index" || segments.some((segment) => segment.kind === "here");
}
