/** What must hold of a finished journal, whatever happened on the way; returns what does not. Rules: SAFETY.md. */
import type { Budget } from "../../src/goal/run-request.ts";
import type { EntryOf, JournalEntry } from "../../src/journal/entries.ts";
import type { ReadBlob } from "../../src/journal/store.ts";
import { hashJsonShort } from "../../src/shared/hash.ts";
import { canonicalJson, type JsonValue } from "../../src/shared/json.ts";
import { type Books, createBooks } from "./books.ts";
import { conditionHolds, inputOf, isSettledForAll, listOf, NOTHING, outcomeOf } from "./naive-evaluation.ts";
import type { Referee } from "./referee.ts";

export function checkJournal(entries: readonly JournalEntry[], referee: Referee, readBlob: ReadBlob): void {
  checkOrder(entries, referee);
  checkKept(entries, referee);
  checkBudget(entries, referee);
  checkDataflow(entries, referee, readBlob);
  checkCallsAreJournalled(entries, referee);
}

/** R7, R10. */
function checkOrder(entries: readonly JournalEntry[], { complain }: Referee): void {
  let epoch = 0;
  for (const [place, entry] of entries.entries()) {
    if (entry.seq !== place) complain(`R7: entry ${place} has number ${entry.seq}`);
    if (entry.epoch < epoch) complain(`R7: entry ${place} is of the older epoch ${entry.epoch}`);
    epoch = entry.epoch;
  }
  const end = entries.findIndex(({ kind }) => kind === "run.ended");
  if (end !== -1 && end !== entries.length - 1) complain(`R10: ${entries[end + 1]?.kind} follows the end`);
}

/** R1, R2: what was durable or told is still there, unchanged. */
function checkKept(entries: readonly JournalEntry[], { complain, durable, told }: Referee): void {
  for (const entry of durable()) {
    if (entries[entry.seq]?.hash !== entry.hash) complain(`R2: entry ${entry.seq} (${entry.kind}) was lost`);
  }
  for (const { seq, kind, data } of told) {
    const entry = entries[seq];
    if (entry?.kind !== kind || canonicalJson(entry.data as JsonValue) !== canonicalJson(data)) {
      complain(`R1: event ${seq} (${kind}) was told, but is not in the journal`);
    }
  }
}

/** R9: steps and replans within their limits; after the answer that used up tokens or money nothing is asked. */
function checkBudget(entries: readonly JournalEntry[], { complain }: Referee): void {
  const budget = (entries[0] as EntryOf<"run.accepted">).data.budget;
  const started = entries.filter((entry) => entry.kind === "step.started" && entry.data.items === undefined);
  const steps = new Set(started.map(({ step, index }) => `${step} ${index ?? ""}`)).size;
  if (steps > budget.maxSteps) complain(`R9: ${steps} steps of ${budget.maxSteps}`);
  const decisions = entries.filter((entry) => entry.kind === "decision.requested" && entry.data.attempt === 1).length;
  if (decisions - 1 > budget.maxReplans) complain(`R9: ${decisions} decisions with ${budget.maxReplans} replans`);
  let [tokens, costUsd] = [0, 0];
  for (const entry of entries) {
    if (entry.kind === "decision.requested" && isUsedUp(budget, tokens, costUsd))
      complain(`R9: decision ${entry.data.n} was asked for after ${tokens} tokens and ${costUsd} USD`);
    if (entry.kind !== "decision.received") continue;
    tokens += entry.data.usage.inputTokens + entry.data.usage.outputTokens;
    costUsd += entry.data.costUsd ?? 0;
  }
}

function isUsedUp(budget: Budget, tokens: number, costUsd: number): boolean {
  return (tokens > 0 && tokens >= budget.maxTokens) || (costUsd > 0 && costUsd >= budget.maxCostUsd);
}

function checkCallsAreJournalled(entries: readonly JournalEntry[], { calls, complain }: Referee): void {
  for (const { context, idempotency } of calls) {
    const isThere = entries.some(
      (entry) =>
        entry.kind === "step.started" &&
        entry.step === context.step &&
        (entry.index ?? null) === context.index &&
        entry.attempt === context.attempt,
    );
    if (!isThere && idempotency !== "pure") complain(`R1: the call of ${context.step} is not in the journal`);
  }
}

/** Every start: its dependencies had settled, its condition held, its input is what the outputs give. */
function checkDataflow(entries: readonly JournalEntry[], referee: Referee, readBlob: ReadBlob): void {
  const books = createBooks(readBlob);
  for (const entry of entries) {
    if (entry.kind === "step.started") checkStart(books, entry, referee);
    if (entry.kind === "step.failed") checkFailure(books, entry, referee);
    if (entry.kind === "run.ended" && entry.data.status === "completed") checkAllSettled(books, referee);
    books.enter(entry);
  }
}

/** What has no input, or whose condition does not hold, cannot fail either. */
function checkFailure({ facts }: Books, entry: EntryOf<"step.failed">, { complain }: Referee): void {
  const outcome = entry.index === undefined ? outcomeOf(facts, entry.step ?? "") : null;
  if (outcome !== null) complain(`${entry.step} (entry ${entry.seq}) fails, though it is ${outcome}`);
}

/** A run is not completed before every step of its plan has settled. */
function checkAllSettled({ facts }: Books, { complain }: Referee): void {
  for (const id of facts.current) {
    if (outcomeOf(facts, id) === null) complain(`the run is completed, though ${id} has not settled`);
  }
}

function checkStart(books: Books, entry: EntryOf<"step.started">, { complain, calls }: Referee): void {
  const { facts } = books;
  const step = facts.steps.get(entry.step ?? "");
  if (step === undefined) return complain(`a start of ${entry.step}, which no plan has`);
  const name = `${step.id}[${entry.index ?? ""}] (entry ${entry.seq})`;
  if (!facts.current.has(step.id) && !books.isRetry(entry)) complain(`${name} starts, though the plan dropped it`);
  const isOwn = entry.index === undefined;
  if (isOwn && !isSettledForAll(facts, step)) complain(`${name} starts before its dependencies have settled`);
  if (isOwn && !conditionHolds(facts, step)) complain(`${name} starts, though its condition does not hold`);
  const called = books.calledStep(entry, step);
  const expected =
    entry.data.items === undefined ? inputOf(facts, called, books.elementOf(entry)) : listOf(facts, step);
  if (expected === NOTHING) return complain(`${name} starts without input`);
  if (hashJsonShort(expected) !== entry.data.inputHash)
    complain(`${name} starts with another input than the outputs give`);
  const call = calls.findLast(
    ({ context, epoch }) =>
      epoch === entry.epoch &&
      context.step === step.id &&
      context.index === (entry.index ?? null) &&
      context.attempt === entry.attempt,
  );
  if (call !== undefined && canonicalJson(call.input) !== canonicalJson(expected))
    complain(`${name} got another input`);
}
