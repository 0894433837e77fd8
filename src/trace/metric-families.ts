/**
 * The metrics of CONTRACTS.md from the summaries of runs. Pure. Owns: their names, labels, help texts and bounds.
 * Counters grow as long as runs are kept; removing runs makes them fall, which scrapers take for a restart.
 */
import { countOf, cumulated, type Durations, mergeDurations, noDurations } from "./durations.ts";
import { foldSummaries } from "./fold-summaries.ts";
import type { Asked, CallTally, Metric, RunSummary, Sample } from "./metric.ts";

/** Upper bounds of the histogram of step durations, in milliseconds. */
const BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000];

type Labels = Record<string, string>;

/** Sums by key; labels are made once for each, since there are many thousands of runs. */
function createCounter() {
  const samples = new Map<string, { labels: Labels; value: number }>();
  return {
    add(key: string, makeLabels: () => Labels, value: number) {
      const known = samples.get(key);
      if (known === undefined) samples.set(key, { labels: makeLabels(), value });
      else known.value += value;
    },
    samples: (): Sample[] => sorted([...samples.values()]),
  };
}

/** In an order that does not depend on the order of runs. */
function sorted(samples: Sample[]): Sample[] {
  const text = ({ labels }: Sample): string => JSON.stringify(labels);
  return samples.sort((left, right) => (text(left) < text(right) ? -1 : 1));
}

type Counter = ReturnType<typeof createCounter>;

const COUNTERS = {
  planwright_runs_total: "Runs that ended, by how they ended.",
  planwright_tokens_total: "Tokens of models, by model and kind (input, output).",
  planwright_cost_usd_total: "USD spent on models whose price is known.",
  planwright_decisions_total: "Decisions, by verdict.",
  planwright_recoveries_total: "Recoveries from failures, by what was done.",
  planwright_success_checks_total: "Checks of success criteria, by whether they were met.",
  planwright_targets_missed_total: "Targets of workflows that runs missed.",
  planwright_observations_total: "Times that a declared observation point recorded something.",
  planwright_budget_exhausted_total: "Limits of budgets that ended runs.",
} as const;
type CounterName = keyof typeof COUNTERS;

const DURATION = "planwright_step_duration_seconds";
const DURATION_HELP = "How long attempts of tools took, by tool and how they ended.";

export function collectMetrics(summaries: readonly RunSummary[], folded = foldSummaries(summaries)): Metric[] {
  const counters = {} as Record<CounterName, Counter>;
  for (const name of Object.keys(COUNTERS) as CounterName[]) counters[name] = createCounter();
  const tools = new Map<string, Map<CallTally["status"], Durations>>();
  counters.planwright_observations_total.add("", () => ({}), 0);
  for (const summary of summaries) countRun(summary, counters);
  for (const answer of folded.answers) addTokens(counters, answer);
  for (const call of folded.calls) {
    addCall(tools, call);
    if (call.asked !== undefined) addTokens(counters, call.asked);
  }
  const families = Object.entries(counters).map(([name, counter]): Metric => {
    return { name, type: "counter", help: COUNTERS[name as CounterName], samples: counter.samples() };
  });
  const histograms = [...tools].flatMap(([tool, statuses]) =>
    [...statuses].map(([status, durations]) => histogramOf({ labels: { tool, status }, durations })),
  );
  families.splice(1, 0, { name: DURATION, type: "histogram", help: DURATION_HELP, samples: sorted(histograms) });
  return families;
}

function addCall(
  tools: Map<string, Map<CallTally["status"], Durations>>,
  { tool, status, durations }: CallTally,
): void {
  const statuses = tools.get(tool) ?? new Map<CallTally["status"], Durations>();
  tools.set(tool, statuses);
  const known = statuses.get(status) ?? noDurations();
  statuses.set(status, known);
  mergeDurations(known, durations);
}

function countRun(summary: RunSummary, counters: Record<CounterName, Counter>): void {
  const { status, decisions, recoveries, success, targets, observations, limits } = summary;
  if (status !== null) counters.planwright_runs_total.add(status, () => ({ status }), 1);
  addAll(counters.planwright_decisions_total, "verdict", decisions);
  addAll(counters.planwright_recoveries_total, "verb", recoveries);
  addAll(counters.planwright_success_checks_total, "met", success);
  addAll(counters.planwright_targets_missed_total, "target", targets);
  addAll(counters.planwright_budget_exhausted_total, "limit", limits);
  counters.planwright_observations_total.add("", () => ({}), observations);
}

function addTokens(counters: Record<CounterName, Counter>, { model, inputTokens, outputTokens, costUsd }: Asked): void {
  if (model === "") return;
  counters.planwright_tokens_total.add(`input ${model}`, () => ({ model, kind: "input" }), inputTokens);
  counters.planwright_tokens_total.add(`output ${model}`, () => ({ model, kind: "output" }), outputTokens);
  counters.planwright_cost_usd_total.add(model, () => ({ model }), costUsd);
}

function addAll(counter: Counter, label: string, counts: Record<string, number>): void {
  for (const value of Object.keys(counts)) counter.add(value, () => ({ [label]: value }), counts[value] ?? 0);
}

function histogramOf({ labels, durations }: { labels: Labels; durations: Durations }): Sample {
  const value = countOf(durations);
  const below = cumulated(durations, BOUNDS_MS);
  const buckets = BOUNDS_MS.map((bound, at) => ({ le: String(bound / 1_000), count: below[at] ?? 0 }));
  return {
    labels,
    value,
    histogram: { sum: durations.sumMs / 1_000, buckets: [...buckets, { le: "+Inf", count: value }] },
  };
}
