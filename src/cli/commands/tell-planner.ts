/** Says on standard error who plans, and why; only once a request was found to be in order. */
import type { Session } from "../open-session.ts";
import { visibleLine } from "../render/visible-text.ts";

export function tellPlanner({ call, settings }: Session): void {
  const { report } = call;
  const { name, model, why } = settings.planner;
  report.note(report.noteStyle.dim(`planner ${name}${model === null ? "" : ` ${visibleLine(model)}`} (${why})`));
}
