/** `planwright decisions RUN [N] [--diff]`: the decision log. With --json the list, or with N that one entry. */
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { withReadSession } from "../open-session.ts";
import { renderDecisionDiff, renderDecisionEntry, renderDecisionLog } from "../render/render-decisions.ts";

export async function decisionsCommand(call: Call): Promise<number> {
  const { report, args } = call;
  return withReadSession(call, async (session) => {
    const run = await findRun(session.store, args[0] ?? "");
    const log = await session.runtime.runs.decisions(run);
    const chosen = args[1] === undefined ? null : entryOf(log, Number(args[1]), run);
    if (report.isJson) report.printJson(chosen ?? log);
    else if (log.length === 0) report.note(`Run ${run} has no decision yet.`);
    else show(call, log, chosen);
    if (!report.isJson && chosen === null && log.length > 0) {
      report.note(`In full: ${session.commandLine("decisions", run, "1")}`);
    }
    return EXIT.ok;
  });
}

function show({ report, options }: Call, log: readonly DecisionLogEntry[], chosen: DecisionLogEntry | null): void {
  const layout = { style: report.style, width: report.columns() };
  const plain = (): string[] =>
    chosen === null ? renderDecisionLog(log, layout) : renderDecisionEntry(chosen, layout);
  const lines = options.diff === true ? renderDecisionDiff(chosen === null ? log : [chosen], log, layout) : plain();
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
