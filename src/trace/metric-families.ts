/**
 * The metrics of CONTRACTS.md from the summaries of runs. Pure. Owns: their names, labels, help texts and bounds.
 * Counters grow as long as runs are kept; removing runs makes them fall, which scrapers take for a restart.
 */
import { countOf, cumulated, type Durations, mergeDurations, noDurations } from "./durations.ts";
import type { Metric, RunSummary, Sample } from "./metric.ts";

/** Upper bounds of the histogram of step durations, in milliseconds. */
const BOUNDS_MS = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000];

type Labels = Record<string, string>;

/** Of labels with the same names: there are many thousands, and JSON takes its time. */
function keyOf(labels: Labels): string {
  return Object.values(labels).join("\u0000");
}

/** Sums by labels, in the order in which labels were first met. */
function createCounter() {
  const samples = new Map<string, { labels: Labels; value: number }>();
  return {
    add(labels: Labels, value: number) {
      const key = keyOf(labels);
      const known = samples.get(key);
      if (known === undefined) samples.set(key, { labels, value });
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

export function collectMetrics(summaries: readonly RunSummary[]): Metric[] {
  const counters = new Map<CounterName, Counter>();
  for (const name of Object.keys(COUNTERS) as CounterName[]) counters.set(name, createCounter());
  const add = (name: CounterName, labels: Labels, value: number): void => counters.get(name)?.add(labels, value);
  const durations = new Map<string, { labels: Labels; durations: Durations }>();
  add("planwright_observations_total", {}, 0);
  for (const summary of summaries) {
    countRun(summary, add);
    for (const { tool, status, durations: more } of summary.calls) {
      const key = keyOf({ tool, status });
      const known = durations.get(key) ?? { labels: { tool, status }, durations: noDurations() };
      durations.set(key, known);
      mergeDurations(known.durations, more);
    }
  }
  const families = [...counters].map(([name, counter]): Metric => {
    return { name, type: "counter", help: COUNTERS[name], samples: counter.samples() };
  });
  const histograms = sorted([...durations.values()].map(histogramOf));
  families.splice(1, 0, { name: DURATION, type: "histogram", help: DURATION_HELP, samples: histograms });
  return families;
}

function countRun(summary: RunSummary, add: (name: CounterName, labels: Labels, value: number) => void): void {
  const { status, calls, answers, decisions, recoveries, success, targets, observations, limits } = summary;
  if (status !== null) add("planwright_runs_total", { status }, 1);
  const asked = [...answers, ...calls.flatMap((call) => call.asked ?? [])];
  for (const { model, inputTokens, outputTokens, costUsd } of asked) {
    if (model === "") continue;
    add("planwright_tokens_total", { model, kind: "input" }, inputTokens);
    add("planwright_tokens_total", { model, kind: "output" }, outputTokens);
    add("planwright_cost_usd_total", { model }, costUsd);
  }
  const addAll = (name: CounterName, label: string, counts: Record<string, number>): void => {
    for (const [value, count] of Object.entries(counts)) add(name, { [label]: value }, count);
  };
  addAll("planwright_decisions_total", "verdict", decisions);
  addAll("planwright_recoveries_total", "verb", recoveries);
  addAll("planwright_success_checks_total", "met", success);
  addAll("planwright_targets_missed_total", "target", targets);
  addAll("planwright_budget_exhausted_total", "limit", limits);
  add("planwright_observations_total", {}, observations);
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
