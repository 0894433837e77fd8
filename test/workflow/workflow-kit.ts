/** Small workflows for tests, and their compilation in short. */
import type { Issue } from "../../src/error/issue.ts";
import { readPointer } from "../../src/plan/apply-fix.ts";
import type { Step } from "../../src/plan/decision.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { type CompiledWorkflow, expandWorkflow } from "../../src/workflow/compile-workflow.ts";
import { parseWorkflow } from "../../src/workflow/parse-workflow.ts";
import type { Workflow } from "../../src/workflow/workflow.ts";
import { createWorkflowLibrary, entryOf, type WorkflowLibrary } from "../../src/workflow/workflow-library.ts";

/** A step of the tool `echo`, whose `text` refers to this path. */
export function step(id: string, ref: string, others: JsonObject = {}): JsonObject {
  return { id, tool: "echo", input: { text: { ref } }, ...others };
}

export function workflowOf(steps: JsonValue[], others: JsonObject = {}): Workflow {
  const { workflow, issues } = parseWorkflow({ name: "outer", version: 1, steps, ...others });
  if (workflow === null) throw new Error(`not a workflow: ${JSON.stringify(issues)}`);
  return workflow;
}

export function libraryOf(...workflows: Workflow[]): WorkflowLibrary {
  return createWorkflowLibrary(workflows.map(entryOf));
}

/** The compiled workflow; fails where there are issues. */
export function compiled(workflow: Workflow, inner: Workflow[] = [], params: JsonObject = {}): CompiledWorkflow {
  const { compiled: found, issues } = expandWorkflow(workflow, { library: libraryOf(...inner), params });
  if (found === null) throw new Error(`refused: ${JSON.stringify(issues)}`);
  return found;
}

export function stepsOf(workflow: Workflow, inner: Workflow[] = []): Record<string, Step> {
  return Object.fromEntries(compiled(workflow, inner).decision.steps.map((one) => [one.id, one]));
}

/** Issues, each of which must point into the file. */
export function issuesOf(workflow: Workflow, inner: Workflow[] = [], params: JsonObject = {}): Issue[] {
  const { issues } = expandWorkflow(workflow, { library: libraryOf(...inner), params });
  for (const { path } of issues) {
    if (path !== "" && readPointer(workflow as JsonValue, path) === undefined) throw new Error(`${path} leads nowhere`);
  }
  return issues;
}

export function briefly(issues: readonly Issue[]): string[] {
  return issues.map(({ code, path }) => `${code} ${path}`);
}
