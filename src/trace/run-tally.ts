/**
 * Counts what one run's journal tells: the numbers behind metrics and statistics. Pure; entries are added in their
 * order, live or when read. Owns: what counts as what. Must not: keep entries, or need to know every kind of them.
 */
import type { EntryData, EntryOf, JournalEntry } from "../journal/entries.ts";
import { addDuration, noDurations } from "./durations.ts";
import type { AnswerTally, Asked, CallTally, RunSummary } from "./metric.ts";
import { callKey, createToolNames, type ToolNames } from "./name-tools.ts";

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
  tools: ToolNames;
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
export function createRunTally(toolOf: (step: string) => string): RunTally {
  const tally: Tally = {
    accepted: null,
    ended: null,
    tools: createToolNames(toolOf),
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

/** What rules of a run came to; kinds that say nothing of it count nothing. */
function addRule(tally: Tally, entry: JournalEntry): void {
  const { counts, tools } = tally;
  switch (entry.kind) {
    case "recovery.applied":
      tools.see(entry);
      return increment(counts.recoveries, entry.data.verb);
    case "success.checked":
      return addCheck(tally, entry);
    case "target.missed":
      return increment(counts.targets, entry.data.target);
    case "observation.recorded":
      tally.observations += 1;
  }
}

/** Counted by criterion, once its verdict is there; while a model has still to judge there is none. */
function addCheck({ counts, answers }: Tally, { data }: EntryOf<"success.checked">): void {
  if (data.met === null) return;
  for (const { met } of data.results) if (met !== null) increment(counts.success, met);
  if (data.usage === undefined || data.usage.modelCalls === 0) return;
  const group = answerGroup(answers, askedIn(data));
  group.count += 1;
  addSpent(group, data);
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
  const group = answerGroup(answers, { model: model ?? "", prompt: mark });
  group.count += 1;
  if (attempt > 1) group.retries += 1;
  addDuration(group.durations, durationMs);
  addSpent(group, data);
  return group;
}

function answerGroup(answers: Tally["answers"], { model, prompt }: Pick<AnswerTally, "model" | "prompt">): AnswerTally {
  const key = JSON.stringify([model, prompt]);
  const nothing = { count: 0, failures: 0, retries: 0, durations: noDurations(), ...nothingSpent() };
  const group = answers.get(key) ?? { model, prompt, ...nothing };
  answers.set(key, group);
  return group;
}

function startCall(tally: Tally, entry: EntryOf<"step.started">): void {
  if (entry.data.items !== undefined) tally.fanOuts.add(entry.step ?? "");
  tally.startedMs.set(callKey(entry), Date.parse(entry.at));
}

function endCall(tally: Tally, entry: Outcome): void {
  const { step = "", index, attempt = 1 } = entry;
  const key = callKey(entry);
  const startedMs = tally.startedMs.get(key);
  tally.startedMs.delete(key);
  if (index === undefined && tally.fanOuts.has(step)) return;
  const group = callGroup(tally, step, entry);
  const endedMs = Date.parse(entry.at);
  group.count += 1;
  if (attempt > 1) group.retries += 1;
  // What was refused before its tool was called took no time.
  addDuration(group.durations, endedMs - (startedMs ?? endedMs));
  if (group.asked !== undefined) addSpent(group.asked, entry.data);
}

function callGroup({ steps, calls, tools }: Tally, step: string, entry: Outcome): CallTally {
  const { kind, data } = entry;
  if (steps.size < NAMED_STEPS) steps.add(step);
  const named = steps.has(step) ? step : OTHERS;
  const status = kind === "step.completed" ? "completed" : kind === "step.failed" ? "failed" : "unknown";
  const { model, prompt } = askedIn(data);
  const tool = tools.of(entry);
  const key = JSON.stringify([named, tool, status, model, prompt]);
  const group = calls.get(key) ?? {
    step: named,
    tool,
    status,
    count: 0,
    retries: 0,
    durations: noDurations(),
    ...(model === "" ? {} : { asked: { model, prompt, ...nothingSpent() } }),
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

type Spent = Omit<Asked, "model" | "prompt">;

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
