/** Carries out a workflow: what `run --workflow` and `apply` share. */
import type { RunRequest } from "../../runtime/run-request.ts";
import type { WorkflowEntry } from "../../workflow/workflow-library.ts";
import { describeWorkflow, workflowParams } from "../name-workflow.ts";
import type { Session } from "../open-session.ts";
import { readRequest } from "../read-request.ts";
import { visibleLine } from "../render/visible-text.ts";
import { driveRequest } from "./drive-request.ts";

/** Without a goal the run is called after the workflow. */
export async function workflowRequest(
  session: Session,
  entry: WorkflowEntry,
  goal: string | undefined,
): Promise<RunRequest> {
  const request = await readRequest(session.call);
  const params = workflowParams(session, entry);
  return { ...request, params, workflow: entry.name, ...(goal === undefined ? {} : { goal }) };
}

export async function runWorkflow(session: Session, entry: WorkflowEntry, goal: string | undefined): Promise<number> {
  return driveRequest(session, await workflowRequest(session, entry, goal), () => tellWorkflow(session, entry));
}

export function tellWorkflow({ call }: Session, entry: WorkflowEntry): void {
  call.report.note(call.report.noteStyle.dim(visibleLine(describeWorkflow(entry))));
}
