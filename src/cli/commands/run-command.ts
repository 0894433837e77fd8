/** `planwright run "<goal>"`: plans a goal and carries it out. */
import type { Call } from "../call.ts";
import { nameWorkflow } from "../name-workflow.ts";
import { withSession } from "../open-session.ts";
import { goalOf, readRequest } from "../read-request.ts";
import { driveRequest } from "./drive-request.ts";
import { runWorkflow } from "./run-workflow.ts";
import { tellPlanner } from "./tell-planner.ts";

export async function runCommand(call: Call): Promise<number> {
  return withSession(call, async (session) => {
    const { workflow } = call.options;
    if (workflow !== undefined) return runWorkflow(session, await nameWorkflow(session, workflow), call.args[0]);
    const request = await readRequest(call);
    return driveRequest(session, { ...request, goal: goalOf(call) }, () => tellPlanner(session));
  });
}
