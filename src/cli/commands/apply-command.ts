/** `planwright apply PLAN`: carries out a plan that is already there. A plan that the checker refuses never starts. */
import { basename } from "node:path";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { RunRequest } from "../../runtime/run-request.ts";
import type { Call } from "../call.ts";
import { type Session, withSession } from "../open-session.ts";
import { readPlan } from "../read-plan.ts";
import { readRequest } from "../read-request.ts";
import { driveRequest } from "./drive-request.ts";

export async function applyCommand(call: Call): Promise<number> {
  const [file = ""] = call.args;
  const { document = [], goal } = call.options;
  if (file === "-" && document.includes("-")) {
    throw new PlanwrightError("VALIDATION", "Standard input can't be both the plan and a document.", {
      hint: "Save one of them to a file.",
    });
  }
  return withSession(call, async (session) => {
    const plan = await readPlan(file, call.terminal);
    const name = file === "-" ? "standard input" : basename(file);
    const request = { ...(await readRequest(call)), goal: goal ?? `Carry out the plan of ${name}`, plan };
    await checkPlan(session, request);
    return driveRequest(session, request, () => {
      call.report.note(call.report.noteStyle.dim(`planner fixed (the plan of ${name})`));
    });
  });
}

/** Throws the first error's code with all issues. */
async function checkPlan({ runtime }: Session, request: RunRequest): Promise<void> {
  const { issues, valid } = await runtime.plan(request);
  const errors = issues.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (valid || first === undefined) return;
  const more = errors.length === 1 ? "" : ` (and ${errors.length - 1} more)`;
  throw new PlanwrightError(first.code, `The plan is refused: ${first.message}${more}`, {
    issues,
    hint: errors.length === 1 ? first.hint : "Correct every issue; each says where it is and what to do.",
  });
}
