/**
 * Counts what one run's journal tells: the numbers behind metrics and statistics. Pure; entries are added in their
 * order, live or when read. Owns: what counts as what. Must not: keep entries, or need to know every kind of them.
 */
import type { EntryData, EntryOf, JournalEntry } from "../journal/entries.ts";
import { isJsonObject } from "../shared/json.ts";
import { addDuration, noDurations } from "./durations.ts";
import type { AnswerTally, CallTally, RunSummary } from "./metric.ts";

export interface RunTally {
  add(entry: JournalEntry): void;
  /** What was added until now. */
  summary(): RunSummary;
}

/** Steps of a run that are counted by name; the others count together. */
const NAMED_STEPS = 100;
export const OTHERS = "…";
/** Stands for a model that an entry does not name. */
const UNKNOWN_MODEL = "unknown";

type Outcome = EntryOf<"step.completed" | "step.failed" | "step.unknown">;
type Answer = EntryOf<"decision.received">;

interface Tally {
  accepted: EntryOf<"run.accepted"> | null;
  ended: EntryOf<"run.ended"> | null;
  /** The tool of a step, by id. */
  toolOf: (step: string) => string;
  decisions: number;
  /** Start of each open call, and which steps are fan-outs. */
  startedMs: Map<string, number>;
  fanOuts: Set<string>;
  steps: Set<string>;
  calls: Map<string, CallTally>;
  answers: Map<string, AnswerTally>;
  /** The group of the answer that has no verdict yet. */
  judged: AnswerTally | null;
  standIns: Set<number>;
  counts: Record<"decisions" | "recoveries" | "success" | "targets" | "limits", Record<string, number>>;
  observations: number;
}

/** `toolOf` is asked when a step's outcome is added: the ledger of then knows it. */
export function createRunTally(toolOf: Tally["toolOf"]): RunTally {
  const tally: Tally = {
    accepted: null,
    ended: null,
    toolOf,
    decisions: 0,
    startedMs: new Map(),
    fanOuts: new Set(),
    steps: new Set(),
    calls: new Map(),
    answers: new Map(),
    judged: null,
    standIns: new Set(),
    counts: { decisions: {}, recoveries: {}, success: {}, targets: {}, limits: {} },
    observations: 0,
  };
  return { add: (entry) => addEntry(tally, entry), summary: () => summaryOf(tally) };
}

function addEntry(tally: Tally, entry: JournalEntry): void {
  switch (entry.kind) {
    case "run.accepted":
      tally.accepted = entry;
      return;
    case "run.ended":
      return endRun(tally, entry);
    case "decision.requested":
    case "decision.received":
    case "decision.rejected":
    case "decision.accepted":
      return addDecision(tally, entry);
    case "step.started":
      return startCall(tally, entry);
    case "step.completed":
    case "step.failed":
    case "step.unknown":
      return endCall(tally, entry);
    case "budget.settled":
      tally.counts.limits[entry.data.limit] = 1;
      return;
    default:
      return addRule(tally, entry);
  }
}

/** What rules of a run came to. Journals of this version may have none of these kinds; unknown ones count nothing. */
function addRule(tally: Tally, { kind, data }: { kind: string; data: unknown }): void {
  if (!isJsonObject(data)) return;
  const { counts } = tally;
  if (kind === "recovery.applied") increment(counts.recoveries, data.verb);
  if (kind === "success.checked") increment(counts.success, data.met);
  if (kind === "target.missed") increment(counts.targets, data.target);
  if (kind === "observation.recorded") tally.observations += 1;
}

function increment(counts: Record<string, number>, name: unknown): void {
  const key = String(name);
  counts[key] = (counts[key] ?? 0) + 1;
}

function endRun(tally: Tally, entry: EntryOf<"run.ended">): void {
  tally.ended = entry;
  const { status, error } = entry.data;
  // The limits that the machine finds itself (steps, replans) have no entry of their own.
  if (status === "exhausted" && error !== null) tally.counts.limits[error.code] = 1;
}

type DecisionEntry = EntryOf<"decision.requested" | "decision.received" | "decision.rejected" | "decision.accepted">;

function addDecision(tally: Tally, entry: DecisionEntry): void {
  const { n } = entry.data;
  switch (entry.kind) {
    case "decision.requested":
      tally.decisions = Math.max(tally.decisions, n);
      if (entry.data.planner !== undefined) tally.standIns.add(n);
      return;
    case "decision.received":
      tally.judged = addAnswer(tally, entry);
      if (entry.data.error !== null) countFailure(tally);
      return;
    case "decision.rejected":
      countFailure(tally);
      if (entry.data.error !== null) increment(tally.counts.decisions, "rejected");
      return;
    case "decision.accepted":
      tally.judged = null;
      increment(tally.counts.decisions, tally.standIns.has(n) ? "fallback" : "accepted");
  }
}

