/** `planwright run "<goal>"`: plans a goal and carries it out. */
import type { Call } from "../call.ts";
import { withSession } from "../open-session.ts";
import { readRequest } from "../read-request.ts";
import { driveRequest } from "./drive-request.ts";
import { tellPlanner } from "./tell-planner.ts";

export async function runCommand(call: Call): Promise<number> {
  return withSession(call, async (session) => {
    const request = await readRequest(call);
    return driveRequest(session, { ...request, goal: call.args[0] ?? "" }, () => tellPlanner(session));
  });
}
