/** `planwright plan "<goal>"`: a dry run. Exit 0 valid, 1 invalid or abandon, 3 ask. */
import type { DryRun } from "../../run/dry-run.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { withSession } from "../open-session.ts";
import { readRequest } from "../read-request.ts";
import { renderDryRun } from "../render/render-plan.ts";
import { tellPlanner } from "./tell-planner.ts";

export async function planCommand(call: Call): Promise<number> {
  const { report, args } = call;
  return withSession(call, async (session) => {
    const request = await readRequest(call);
    const dryRun = await session.runtime.plan({ ...request, goal: args[0] ?? "" });
    tellPlanner(session);
    if (report.isJson) report.printJson(dryRun);
    else report.print(renderDryRun(dryRun, { style: report.style, width: report.columns() }).join("\n"));
    return exitCodeOfDryRun(dryRun);
  });
}

function exitCodeOfDryRun({ decision, valid }: DryRun): number {
  if (decision?.kind === "ask" && valid) return EXIT.waiting;
  return valid ? EXIT.ok : EXIT.failed;
}