/** An answer is counted as no good once, whether its planner threw, the checker refused it, or both. */
function countFailure(tally: Tally): void {
  if (tally.judged !== null) tally.judged.failures += 1;
  tally.judged = null;
}

function addAnswer({ answers }: Tally, { data }: Answer): AnswerTally {
  const { prompt, model, durationMs, attempt } = data;
  const mark = prompt === null ? "" : `${prompt.name}@${prompt.version}`;
  const key = JSON.stringify([model, mark]);
  const group = answers.get(key) ?? {
    model: model ?? "",
    prompt: mark,
    count: 0,
    failures: 0,
    retries: 0,
    durations: noDurations(),
    ...nothingSpent(),
  };
  answers.set(key, group);
  group.count += 1;
  if (attempt > 1) group.retries += 1;
  addDuration(group.durations, durationMs);
  addSpent(group, data);
  return group;
}

function startCall(tally: Tally, { step = "", index, at, data }: EntryOf<"step.started">): void {
  if (data.items !== undefined) tally.fanOuts.add(step);
  tally.startedMs.set(callKey(step, index), Date.parse(at));
}

function endCall(tally: Tally, entry: Outcome): void {
  const { step = "", index, attempt = 1 } = entry;
  const key = callKey(step, index);
  const startedMs = tally.startedMs.get(key);
  tally.startedMs.delete(key);
  if (index === undefined && tally.fanOuts.has(step)) return;
  const group = callGroup(tally, step, entry);
  const endedMs = Date.parse(entry.at);
  group.count += 1;
  if (attempt > 1) group.retries += 1;
  // What was refused before its tool was called took no time.
  addDuration(group.durations, endedMs - (startedMs ?? endedMs));
  addSpent(group, entry.data);
}

function callGroup({ steps, calls, toolOf }: Tally, step: string, { kind, data }: Outcome): CallTally {
  if (steps.size < NAMED_STEPS) steps.add(step);
  const named = steps.has(step) ? step : OTHERS;
  const status = kind === "step.completed" ? "completed" : kind === "step.failed" ? "failed" : "unknown";
  const { model, prompt } = askedIn(data);
  const tool = toolOf(step);
  const key = JSON.stringify([named, tool, status, model, prompt]);
  const group = calls.get(key) ?? {
    step: named,
    tool,
    status,
    count: 0,
    retries: 0,
    durations: noDurations(),
    model,
    prompt,
    ...nothingSpent(),
  };
  calls.set(key, group);
  return group;
}

/** Whom a tool asked, and how: its entry names models and prompts where the call succeeded. */
function askedIn(data: Partial<EntryData<"step.completed">>): { model: string; prompt: string } {
  if (data.usage === undefined) return { model: "", prompt: "" };
  const { models = [], prompts = [] } = data;
  return {
    model: models.length === 0 ? UNKNOWN_MODEL : [...models].sort().join("+"),
    prompt: prompts
      .map(({ name, version }) => `${name}@${version}`)
      .sort()
      .join("+"),
  };
}

type Spent = Pick<CallTally, "inputTokens" | "outputTokens" | "costUsd" | "unpriced" | "modelCalls">;

function nothingSpent(): Spent {
  return { modelCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, unpriced: 0 };
}

function addSpent(into: Spent, { usage, costUsd }: Pick<EntryData<"step.completed">, "usage" | "costUsd">): void {
  if (usage === undefined) return;
  into.modelCalls += usage.modelCalls;
  into.inputTokens += usage.inputTokens;
  into.outputTokens += usage.outputTokens;
  into.costUsd += costUsd ?? 0;
  if (costUsd === null && usage.modelCalls > 0) into.unpriced += 1;
}

function callKey(step: string, index: number | undefined): string {
  return `${step} ${index ?? ""}`;
}

function summaryOf(tally: Tally): RunSummary {
  const { accepted, ended, calls, answers, counts, observations, decisions } = tally;
  const workflow = accepted?.data.workflow ?? null;
  const createdAt = accepted?.at ?? "";
  return {
    v: 1,
    run: accepted?.run ?? "",
    createdAt,
    status: ended?.data.status ?? null,
    workflow: workflow === null ? "" : `${workflow.name}@${workflow.version}`,
    durationMs: ended === null ? null : Math.max(0, Date.parse(ended.at) - Date.parse(createdAt)),
    replans: Math.max(0, decisions - 1),
    calls: structuredClone([...calls.values()]),
    answers: structuredClone([...answers.values()]),
    ...structuredClone(counts),
    observations,
  };
}
