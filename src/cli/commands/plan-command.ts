/** `planwright plan "<goal>"`: a dry run. Exit 0 valid, 1 invalid or abandon, 3 ask. */
import type { DryRun } from "../../run/dry-run.ts";
import type { RunRequest } from "../../runtime/run-request.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { nameWorkflow } from "../name-workflow.ts";
import { type Session, withSession } from "../open-session.ts";
import { goalOf, readRequest } from "../read-request.ts";
import { renderDryRun } from "../render/render-plan.ts";
import { tellWorkflow, workflowRequest } from "./run-workflow.ts";
import { tellPlanner } from "./tell-planner.ts";

export async function planCommand(call: Call): Promise<number> {
  const { report, args } = call;
  return withSession(call, async (session) => {
    const { request, tell } = await whatToPlan(session, args[0]);
    const dryRun = await session.runtime.plan(request);
    tell();
    if (report.isJson) report.printJson(dryRun);
    else report.print(renderDryRun(dryRun, { style: report.style, width: report.columns() }).join("\n"));
    return exitCodeOfDryRun(dryRun);
  });
}

async function whatToPlan(
  session: Session,
  goal: string | undefined,
): Promise<{ request: RunRequest; tell: () => void }> {
  const { call } = session;
  const { workflow } = call.options;
  if (workflow === undefined) {
    const request = { ...(await readRequest(call)), goal: goalOf(call) };
    return { request, tell: () => tellPlanner(session) };
  }
  const entry = await nameWorkflow(session, workflow);
  return { request: await workflowRequest(session, entry, goal), tell: () => tellWorkflow(session, entry) };
}

function exitCodeOfDryRun({ decision, valid }: DryRun): number {
  if (decision?.kind === "ask" && valid) return EXIT.waiting;
  return valid ? EXIT.ok : EXIT.failed;
}
