/**
 * What the tools of a run came to, as stubs of a case: the same again for whoever plans the same. Owns: how calls are told
 * apart. Must not: choose which decisions a case is about.
 */
import type { EntryOf, JournalEntry } from "../../journal/entries.ts";
import { inheritedEntries } from "../../journal/fork-prefix.ts";
import { type ReadBlob, storedValue } from "../../journal/store.ts";
import { callOf, prepareCall } from "../../run/apply-call.ts";
import { type Ledger, toolOf } from "../../run/ledger.ts";
import { createRunState } from "../../run/run-state.ts";
import { canonicalJson, isJsonObject, type JsonObject } from "../../shared/json.ts";
import type { Stub, StubCondition, StubOutcome } from "../case.ts";

/** Longer inputs, as canonical JSON, would make the case long: their calls are known by their step. */
const LONGEST_INPUT = 2_000;

/** One call, or one element of a forEach, with all its attempts. */
export interface LoggedCall {
  step: string;
  index: number | null;
  tool: string;
  /** Null where it can't be said, or was too long. */
  input: JsonObject | null;
  outcomes: StubOutcome[];
}

/** By tool; calls that nothing came of are left out. */
export function stubsOf(calls: readonly LoggedCall[]): Record<string, Stub> {
  const byTool = Map.groupBy(
    calls.filter(({ outcomes }) => outcomes.length > 0),
    ({ tool }) => tool,
  );
  return Object.fromEntries([...byTool].map(([tool, own]) => [tool, stubOf(own)]));
}

/** As little as tells the calls apart: nothing where all came to the same, else inputs, else steps. */
function stubOf(calls: readonly LoggedCall[]): Stub {
  const [first] = calls;
  const isSame = (one: LoggedCall, other: LoggedCall | undefined): boolean =>
    canonicalJson(one.outcomes) === canonicalJson(other?.outcomes ?? []);
  const isOneAnswer = first?.outcomes.length === 1 && calls.every((one) => isSame(one, first));
  if (first !== undefined && (calls.length === 1 || isOneAnswer)) return withoutCondition(first.outcomes);
  const told = new Map<string, { when: StubCondition; outcomes: StubOutcome[] }>();
  for (const call of calls) {
    const twins = calls.filter((other) => other.input !== null && inputText(other) === inputText(call));
    const byInput = call.input !== null && call.outcomes.length === 1 && twins.every((twin) => isSame(twin, call));
    const when = byInput && call.input !== null ? { input: call.input } : placeOf(call);
    const key = canonicalJson(when);
    const before = byInput ? [] : (told.get(key)?.outcomes ?? []);
    told.set(key, { when, outcomes: [...before, ...call.outcomes] });
  }
  return { calls: [...told.values()] };
}

function withoutCondition(outcomes: readonly StubOutcome[]): Stub {
  const outputs = outcomes.flatMap((outcome) => ("output" in outcome ? [outcome.output] : []));
  return outputs.length === outcomes.length ? outputs : { calls: [{ outcomes: [...outcomes] }] };
}

function placeOf({ step, index }: LoggedCall): StubCondition {
  return index === null ? { step } : { step, index };
}

function inputText({ input }: LoggedCall): string {
  return canonicalJson(input);
}

/**
 * The calls of a run in the order they started, those that a fork inherits included; with `before`, only what came before
 * that decision was asked for.
 */
export function loggedCalls(
  entries: readonly JournalEntry[],
  read: ReadBlob,
  { before = null }: { before?: number | null } = {},
): LoggedCall[] {
  const [first, ...own] = entries;
  if (first?.kind !== "run.accepted") return [];
  const { fork, ...data } = first.data;
  const state = createRunState({ ...first, data: { ...data, goal: fork?.goal ?? data.goal } }, read);
  const calls: LoggedCall[] = [];
  const latest = new Map<string, LoggedCall>();
  let isOver = false;
  let place = first.seq;
  const follow = (entry: JournalEntry): void => {
    isOver ||= entry.kind === "decision.requested" && entry.data.n === before;
    if (isOver) return;
    // Of a plan that was still being written: a failure counts once the plan is accepted, and it is tried again then.
    const isEarly = state.ledger.steps.get(entry.step ?? "")?.isEarly === true;
    place += 1;
    state.apply({ ...entry, seq: place }); // Inherited entries have the numbers of their source.
    if (entry.kind === "step.started" && entry.data.items === undefined) {
      const call = openCall(state.ledger, entry, latest.get(placeOfEntry(entry)));
      if (!calls.includes(call)) calls.push(call);
      latest.set(placeOfEntry(entry), call);
    }
    const outcome = isEarly && entry.kind === "step.failed" ? null : outcomeOf(entry, read);
    if (outcome !== null) latest.get(placeOfEntry(entry))?.outcomes.push(outcome);
  };
  for (const entry of inheritedEntries(first, read)) follow(entry);
  state.ledger.accepted = first.data;
  for (const entry of own) follow(entry);
  return calls;
}

/** The call that was known before where this is a further attempt of it. */
function openCall(ledger: Ledger, entry: EntryOf<"step.started">, before: LoggedCall | undefined): LoggedCall {
  const call = callOf(ledger, entry);
  const prepared = prepareCall(ledger, call);
  const value = prepared.kind === "value" && isJsonObject(prepared.value) ? prepared.value : null;
  const input = value !== null && canonicalJson(value).length <= LONGEST_INPUT ? value : null;
  const opened: LoggedCall = { step: call.step.id, index: call.index, tool: toolOf(call), input, outcomes: [] };
  return before !== undefined && isSameCall(before, opened) ? before : opened;
}

function isSameCall(one: LoggedCall, other: LoggedCall): boolean {
  return one.tool === other.tool && inputText(one) === inputText(other);
}

function placeOfEntry({ step, index }: JournalEntry): string {
  return JSON.stringify([step ?? null, index ?? null]);
}

/** Null where the entry ends no attempt. */
function outcomeOf(entry: JournalEntry, read: ReadBlob): StubOutcome | null {
  if (entry.kind === "step.completed" && entry.data.output !== undefined) {
    return { output: storedValue(entry.data.output, read) };
  }
  if (entry.kind !== "step.failed" || entry.attempt === undefined) return null;
  const { code, message, hint } = entry.data.error;
  return { error: { code, message, ...(hint === "" ? {} : { hint }) } };
}
