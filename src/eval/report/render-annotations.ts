/**
 * What GitHub Actions shows beside a run: workflow commands on lines of their own. Owns: which findings are worth one, and
 * their escaping (docs.github.com, "Workflow commands for GitHub Actions", 2026-11). Pure.
 */
import type { EvalReport } from "./eval-report.ts";
import { differenceText, gateText, scorerNames } from "./figures.ts";

/** Actions shows ten of a kind in a step. */
const MOST_OF_A_KIND = 10;

export function renderAnnotations(report: EvalReport): string[] {
  const { suite, gates, comparisons, counts, status, notes } = report;
  const nameOf = scorerNames(report);
  const failed = gates.filter(({ passed }) => !passed).map((gate) => command("error", suite, gateText(gate)));
  const missing = `${counts.errors} errors, ${counts.skipped} trials not run, ${counts.unjudged} judgements missing: a partial result passes no gate`;
  const verdicts = comparisons
    .filter(({ verdict }) => verdict !== "no-evidence")
    .map((one) => {
      const words = `${one.variant} is ${one.verdict} than ${one.baseline} in ${nameOf(one.scorer)}: ${differenceText(one)}`;
      return command(one.verdict === "worse" ? "warning" : "notice", suite, words);
    });
  return [
    ...failed.slice(0, MOST_OF_A_KIND),
    ...(status === "incomplete" ? [command("warning", suite, missing)] : []),
    ...verdicts.slice(0, MOST_OF_A_KIND),
    ...notes.map((note) => command("notice", suite, note)),
  ];
}

function command(kind: "error" | "warning" | "notice", title: string, message: string): string {
  const name = escapeMessage(`evals: ${title}`).replaceAll(":", "%3A").replaceAll(",", "%2C");
  return `::${kind} title=${name}::${escapeMessage(message)}`;
}

function escapeMessage(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
