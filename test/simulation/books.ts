/** What the entries of a journal say so far, kept with the naive evaluation alone. */

import type { RecoveryRule } from "../../src/goal/run-rules.ts";
import type { EntryOf, JournalEntry } from "../../src/journal/entries.ts";
import { type ReadBlob, storedValue } from "../../src/journal/store.ts";
import type { Decision, Step } from "../../src/plan/decision.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { type Element, type Facts, listOf, NOTHING, outcomeOf } from "./naive-evaluation.ts";

export interface Books {
  facts: Facts;
  enter(entry: JournalEntry): void;
  /** Whether the call was started before. */
  isRetry(entry: JournalEntry): boolean;
  elementOf(entry: JournalEntry): Element | null;
  /** The step as it is called: with the input that a rule gave its stand-in, where it did. */
  calledStep(entry: JournalEntry, step: Step): Step;
}

interface Ledger {
  facts: Facts;
  lists: Map<string, JsonValue[]>;
  elements: Map<string, JsonValue>;
  attempted: Set<string>;
  fallback: "replan" | "fail";
  /** What rules have said of failures, by step. */
  ruled: Map<string, "replan" | "skip" | "fail">;
  rules: readonly RecoveryRule[];
  /** Inputs of tools that stand in, by call; null where it is the step's own. */
  standIns: Map<string, JsonObject | null>;
  readBlob: ReadBlob;
}

export function createBooks(readBlob: ReadBlob): Books {
  const ledger: Ledger = {
    facts: {
      steps: new Map(),
      current: new Set(),
      ended: new Map(),
      settledBefore: new Map(),
      outputs: new Map(),
      document: {},
      onFailure: (step: Step) => ledger.ruled.get(step.id) ?? step.onFailure ?? ledger.fallback,
    },
    lists: new Map(),
    elements: new Map(),
    attempted: new Set(),
    fallback: "replan",
    ruled: new Map(),
    rules: [],
    standIns: new Map(),
    readBlob,
  };
  const { facts, lists, attempted } = ledger;
  return {
    facts,
    isRetry: (entry) => attempted.has(callName(entry)),
    elementOf(entry) {
      if (entry.index === undefined) return null;
      return { index: entry.index, item: lists.get(entry.step ?? "")?.[entry.index] ?? null };
    },
    calledStep: (entry, step) => ({ ...step, input: ledger.standIns.get(callName(entry)) ?? step.input }),
    enter: (entry) => enter(ledger, entry),
  };
}

function callName({ step, index }: JournalEntry): string {
  return `${step} ${index ?? ""}`;
}

function enter(ledger: Ledger, entry: JournalEntry): void {
  switch (entry.kind) {
    case "run.accepted": {
      ledger.rules = entry.data.rules?.recovery ?? [];
      const [stored] = entry.data.documents;
      if (stored !== undefined) ledger.facts.document = storedValue(stored.document, ledger.readBlob) as JsonObject;
      return;
    }
    case "decision.step": {
      const step = storedValue(entry.data.step, ledger.readBlob) as unknown as Step;
      ledger.facts.steps.set(step.id, step);
      ledger.facts.current.add(step.id);
      return;
    }
    case "decision.accepted":
      ledger.fallback = entry.data.onFailure;
      return accept(ledger, storedValue(entry.data.decision, ledger.readBlob) as Decision);
    case "step.started":
      return start(ledger, entry);
    case "step.completed":
      return complete(ledger, entry);
    case "step.failed":
      return entry.data.retryAt === null ? fail(ledger.facts, entry) : undefined;
    case "approval.denied":
    case "approval.expired":
      return fail(ledger.facts, entry);
    case "recovery.applied":
      return recover(ledger, entry);
    default:
  }
}

function accept({ facts, standIns }: Ledger, decision: Decision): void {
  if (decision.kind !== "plan" && decision.kind !== "finish") return;
  const steps = decision.kind === "plan" ? decision.steps : [];
  for (const [id, outcome] of [...facts.current].map((id) => [id, outcomeOf(facts, id)] as const)) {
    if (outcome === "unmet" || outcome === "skipped") facts.settledBefore.set(id, outcome);
  }
  facts.current = new Set(steps.map(({ id }) => id));
  for (const step of steps) {
    facts.steps.set(step.id, step);
    facts.settledBefore.delete(step.id);
    if (facts.ended.get(step.id) !== "failed") continue;
    facts.ended.delete(step.id);
    for (const name of standIns.keys()) if (name.startsWith(`${step.id} `)) standIns.delete(name);
  }
}

function start({ facts, lists, attempted }: Ledger, entry: EntryOf<"step.started">): void {
  attempted.add(callName(entry));
  if (entry.data.items === undefined) return;
  const step = facts.steps.get(entry.step ?? "");
  const list = step === undefined ? NOTHING : listOf(facts, step);
  lists.set(entry.step ?? "", Array.isArray(list) ? list : []);
}

function complete({ facts, lists, elements, readBlob }: Ledger, entry: EntryOf<"step.completed">): void {
  const id = entry.step ?? "";
  const output = entry.data.output === undefined ? null : storedValue(entry.data.output, readBlob);
  if (entry.index !== undefined) {
    elements.set(callName(entry), output);
    return;
  }
  const list = lists.get(id);
  const whole = list === undefined ? output : list.map((_, index) => elements.get(`${id} ${index}`) ?? null);
  facts.ended.set(id, "completed");
  facts.outputs.set(id, whole);
}

/** A rule takes a failure back, gives an output instead, or says what it comes to. */
function recover(ledger: Ledger, entry: EntryOf<"recovery.applied">): void {
  const { facts, elements, ruled, readBlob } = ledger;
  const { verb, output, tool, rule } = entry.data;
  if (tool !== undefined) ledger.standIns.set(callName(entry), ledger.rules[rule]?.input ?? null);
  const id = entry.step ?? "";
  if (verb === "replan" || verb === "skip" || verb === "fail") ruled.set(id, verb);
  const isTakenBack = verb === "retry" || verb === "escalate" || verb === "fallback";
  if (isTakenBack && entry.index === undefined) facts.ended.delete(id);
  if (output === undefined) return;
  const value = storedValue(output, readBlob);
  if (entry.index !== undefined) elements.set(callName(entry), value);
  else {
    facts.ended.set(id, "completed");
    facts.outputs.set(id, value);
  }
}

/** A failure ends its step; that of a fan-out's element does not. */
function fail(facts: Facts, { step, index }: JournalEntry): void {
  if (index === undefined && step !== undefined) facts.ended.set(step, "failed");
}
