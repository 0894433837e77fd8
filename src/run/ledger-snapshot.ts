/** The ledger as plain data (KERNEL 4): no queue, no timers, nothing that is derived at readiness. */
import type { JsonValue } from "../shared/json.ts";
import type { Call, Compensation, Ledger, StepState } from "./ledger.ts";

/** Everything that must be equal between a live run and its folded journal (SAFETY R8). */
export function ledgerSnapshot(ledger: Ledger): JsonValue {
  const { readBlob, onReady, steps, dependents, approvals, unknownKeys, due, tallies, ...rest } = ledger;
  const { reservations, lastAnswer, inherited, recovering, undoable, compensation, ...others } = rest;
  const { review, success, missedTargets, toObserve, ...plain } = others;
  return {
    ...plain,
    // What only runs with models, or forks, have: without, the snapshot of an earlier version stays as it was.
    ...(reservations.size === 0 ? {} : { reservations: Object.fromEntries(reservations) }),
    ...(lastAnswer === null ? {} : { lastAnswer }),
    ...(inherited === null ? {} : { inherited }),
    // What only runs with rules have, likewise.
    ...(recovering.size === 0 ? {} : { recovering: [...recovering].map(callName) }),
    ...(undoable.length === 0 ? {} : { undoable: undoable.map(callName) }),
    ...(compensation === null ? {} : { compensation: compensationSnapshot(compensation) }),
    ...(review === null ? {} : { review }),
    ...(success === null ? {} : { success }),
    ...(missedTargets.size === 0 ? {} : { missedTargets: [...missedTargets].sort() }),
    ...(toObserve.length === 0 ? {} : { toObserve: toObserve.map(({ point, step }) => `${point} ${step.id}`) }),
    steps: [...steps.values()].map(stepSnapshot),
    approvals: [...approvals.values()].map(({ approval, status }) => ({ approval, status })),
    unknownKeys: [...unknownKeys].sort(),
    due: [...due].map((step) => step.id).sort(),
    tallies,
  } as unknown as JsonValue;
}

function callName({ step, index }: Call): string {
  return index === null ? step.id : `${step.id} ${index}`;
}

function compensationSnapshot({ call, current, undone, left }: Compensation): JsonValue {
  const names = { call: callName(call), current: current === null ? null : callName(current) };
  return { ...names, undone, left } as unknown as JsonValue;
}

function stepSnapshot(step: StepState): JsonValue {
  const { compiled, call, fanOut, earlier, ...plain } = step;
  const elements = fanOut?.elements.map(callSnapshot) ?? null;
  return { ...plain, call: callSnapshot(call), elements, earlier: earlier.map(callSnapshot) } as unknown as JsonValue;
}

function callSnapshot(call: Call): JsonValue {
  const { step, inputLabel, used, ...plain } = call;
  return plain as unknown as JsonValue;
}
