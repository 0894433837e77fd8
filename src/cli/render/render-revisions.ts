/** The steps of a run under the plan that brought them: one tree for each revision. Owns: the heads between. Pure. */
import type { RunResult, StepRow } from "../../run/run-result.ts";
import { cutPainted } from "./painted-width.ts";
import { renderSteps, type StepsOptions } from "./render-steps.ts";

/** As `renderSteps`, with a line above the steps of each plan where there was more than one. */
export function renderRevisions(result: Pick<RunResult, "steps" | "plan">, options: StepsOptions): string[] {
  const { style, width } = options;
  const groups = byRevision(result.steps);
  const last = groups.at(-1);
  if (last === undefined || groups.length === 1)
    return renderSteps(result, options).map((line) => cutPainted(line, width));
  const inner = { ...options, width: width === null ? null : width - 2 };
  // Of few rows the newest plan gets what the earlier ones leave, and at least half.
  const room = options.rows === null ? null : Math.max(2, options.rows - groups.length);
  const early = room === null ? null : Math.max(1, Math.floor(room / 2 / (groups.length - 1)));
  return groups.flatMap(([revision, steps]) => {
    const rows = room === null ? null : steps === last[1] ? Math.ceil(room / 2) : early;
    const lines = renderSteps({ steps, plan: result.plan }, { ...inner, rows });
    const head = revision === 1 ? "plan 1" : `plan ${revision}, after a replan`;
    return [style.dim(head), ...lines.map((line) => cutPainted(`  ${line}`, width))];
  });
}

function byRevision(rows: readonly StepRow[]): [number, StepRow[]][] {
  const groups = new Map<number, StepRow[]>();
  for (const row of rows) groups.set(row.revision, [...(groups.get(row.revision) ?? []), row]);
  return [...groups].sort(([left], [right]) => left - right);
}
