/**
 * Observation points and performance targets of a run (CONTRACTS 10, `observe`, `targets`): entries that change nothing
 * but what can be seen. Owns: what is recorded, and when a target counts as missed.
 */
import type { ObservationPoint } from "../goal/run-rules.ts";
import type { EntryData, StoredValue } from "../journal/entries.ts";
import { addCost, addUsage, NO_USAGE } from "../model/usage.ts";
import { append, type DriverCore } from "./driver-core.ts";
import { appendIfRoom } from "./journal-room.ts";
import { type Call, type Ledger, type StepState, toolCalls } from "./ledger.ts";
import { outputLabelOf, outputOf } from "./ledger-scope.ts";

/** Journals what the rules want of every step that has completed since. */
export function recordObservations(core: DriverCore): void {
  const { ledger } = core.state;
  for (let next = ledger.toObserve[0]; next !== undefined && ledger.ended === null; next = ledger.toObserve[0]) {
    const point = ledger.accepted.rules?.observe[next.point];
    const values = point === undefined ? {} : valuesOf(ledger, next.step, point);
    const data = { after: next.step.id, values };
    if (!appendIfRoom(core, { kind: "observation.recorded", step: next.step.id, data })) return;
  }
}

function valuesOf(
  ledger: Ledger,
  step: StepState,
  { record }: ObservationPoint,
): EntryData<"observation.recorded">["values"] {
  return Object.fromEntries(record.map((name) => [name, observed(ledger, step, name)]));
}

function observed(ledger: Ledger, step: StepState, name: ObservationPoint["record"][number]): StoredValue {
  const calls = toolCalls(step);
  switch (name) {
    case "output":
      return outputValue(ledger, step);
    case "durationMs":
      return { value: durationOf(step, calls) };
    case "attempts":
      return { value: calls.reduce((sum, { attempts }) => sum + attempts, 0) };
    case "usage":
      return { value: { ...calls.reduce((sum, { used }) => addUsage(sum, used?.usage ?? NO_USAGE), NO_USAGE) } };
    case "costUsd":
      return { value: calls.reduce<number | null>((sum, { used }) => addCost(sum, used?.costUsd ?? 0), 0) };
    case "label":
      return { value: { ...outputLabelOf(step) } };
  }
}

/** By reference where the output itself is kept so. */
function outputValue(ledger: Ledger, step: StepState): StoredValue {
  return step.fanOut === null && step.call.output !== null ? step.call.output : { value: outputOf(ledger, step) };
}

/** From the first start to the last end. */
function durationOf({ call }: StepState, calls: readonly Call[]): number | null {
  const ends = [call, ...calls].flatMap(({ endedAt }) => endedAt ?? []).sort();
  const start = call.startedAt ?? calls[0]?.startedAt ?? null;
  const end = ends.at(-1);
  return start === null || end === undefined ? null : Math.max(0, Date.parse(end) - Date.parse(start));
}

/** Says of each target that the run has missed so, once; to be called before it ends. */
export function recordTargets(core: DriverCore): void {
  const { ledger } = core.state;
  const { durationMs, costUsd } = ledger.accepted.rules?.targets ?? {};
  const sinceEntry = Math.max(0, core.environment.clock.now() - Date.parse(ledger.at));
  const spentMs = ledger.activeMs + (ledger.waiting === null && ledger.startedAt !== null ? sinceEntry : 0);
  miss(core, "durationMs", { limit: durationMs, actual: spentMs });
  miss(core, "costUsd", { limit: costUsd, actual: ledger.costUsd });
}

function miss(
  core: DriverCore,
  target: EntryData<"target.missed">["target"],
  { limit, actual }: { limit: number | undefined; actual: number | null },
): void {
  if (limit === undefined || actual === null || actual <= limit) return;
  if (core.state.ledger.missedTargets.has(target)) return;
  append(core, { kind: "target.missed", data: { target, limit, actual } });
}
