/**
 * Observation points and performance targets of a run (CONTRACTS 10, `observe`, `targets`): entries that change nothing
 * but what can be seen. Owns: what is recorded, and when a target counts as missed.
 */
import type { ObservationPoint } from "../goal/run-rules.ts";
import { createBlobCache } from "../journal/blob-cache.ts";
import type { EntryData, StoredValue } from "../journal/entries.ts";
import { INLINE_BYTES, storeValue, type ValuePlace } from "../journal/store-value.ts";
import { addCost, addUsage, NO_USAGE } from "../model/usage.ts";
import { createMeter, fitsLimit, takeValue } from "../plan/value-size.ts";
import type { JsonValue } from "../shared/json.ts";
import { append, type DriverCore } from "./driver-core.ts";
import { appendIfRoom, isJournalFull } from "./journal-room.ts";
import { type Call, type Ledger, type StepState, toolCalls } from "./ledger.ts";
import { outputLabelOf, outputOf } from "./ledger-scope.ts";
import { timeSpent } from "./stop-run.ts";

type Values = EntryData<"observation.recorded">["values"];

/**
 * Journals what the rules want of every step that has completed since. False while a large value is being stored: the
 * run goes on once it is, so that it does not end before.
 */
export function recordObservations(core: DriverCore): boolean {
  const { ledger } = core.state;
  if (core.observed === "no-room") return true;
  for (let next = ledger.toObserve[0]; next !== undefined && ledger.ended === null; next = ledger.toObserve[0]) {
    const point = ledger.accepted.rules?.observe[next.point];
    const values = storedValues(core, () => (point === undefined ? {} : valuesOf(ledger, next.step, point)));
    if (values === null) return false;
    const data = { after: next.step.id, values };
    if (appendIfRoom(core, { kind: "observation.recorded", step: next.step.id, data })) continue;
    core.observed = "no-room";
    break;
  }
  return true;
}

/** Null where a value that is too large for an entry is on its way to the blobs; `observed` brings the loop back. */
function storedValues(core: DriverCore, read: () => Values): Values | null {
  if (core.observed === "storing") return null;
  const ready = core.observed === "no-room" ? null : core.observed;
  const values = ready ?? read();
  const isStored = ready !== null || Object.values<StoredValue>(values).every(isSmall);
  core.observed = isStored ? null : "storing";
  if (isStored) return values;
  store(core, values).then(
    (stored) => core.mailbox.post({ kind: "observed", values: stored }),
    (error: unknown) => core.mailbox.post({ kind: "store-failed", error }),
  );
  return null;
}

/** Walked rather than written: the text of a large one is made once, where it is stored. */
function isSmall(stored: StoredValue): boolean {
  return "blob" in stored || takeValue(createMeter(INLINE_BYTES / 4), stored.value);
}

/** Nobody reads them while the run is driven: they are not kept in memory. */
async function store({ journal }: DriverCore, values: Values): Promise<Values> {
  const place = { journal, blobs: createBlobCache() };
  const stored: Values = {};
  for (const [name, value] of Object.entries(values)) {
    stored[name] = "blob" in value ? value : await keep(place, value.value);
  }
  return stored;
}

/** A list of large outputs may be more than any text, or blob, holds; nothing of the run hangs on it. */
async function keep(place: ValuePlace, value: JsonValue): Promise<StoredValue> {
  try {
    return await storeValue(place, value);
  } catch (thrown) {
    if (thrown instanceof RangeError || isJournalFull(thrown)) return TOO_LARGE;
    throw thrown;
  }
}

const TOO_LARGE: StoredValue = { value: "(too large to be recorded)" };

function valuesOf(ledger: Ledger, step: StepState, { record }: ObservationPoint): Values {
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

/** By reference where the output itself is kept so. A list may be too large for any value of its own (SAFETY R13). */
function outputValue(ledger: Ledger, step: StepState): StoredValue {
  if (step.fanOut === null && step.call.output !== null) return step.call.output;
  const value = outputOf(ledger, step);
  return fitsLimit(value) ? { value } : TOO_LARGE;
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
  miss(core, "durationMs", { limit: durationMs, actual: timeSpent(core) });
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
