/** A workflow as plain data: what `workflows list --json` and GET /v1/workflows show. Owns: which fields those are. */
import { z } from "zod";
import { type Issue, issueSchema } from "../error/issue.ts";
import { exampleParams } from "./bind-params.ts";
import { compileWorkflow, expandWorkflow } from "./compile-workflow.ts";
import type { Param } from "./workflow.ts";
import type { WorkflowEntry, WorkflowLibrary } from "./workflow-library.ts";

const json = z.record(z.string(), z.json());

/** Null where the file is not right; then `issues` say why. */
export const workflowDescriptionSchema = z.strictObject({
  name: z.string(),
  version: z.int().nullable(),
  description: z.string().nullable(),
  /** `shipped`, or the file. */
  source: z.string(),
  hash: z.string().nullable(),
  params: json,
  issues: z.array(issueSchema),
});

/** One workflow with the plan that it compiles to. */
export const workflowViewSchema = workflowDescriptionSchema.extend({
  workflow: json.nullable(),
  plan: json,
  rules: json,
  budget: json,
});

interface WorkflowDescription {
  name: string;
  version: number | null;
  description: string | null;
  source: string;
  hash: string | null;
  params: Record<string, Param>;
  issues: Issue[];
}

export function describeWorkflow(entry: WorkflowEntry, library: WorkflowLibrary): WorkflowDescription {
  const { name, source, workflow, issues } = entry;
  if (workflow === null) {
    return { name, version: null, description: null, source, hash: null, params: {}, issues: [...issues] };
  }
  const { compiled, issues: found } = expandWorkflow(workflow, { library, params: exampleParams(workflow) });
  const { version, description = null, params = {} } = workflow;
  return { name, version, description, source, hash: compiled?.hash ?? null, params, issues: [...found] };
}

/** Throws what the compiler finds wrong with it. */
export function viewWorkflow(entry: WorkflowEntry, library: WorkflowLibrary): Record<string, unknown> {
  const params = entry.workflow === null ? {} : exampleParams(entry.workflow);
  const { decision, rules, budget } = compileWorkflow(entry, { library, params });
  return { ...describeWorkflow(entry, library), workflow: entry.workflow, plan: decision, rules, budget };
}
