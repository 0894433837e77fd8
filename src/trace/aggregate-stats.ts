/**
 * Statistics of many runs from their summaries. Pure. Owns: the groups, and that every table is bounded.
 * Must not: know where summaries come from.
 */
import { addDuration, type Durations, mergeDurations, noDurations, quantileMs } from "./durations.ts";
import type { Asked, BreakdownRow, CallTally, RunSummary, Stats } from "./metric.ts";
import { collectMetrics } from "./metric-families.ts";
import { OTHERS } from "./run-tally.ts";

export interface StatsFilter {
  since: string | null;
  workflow: string | null;
  status: RunSummary["status"];
}

export const NO_FILTER: StatsFilter = { since: null, workflow: null, status: null };

const NOTHING_ASKED: Asked = {
  ...{ model: "", prompt: "", modelCalls: 0 },
  ...{ inputTokens: 0, outputTokens: 0, costUsd: 0, unpriced: 0 },
};

/** Rows of a table; what is beyond them is one row more. */
const MAX_ROWS = 200;

/** Whether the run counts under this filter. A filter by status leaves out runs that have not ended. */
export function isWanted(summary: RunSummary, { since, workflow, status }: StatsFilter): boolean {
  if (since !== null && summary.createdAt < since) return false;
  if (workflow !== null && nameOf(summary.workflow) !== workflow) return false;
  return status === null || summary.status === status;
}

function nameOf(workflow: string): string {
  return workflow.slice(0, Math.max(0, workflow.lastIndexOf("@")));
}

interface Group<Place> {
  place: Place;
  count: number;
  failures: number;
  retries: number;
  durations: Durations;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  unpriced: number;
}

type Addend = Omit<Group<unknown>, "place">;

/** Groups by a key; `place` is what a row says of it. */
function createTable<Place extends { name: string }>() {
  const groups = new Map<string, Group<Place>>();
  const add = (key: string, place: Place, more: Addend): void => {
    const known = groups.get(key);
    if (known !== undefined) return join(known, more);
    const made = { ...more, place, durations: noDurations() };
    mergeDurations(made.durations, more.durations);
    groups.set(key, made);
  };
  const rows = (others: Place): (Place & BreakdownRow)[] => {
    const sorted = [...groups.values()].sort(
      (left, right) => right.count - left.count || (left.place.name < right.place.name ? -1 : 1),
    );
    const rest = sorted.splice(MAX_ROWS);
    const [first, ...more] = rest;
    if (first !== undefined) {
      for (const one of more) join(first, one);
      sorted.push({ ...first, place: others });
    }
    return sorted.map(rowOf);
  };
  return { add, rows };
}

function join(into: Addend, from: Addend): void {
  into.count += from.count;
  into.failures += from.failures;
  into.retries += from.retries;
  mergeDurations(into.durations, from.durations);
  into.inputTokens += from.inputTokens;
  into.outputTokens += from.outputTokens;
  into.costUsd += from.costUsd;
  into.unpriced += from.unpriced;
}

function rowOf<Place extends { name: string }>({ place, durations, ...sums }: Group<Place>): Place & BreakdownRow {
  const { count, failures, retries, inputTokens, outputTokens, costUsd, unpriced } = sums;
  const [medianMs, p95Ms] = [quantileMs(durations, 0.5), quantileMs(durations, 0.95)];
  return { ...place, count, failures, retries, medianMs, p95Ms, inputTokens, outputTokens, costUsd, unpriced };
}

/** `summaries` have passed the filter; `unreadable` counts runs whose journals cannot be read. */
export function aggregateStats(
  summaries: readonly RunSummary[],
  { filter, unreadable }: { filter: StatsFilter; unreadable: number },
): Stats {
  const tables = {
    steps: createTable<{ workflow: string; tool: string; name: string }>(),
    tools: createTable(),
    workflows: createTable(),
    prompts: createTable(),
    models: createTable(),
  };
  for (const summary of summaries) addRun(tables, summary);
  const ended = summaries.filter(({ status }) => status !== null).length;
  const others = { name: OTHERS };
  return {
    v: 1,
    filter,
    runs: { ended, open: summaries.length - ended, unreadable },
    metrics: collectMetrics(summaries),
    steps: tables.steps.rows({ workflow: "", tool: "", ...others }),
    tools: tables.tools.rows(others),
    workflows: tables.workflows.rows(others),
    prompts: tables.prompts.rows(others),
    models: tables.models.rows(others),
  };
}

type Tables = Record<"tools" | "workflows" | "prompts" | "models", ReturnType<typeof createTable<{ name: string }>>> & {
  steps: ReturnType<typeof createTable<{ workflow: string; tool: string; name: string }>>;
};

function addRun(tables: Tables, summary: RunSummary): void {
  const { workflow } = summary;
  for (const call of summary.calls) {
    const { step, tool, asked = NOTHING_ASKED } = call;
    const addend = { ...asked, ...call, failures: failuresOf(call) };
    tables.steps.add(`${workflow}\u0000${step}\u0000${tool}`, { workflow, tool, name: step }, addend);
    tables.tools.add(tool, { name: tool }, addend);
    // How long a tool took is not how long its models did.
    addAsked(tables, asked, { ...addend, durations: noDurations() });
  }
  for (const answer of summary.answers) addAsked(tables, answer, answer);
  tables.workflows.add(workflow, { name: workflow }, asAddend(summary));
}

/** Whom was asked with which prompt, where anybody was. */
function addAsked({ prompts, models }: Tables, { model, prompt, modelCalls }: Asked, addend: Addend): void {
  if (prompt !== "") prompts.add(prompt, { name: prompt }, addend);
  if (model !== "") models.add(model, { name: model }, { ...addend, count: modelCalls });
}

function failuresOf({ status, count }: CallTally): number {
  return status === "completed" ? 0 : count;
}

/** A run as its workflow's row counts it. */
function asAddend({ status, durationMs, replans, calls, answers }: RunSummary): Addend {
  const durations = noDurations();
  if (durationMs !== null) addDuration(durations, durationMs);
  const spent = { inputTokens: 0, outputTokens: 0, costUsd: 0, unpriced: 0 };
  for (const one of [...calls.flatMap(({ asked }) => asked ?? []), ...answers]) {
    spent.inputTokens += one.inputTokens;
    spent.outputTokens += one.outputTokens;
    spent.costUsd += one.costUsd;
    spent.unpriced += one.unpriced;
  }
  const failures = status === "failed" || status === "exhausted" ? 1 : 0;
  return { count: 1, failures, retries: replans, durations, ...spent };
}
