/** Reports as files, and annotations under GitHub Actions. Owns: where they go. */
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { Evaluation } from "../../eval/evaluate-journal.ts";
import type { EvalReport } from "../../eval/report/eval-report.ts";
import { renderHtml } from "../../eval/report/html/render-html.ts";
import { renderAnnotations } from "../../eval/report/render-annotations.ts";
import { renderJunit } from "../../eval/report/render-junit.ts";
import { renderMarkdown } from "../../eval/report/render-markdown.ts";
import type { Call } from "../call.ts";

/** Trials of a suite that the HTML report shows in full. */
const SHOWN_TRIALS = 60;

/** Before anything is asked: a report that can't be written should not be found out after it was paid for. Throws VALIDATION. */
export function makeReportFolders({ terminal, options }: Call): void {
  for (const file of [options.html, options.junit, options.markdown]) {
    if (file === undefined) continue;
    try {
      makeFolder(dirname(resolve(terminal.cwd, file)));
    } catch (thrown) {
      throw notWritable(file, thrown);
    }
  }
}

/** One after the other: Node's recursive form does not end where the system refuses (such as below /proc). */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return;
  makeFolder(dirname(folder));
  mkdirSync(folder);
}

function notWritable(file: string, thrown: unknown): PlanwrightError {
  return new PlanwrightError("VALIDATION", `'${file}' can't be written: ${describeThrown(thrown)}.`, {
    hint: "Name a file in a folder that you may write to.",
  });
}

/** Throws VALIDATION where a file can't be written. */
export function writeReports(call: Call, evaluations: readonly Evaluation[]): void {
  const { html, junit, markdown } = call.options;
  const reports = evaluations.map(({ report }) => report);
  if (junit !== undefined) write(call, junit, renderJunit(reports));
  if (markdown !== undefined) write(call, markdown, renderMarkdown(reports));
  if (html === undefined) return;
  const pages = evaluations.map((one) => ({ report: one.report, details: one.details(SHOWN_TRIALS) }));
  write(call, html, renderHtml(pages));
}

function write({ terminal, report }: Call, file: string, text: string): void {
  const path = resolve(terminal.cwd, file);
  try {
    makeFolder(dirname(path));
    writeFileSync(path, text);
  } catch (thrown) {
    throw notWritable(file, thrown);
  }
  report.note(`Written: ${file}`);
}

/** On standard error, which the runner reads as well: standard output may be a document. */
export function annotate({ terminal, report }: Call, reports: readonly EvalReport[]): void {
  if (terminal.env["GITHUB_ACTIONS"] !== "true") return;
  for (const line of reports.flatMap(renderAnnotations)) report.note(line);
}
