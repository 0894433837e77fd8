/**
 * A report as JUnit XML. Owns: what counts as a test. Gates are tests, since they decide; a trial is listed with its
 * scores, and only fails the build as an error where it has no answer. Pure.
 */
import type { EvalReport, ReportTrial } from "./eval-report.ts";
import { figure, gateText, judgeText } from "./figures.ts";

export function renderJunit(reports: readonly EvalReport[]): string {
  const suites = reports.flatMap((report) => [gateSuite(report), ...trialSuites(report)]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join("\n")}\n</testsuites>\n`;
}

function gateSuite({ suite, gates, notes, status, judges }: EvalReport): string {
  const tests = gates.map((gate) => {
    const name = `${gate.variant}: ${gate.scorer} (${gate.kind})`;
    const failure = gate.passed ? "" : `<failure message="${escapeXml(gateText(gate))}"/>`;
    return `    <testcase classname="${escapeXml(suite)}.gates" name="${escapeXml(name)}">${failure}</testcase>`;
  });
  const failed = gates.filter(({ passed }) => !passed).length;
  const head = `  <testsuite name="${escapeXml(`${suite} gates`)}" tests="${gates.length}" failures="${failed}" errors="0">`;
  const properties = ["    <properties>", property("status", status), ...notes.map((note) => property("note", note))];
  properties.push(...judges.map((judge) => property("judge", judgeText(judge))));
  return [head, ...properties, "    </properties>", ...tests, "  </testsuite>"].join("\n");
}

function trialSuites({ suite, variants, trials }: EvalReport): string[] {
  return variants.map(({ id }) => {
    const own = trials.filter(({ variant }) => variant === id);
    const errors = own.filter(({ error }) => error !== null).length;
    const name = escapeXml(`${suite} ${id}`);
    const head = `  <testsuite name="${name}" tests="${own.length}" failures="0" errors="${errors}">`;
    return [head, ...own.map((trial) => testcase(suite, trial)), "  </testsuite>"].join("\n");
  });
}

function testcase(suite: string, { case: name, variant, trial, run, scores, error }: ReportTrial): string {
  const known = Object.entries(scores).filter(([, { score }]) => score !== null);
  const lines = [`run ${run}`, ...known.map(([scorer, { score }]) => `${scorer} ${figure(score)}`)];
  const content =
    error === null
      ? `<system-out>${escapeXml(lines.join("\n"))}</system-out>`
      : `<error type="${escapeXml(error.code)}" message="${escapeXml(error.message)}"/>`;
  const attributes = `classname="${escapeXml(`${suite}.${variant}`)}" name="${escapeXml(`${name} #${trial}`)}"`;
  return `    <testcase ${attributes}>${content}</testcase>`;
}

function property(name: string, value: string): string {
  return `      <property name="${name}" value="${escapeXml(value)}"/>`;
}

/** Also without the characters that no XML 1.0 document may hold. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
