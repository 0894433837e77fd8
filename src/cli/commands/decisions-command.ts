/**
 * `planwright decisions RUN [N] [--diff]`: the story of the run by its decisions. With --json the list of them, or with N
 * that one entry.
 */
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import type { RunEvent } from "../../run/run-result.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { type Session, withReadSession } from "../open-session.ts";
import { renderDecisionDiff, renderDecisionEntry } from "../render/render-decisions.ts";
import { renderStory, type Story } from "../render/render-story.ts";

export async function decisionsCommand(call: Call): Promise<number> {
  const { report, args } = call;
  return withReadSession(call, async (session) => {
    const run = await findRun(session.store, args[0] ?? "");
    const log = await session.runtime.runs.decisions(run);
    const chosen = args[1] === undefined ? null : entryOf(log, Number(args[1]), run);
    if (report.isJson) report.printJson(chosen ?? log);
    else if (log.length === 0) report.note(`Run ${run} has no decision yet.`);
    else if (chosen === null && call.options.diff !== true) await showStory(session, run, log);
    else show(call, log, chosen);
    if (!report.isJson && chosen === null && log.length > 0) {
      report.note(`In full: ${session.commandLine("decisions", run, "1")}`);
    }
    return EXIT.ok;
  });
}

async function showStory({ runtime, call }: Session, run: string, log: Story["log"]): Promise<void> {
  const events: RunEvent[] = [];
  // What is in the journal now; what a run that goes on will do is for `runs watch`.
  for await (const event of runtime.runs.events(run, { signal: AbortSignal.abort() })) events.push(event);
  const { report } = call;
  const story = { log, events, result: await runtime.runs.get(run) };
  report.print(renderStory(story, { style: report.style, width: report.columns() }).join("\n"));
}

function show({ report, options }: Call, log: readonly DecisionLogEntry[], chosen: DecisionLogEntry | null): void {
  const layout = { style: report.style, width: report.columns() };
  const isEntry = chosen !== null && options.diff !== true;
  const lines = isEntry
    ? renderDecisionEntry(chosen, layout)
    : renderDecisionDiff(chosen === null ? log : [chosen], log, layout);
  report.print(lines.join("\n"));
}

function entryOf(log: readonly DecisionLogEntry[], n: number, run: string): DecisionLogEntry {
  const found = log.find((entry) => entry.n === n);
  if (found !== undefined) return found;
  throw new PlanwrightError("NOT_FOUND", `Run ${run} has no decision ${n}.`, {
    runId: run,
    hint: log.length === 0 ? "It has no decision yet." : `It has the decisions 1 to ${log.length}.`,
  });
}
