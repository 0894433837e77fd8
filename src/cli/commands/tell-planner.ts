/** Says on standard error who plans, and why. */
import type { Session } from "../open-session.ts";

export function tellPlanner({ call, settings }: Session): void {
  const { report } = call;
  report.note(report.noteStyle.dim(`planner ${settings.planner.name} (${settings.planner.why})`));
}
