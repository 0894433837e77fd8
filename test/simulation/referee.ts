/**
 * Watches a run from outside and says what it did wrong. Keeps its own books: calls of tools and planners, what was
 * durable at the time, what the outside was told. Trusts nothing that the kernel computes. Rules: SAFETY.md.
 */
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { RunEvent } from "../../src/run/run-result.ts";
import { canonicalJson, type JsonValue } from "../../src/shared/json.ts";
import type { ToolContext } from "../../src/tool/tool.ts";

export interface SeenCall {
  tool: string;
  idempotency: "pure" | "key" | "none";
  context: ToolContext;
  input: JsonValue;
}

export interface Referee {
  readonly problems: string[];
  readonly calls: readonly SeenCall[];
  readonly told: readonly RunEvent[];
  complain(problem: string): void;
  synced(entries: readonly JournalEntry[]): void;
  toolCalled(call: SeenCall): void;
  plannerCalled(n: number, attempt: number): void;
  /** The outside read this event. */
  published(event: RunEvent): void;
  /** A word of a person was acknowledged: an entry of that kind must be durable. */
  acknowledged(kind: JournalEntry["kind"]): void;
  durable(): readonly JournalEntry[];
}

export function createReferee(): Referee {
  const problems: string[] = [];
  const calls: SeenCall[] = [];
  const told: RunEvent[] = [];
  const durable: JournalEntry[] = [];
  let isCancelled = false;
  const complain = (problem: string): void => {
    problems.push(problem);
  };
  const isDurable = (wanted: (entry: JournalEntry) => boolean): boolean => durable.some(wanted);
  return {
    problems,
    calls,
    told,
    complain,
    durable: () => durable,
    synced(entries) {
      for (const entry of entries) if (entry.seq >= durable.length) durable.push(entry);
    },
    toolCalled(call) {
      const { step, index, attempt } = call.context;
      const name = `${step}[${index}] attempt ${attempt} of ${call.tool}`;
      const isIt = (entry: JournalEntry): boolean => entry.step === step && (entry.index ?? null) === index;
      if (isCancelled) complain(`R11: ${name} was called after the cancel was acknowledged`);
      const hasStarted = isDurable(
        (entry) => entry.kind === "step.started" && isIt(entry) && entry.attempt === attempt,
      );
      if (call.idempotency !== "pure" && !hasStarted) complain(`R1: ${name} was called before its start was durable`);
      if (isDurable((entry) => entry.kind === "step.completed" && isIt(entry))) {
        complain(`R3: ${name} was called although it had completed`);
      }
      const earlier = calls.filter(({ context }) => context.step === step && context.index === index);
      for (const other of earlier) compareCalls(call, other, (problem) => complain(`${name} ${problem}`));
      calls.push(call);
    },
    plannerCalled(n, attempt) {
      const name = `decision ${n}, try ${attempt}`;
      if (isCancelled) complain(`R11: ${name} was asked for after the cancel was acknowledged`);
      const hasAsked = isDurable(
        ({ kind, data }) => kind === "decision.requested" && "n" in data && data.n === n && data.attempt === attempt,
      );
      if (!hasAsked) complain(`R1: ${name} was asked for before the request was durable`);
    },
    published(event) {
      if (!isDurable(({ seq }) => seq === event.seq)) complain(`R1: event ${event.seq} was told before it was durable`);
      told.push(event);
    },
    acknowledged(kind) {
      if (!isDurable((entry) => entry.kind === kind)) complain(`R1: ${kind} was acknowledged before it was durable`);
      if (kind === "cancel.requested") isCancelled = true;
    },
  };
}

/** R4, R5: a call of the same step and index came before. */
function compareCalls(call: SeenCall, other: SeenCall, complain: (problem: string) => void): void {
  if (call.idempotency === "none") complain("was called twice (R4)");
  const isSame = canonicalJson(other.input) === canonicalJson(call.input);
  const hasSameKey = other.context.idempotencyKey === call.context.idempotencyKey;
  if (isSame !== hasSameKey) complain(`has ${hasSameKey ? "an old" : "another"} key (R5)`);
}
