/** `planwright apply FILE`: carries out a plan or a workflow that is already there. What the checker refuses never starts. */
import { basename, resolve } from "node:path";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { RunRequest } from "../../runtime/run-request.ts";
import type { WorkflowEntry } from "../../workflow/workflow-library.ts";
import type { Call } from "../call.ts";
import { addWorkflowText, nameWorkflow } from "../name-workflow.ts";
import { type Session, withSession } from "../open-session.ts";
import { readPlan } from "../read-plan.ts";
import { readRequest } from "../read-request.ts";
import { driveRequest } from "./drive-request.ts";
import { runWorkflow } from "./run-workflow.ts";

export async function applyCommand(call: Call): Promise<number> {
  const [file = ""] = call.args;
  const { document = [], goal } = call.options;
  if (file === "-" && document.includes("-")) {
    throw new PlanwrightError("VALIDATION", "Standard input can't be both the plan and a document.", {
      hint: "Save one of them to a file.",
    });
  }
  return withSession(call, async (session) => {
    const found = await readPlan(file, call.terminal);
    if (!("plan" in found)) return runWorkflow(session, await workflowOf(session, file, found), goal);
    const { plan } = found;
    const name = file === "-" ? "standard input" : basename(file);
    const request = { ...(await readRequest(call)), goal: goal ?? `Carry out the plan of ${name}`, plan };
    await checkPlan(session, request);
    return driveRequest(session, request, () => {
      call.report.note(call.report.noteStyle.dim(`planner fixed (the plan of ${name})`));
    });
  });
}

function workflowOf(
  session: Session,
  file: string,
  found: { text: string } | { module: string },
): Promise<WorkflowEntry> {
  const isText = file === "-" && "text" in found;
  return isText
    ? Promise.resolve(addWorkflowText(session, found.text))
    : nameWorkflow(session, resolve(session.call.terminal.cwd, file));
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
