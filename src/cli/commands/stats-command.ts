/**
 * `planwright stats`: what all runs of the store came to. With --json the whole of it (`Stats`); --metrics prints the
 * same numbers in the text format of Prometheus.
 */
import type { StatsOptions } from "../../runtime/read-stats.ts";
import type { BreakdownRow, Stats } from "../../trace/metric.ts";
import { metricsText } from "../../trace/metrics-text.ts";
import type { Call } from "../call.ts";
import { endStatusOf } from "../end-status.ts";
import { EXIT } from "../exit-code.ts";
import { withReadSession } from "../open-session.ts";
import { countText, durationText } from "../render/duration.ts";
import { renderTable, type TableOptions } from "../render/render-table.ts";
import { visibleLine } from "../render/visible-text.ts";
import { timeOfOption } from "../time-option.ts";

/** Rows of each table for people; `--json` has all. */
const SHOWN_ROWS = 15;

export async function statsCommand(call: Call): Promise<number> {
  const { report, options } = call;
  const filter = filterOf(call);
  return withReadSession(call, async ({ runtime }) => {
    const stats = await runtime.stats(filter);
    if (report.isJson) report.printJson(stats);
    else if (options.metrics === true) report.print(metricsText(stats.metrics));
    else report.print(renderStats(stats, { style: report.style, width: report.columns() }).join("\n"));
    return EXIT.ok;
  });
}

function filterOf({ options, terminal }: Call): StatsOptions {
  const { since, workflow, status } = options;
  return {
    ...(since === undefined ? {} : { since: timeOfOption("--since", since, terminal.clock.now()) }),
    ...(workflow === undefined ? {} : { workflow }),
    ...(status === undefined ? {} : { status: endStatusOf(status) }),
  };
}

function renderStats(stats: Stats, options: TableOptions): string[] {
  const { ended, open, unreadable } = stats.runs;
  const lost = unreadable === 0 ? "" : `, ${unreadable} cannot be read`;
  const byStatus = samplesOf(stats, "planwright_runs_total", "status");
  const lines = [`${countText(ended, "run")} ended${byStatus === "" ? "" : ` (${byStatus})`}, ${open} open${lost}`];
  const decisions = samplesOf(stats, "planwright_decisions_total", "verdict");
  if (decisions !== "") lines.push(`decisions: ${decisions}`);
  const workflows = stats.workflows.map((row) => (row.name === "" ? { ...row, name: "(planned)" } : row));
  const tables: [title: string, rows: readonly BreakdownRow[]][] = [
    ["runs by workflow", workflows],
    ["tool", stats.tools],
    ["step", stats.steps.map((row) => ({ ...row, name: stepName(row, stats.steps) }))],
    ["model", stats.models],
    ["prompt", stats.prompts],
  ];
  for (const [title, rows] of tables) {
    if (rows.length > 0) lines.push("", ...renderRows(title, rows, options));
  }
  return lines;
}

/** Steps of the same id are told apart by what they are part of. */
function stepName({ name, workflow, tool }: Stats["steps"][number], all: Stats["steps"]): string {
  const alike = all.filter((row) => row.name === name);
  if (alike.length === 1) return name;
  const isOfOneTool = alike.every((row) => row.tool === tool);
  return `${name} (${isOfOneTool ? "" : `${tool}, `}${workflow === "" ? "planned" : workflow})`;
}

function samplesOf({ metrics }: Stats, name: string, label: string): string {
  const samples = metrics.find((metric) => metric.name === name)?.samples ?? [];
  return samples.map(({ labels, value }) => `${value} ${labels[label] ?? ""}`).join(", ");
}

function renderRows(title: string, rows: readonly BreakdownRow[], options: TableOptions): string[] {
  const columns = [title, "count", "failed", "again", "median", "p95", "tokens", "USD"];
  const cells = rows
    .slice(0, SHOWN_ROWS)
    .map((row) => [
      visibleLine(row.name),
      String(row.count),
      String(row.failures),
      String(row.retries),
      row.medianMs === null ? "" : durationText(row.medianMs),
      row.p95Ms === null ? "" : durationText(row.p95Ms),
      String(row.inputTokens + row.outputTokens),
      `${row.costUsd.toFixed(4)}${row.unpriced > 0 ? "+?" : ""}`,
    ]);
  const more = rows.length > SHOWN_ROWS ? [`… and ${rows.length - SHOWN_ROWS} more (--json has all)`] : [];
  return [...renderTable({ columns, rows: cells }, options), ...more];
}
