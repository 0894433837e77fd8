/**
 * `planwright runs fork RUN --at N`: a new run from what another one had settled before decision N. Owns: saying which
 * effects it may have once more.
 */
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { MayRepeat } from "../../journal/fork-data.ts";
import type { ForkOptions } from "../../runtime/fork-options.ts";
import type { Call } from "../call.ts";
import { findRun } from "../find-run.ts";
import { withSession } from "../open-session.ts";
import { readPlanAlone } from "../read-plan.ts";
import { budgetOptions } from "../read-request.ts";
import { visibleLine } from "../render/visible-text.ts";
import { driveRun } from "./drive-request.ts";
import { tellPlanner } from "./tell-planner.ts";

export async function runsForkCommand(call: Call): Promise<number> {
  const { args, options, report, terminal } = call;
  if (options.at === undefined) {
    throw new PlanwrightError("VALIDATION", "Say which decision is to be asked again: --at N.", {
      hint: "planwright decisions RUN lists them.",
    });
  }
  const asked: ForkOptions = {
    atDecision: options.at,
    ...(options.goal === undefined ? {} : { goal: options.goal }),
    ...(options.plan === undefined ? {} : { plan: await readPlanAlone(options.plan, terminal) }),
    ...(options.approve === undefined ? {} : { approve: options.approve === "none" ? "none" : [] }),
    budget: budgetOptions(options),
  };
  return withSession(call, async (session) => {
    const source = await findRun(session.store, args[0] ?? "");
    const fork = await session.runtime.fork(source, asked);
    report.note(`Run ${fork.id} goes on from ${fork.forkedFrom}.`);
    for (const line of repeatLines(fork.mayRepeat)) report.note(line);
    if (asked.plan === undefined) tellPlanner(session);
    return driveRun(session, { run: fork.id, after: -1 });
  });
}

const HOW: Record<MayRepeat["outcome"], string> = {
  completed: "took effect",
  failed: "failed, but may have taken effect",
  unknown: "nobody knows whether it took effect",
  running: "was under way",
};

/** What a person should know before it happens twice. */
export function repeatLines(calls: readonly MayRepeat[]): string[] {
  if (calls.length === 0) return [];
  const lines = calls.map(({ step, index, tool, effect, outcome }) => {
    const name = index === null ? step : `${step}[${index}]`;
    return `  ${visibleLine(`${name} (${tool}, ${effect ?? "effect unknown"})`)}: ${HOW[outcome]} in the first run`;
  });
  return ["The fork may do once more:", ...lines];
}
