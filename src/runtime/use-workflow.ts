/**
 * From a request for a workflow to one with its plan. Owns: what comes first (request, workflow, runtime) and that a
 * workflow which the compiler or the plan checker refuses never becomes a run. Must not: journal anything.
 */
import type { Issue } from "../error/issue.ts";
import { DEFAULT_BUDGET } from "../goal/run-request.ts";
import type { Criterion, RunRules } from "../goal/run-rules.ts";
import { checkFallbacks } from "../plan/check-fallbacks.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { checkCriterionSchemas } from "../workflow/check-criterion-schemas.ts";
import type { CompiledWorkflow } from "../workflow/compile-workflow.ts";
import { compileWorkflow } from "../workflow/compile-workflow.ts";
import { parseWorkflow } from "../workflow/parse-workflow.ts";
import { entryOf, refuseIssues, type WorkflowEntry, type WorkflowLibrary } from "../workflow/workflow-library.ts";
import { readDocuments } from "./accept-run.ts";
import { checkGivenRules } from "./check-given-rules.ts";
import { planRun } from "./plan-run.ts";
import type { CheckedRequest } from "./run-request.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

/** Throws NOT_FOUND, VALIDATION (params), PLAN_ codes with places in the file, DOCUMENT_ codes. */
export async function useWorkflow(environment: RuntimeEnvironment, request: CheckedRequest): Promise<CheckedRequest> {
  const { workflow, limits } = request;
  if (workflow === undefined) {
    checkGivenRules(environment, request);
    return request;
  }
  const library = await environment.openWorkflows();
  const entry = findEntry(workflow, library);
  const compiled = compileWorkflow(entry, { library, params: request.params });
  const { name, version, hash, rules, params } = compiled;
  const planned: CheckedRequest = {
    ...request,
    documents: await readDocuments(request.documents),
    params,
    plan: compiled.decision as unknown as JsonValue,
    mark: { name, version, hash },
    rules: withSuccess(rules, request.rules?.success ?? []),
    budget: { ...DEFAULT_BUDGET, ...environment.budget, ...compiled.budget, ...limits },
  };
  refuseIssues(entry, await findIssues(environment, planned, compiled));
  return planned;
}

/** The request's own criteria come after those of the workflow. */
function withSuccess(rules: RunRules, success: readonly Criterion[]): RunRules {
  return { ...rules, success: [...rules.success, ...success] };
}

function findEntry(workflow: string | JsonObject, library: WorkflowLibrary): WorkflowEntry {
  if (typeof workflow === "string") return library.get(workflow);
  const parsed = parseWorkflow(workflow);
  const name = typeof workflow.name === "string" ? workflow.name.slice(0, 64) : "";
  refuseIssues({ name, lineOf: () => null }, parsed.issues);
  if (parsed.workflow === null) throw new Error("a workflow without issues is there");
  return entryOf(parsed.workflow);
}

/** What the plan checker says of it here, with this request's documents, tools and policy. */
async function findIssues(
  environment: RuntimeEnvironment,
  request: CheckedRequest,
  compiled: CompiledWorkflow,
): Promise<Issue[]> {
  const { issues } = await planRun(environment, request, { hasForecast: false });
  const { decision, rules } = compiled;
  const about = { tools: environment.tools, plan: decision, documents: request.documents.length };
  const found = [...issues, ...checkFallbacks(rules.recovery, about)].map(compiled.relocate);
  return [...found, ...checkCriterionSchemas(compiled)];
}
