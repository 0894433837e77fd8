/** Says on standard error who plans, and why; only once a request was found to be in order. */
import type { Session } from "../open-session.ts";

export function tellPlanner({ call, settings }: Session): void {
  const { report } = call;
  report.note(report.noteStyle.dim(`planner ${settings.planner.name} (${settings.planner.why})`));
}
