/** Says on standard error who plans, and why; only once a request was found to be in order. */
import type { Session } from "../open-session.ts";
import { visibleLine } from "../render/visible-text.ts";

export function tellPlanner({ call, settings, model: opened }: Session): void {
  const { report } = call;
  const { name, model, why } = settings.planner;
  report.note(report.noteStyle.dim(`planner ${name}${model === null ? "" : ` ${visibleLine(model)}`} (${why})`));
  if (opened === null || opened.price !== null) return;
  const what = `the price of ${visibleLine(opened.name)} is unknown: a limit in USD can't be kept, one in tokens is`;
  report.note(report.noteStyle.dim(`${what}; set "prices" in the configuration`));
}
