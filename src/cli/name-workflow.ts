/** The workflow that a call means: one of the library by its name, or a file. Owns: how the two are told apart. */

import type { JsonObject } from "../shared/json.ts";
import { coerceParams } from "../workflow/bind-params.ts";
import { entryOfText, loadWorkflowFile } from "../workflow/load-workflows.ts";
import type { WorkflowEntry } from "../workflow/workflow-library.ts";
import type { Session } from "./open-session.ts";
import { jsonOrText, splitParam } from "./read-request.ts";

/** Names of workflows have neither dots nor slashes. */
const FILE = /[./\\]/;

export function isWorkflowFile(text: string): boolean {
  return FILE.test(text);
}

/** Throws NOT_FOUND, CONFIG_INVALID. One from a file can be named by the runtime's runs from then on. */
export async function nameWorkflow(session: Session, text: string): Promise<WorkflowEntry> {
  if (isWorkflowFile(text))
    return addWorkflow(session, await loadWorkflowFile(text, { directory: session.call.terminal.cwd }));
  return (await session.runtime.workflows()).get(text);
}

/** A workflow that came in by standard input. */
export function addWorkflowText(session: Session, text: string): WorkflowEntry {
  return addWorkflow(session, entryOfText(text, { file: "workflow.yaml", source: "standard input" }));
}

function addWorkflow(session: Session, entry: WorkflowEntry): WorkflowEntry {
  session.workflowEntries.push(entry);
  return entry;
}

/** `--param name=value` as the workflow's params say; JSON or text where they say nothing. */
export function workflowParams({ call }: Session, { workflow }: WorkflowEntry): JsonObject {
  const texts = (call.options.param ?? []).map(splitParam);
  if (workflow !== null) return coerceParams(workflow, Object.fromEntries(texts));
  return Object.fromEntries(texts.map(([name, text]) => [name, jsonOrText(text)]));
}

/** For a note: which one, and from where. */
export function describeWorkflow({ name, source, workflow }: WorkflowEntry): string {
  return `workflow ${name}@${workflow?.version ?? "?"} (${source})`;
}
