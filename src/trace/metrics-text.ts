/**
 * Metrics in the text format of Prometheus (version 0.0.4, https://prometheus.io/docs/instrumenting/exposition_formats).
 * Owns: the format. Must not: know what the metrics mean.
 */
import type { Metric, Sample } from "./metric.ts";

/** What a server says of the text. */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(familyText).join("");
}

function familyText({ name, type, help, samples }: Metric): string {
  const lines = samples.flatMap((sample) => sampleLines(name, sample));
  return [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

function sampleLines(name: string, { labels, value, histogram }: Sample): string[] {
  if (histogram === undefined) return [line(name, labels, value)];
  return [
    ...histogram.buckets.map(({ le, count }) => line(`${name}_bucket`, { ...labels, le }, count)),
    line(`${name}_sum`, labels, histogram.sum),
    line(`${name}_count`, labels, value),
  ];
}

function line(name: string, labels: Record<string, string>, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text).replaceAll('"', '\\"')}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
