/** `planwright decisions RUN [N] [--diff]`: the decision log. With --json the list, or with N that one entry. */
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { withSession } from "../open-session.ts";
import { renderDecisionDiff, renderDecisionEntry, renderDecisionLog } from "../render/render-decisions.ts";

export async function decisionsCommand(call: Call): Promise<number> {
  const { report, options, args } = call;
  return withSession(call, async ({ store, runtime, commandLine }) => {
    const run = await findRun(store, args[0] ?? "");
    const log = await runtime.runs.decisions(run);
    const chosen = args[1] === undefined ? null : entryOf(log, Number(args[1]), run);
    const layout = { style: report.style, width: report.columns() };
    if (report.isJson) report.printJson(chosen ?? log);
    else if (log.length === 0) report.note(`Run ${run} has no decision yet.`);
    else if (options.diff === true)
      report.print(renderDecisionDiff(chosen === null ? log : [chosen], log, layout).join("\n"));
    else
      report.print((chosen === null ? renderDecisionLog(log, layout) : renderDecisionEntry(chosen, layout)).join("\n"));
    if (!report.isJson && chosen === null && log.length > 0)
      report.note(`In full: ${commandLine("decisions", run, "1")}`);
    return EXIT.ok;
  });
}

function entryOf(log: readonly DecisionLogEntry[], n: number, run: string): DecisionLogEntry {
  const found = log.find((entry) => entry.n === n);
  if (found !== undefined) return found;
  throw new PlanwrightError("NOT_FOUND", `Run ${run} has no decision ${n}.`, {
    runId: run,
    hint: log.length === 0 ? "It has no decision yet." : `It has the decisions 1 to ${log.length}.`,
  });
}
