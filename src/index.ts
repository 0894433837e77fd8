/** The public surface of `planwright`: a hand-written list. What is not here is internal. */
export { createFixedPlanner } from "../planners/fixed-planner.ts";
export { createModelPlanner, type ModelPlannerOptions } from "../planners/model-planner.ts";
export { createRulePlanner } from "../planners/rule-planner.ts";
export { builtInTools } from "../tools/built-in-tools.ts";
export { createRuntime, type Runtime, type RuntimeOptions } from "./create-runtime.ts";
export { chooseDialects, type DialectChoice } from "./dialect/choose-dialects.ts";
export { describeDialect } from "./dialect/describe-dialect.ts";
export { describeTools } from "./dialect/describe-tools.ts";
export type { Dialect } from "./dialect/dialect.ts";
export type { ErrorCategory, ErrorCode } from "./error/codes.ts";
export type { Issue } from "./error/issue.ts";
export { type ErrorShape, PlanwrightError } from "./error/planwright-error.ts";
export type { Document, DocumentInput } from "./goal/document.ts";
export { loadDocument } from "./goal/load-document.ts";
export type { Budget, Grant } from "./goal/run-request.ts";
export type { DecisionLogEntry } from "./journal/decision-log.ts";
export { createFileStore, type FileStoreOptions } from "./journal/file-store.ts";
export { createMemoryStore } from "./journal/memory-store.ts";
export type { RunCache, RunFiles, Store, StoreListOptions } from "./journal/store.ts";
export { type CallerOptions, createModelCaller } from "./model/call-model.ts";
export { type CassetteModel, type CassetteOptions, createCassetteModel } from "./model/cassette-model.ts";
export {
  type AnswerFormat,
  type AttemptOptions,
  type CallOptions,
  type Model,
  type ModelAnswer,
  ModelCallError,
  type ModelCaller,
  ModelError,
  type ModelReply,
  type ModelRequest,
  type TokenUsage,
} from "./model/model.ts";
export { type OpenModelOptions, openModel } from "./model/open-model.ts";
export type { Price } from "./model/price.ts";
export type { Allowance, Usage } from "./model/usage.ts";
export type { CheckContext, CheckResult } from "./plan/check-context.ts";
export { checkDecision } from "./plan/check-decision.ts";
export type { Decision, PlanDecision, Step } from "./plan/decision.ts";
export { decisionJsonSchema } from "./plan/decision-json-schema.ts";
export { parseDecision } from "./plan/parse-decision.ts";
export type { Planner, PlanOptions, Proposal } from "./planner/planner.ts";
export type { PlanningRequest } from "./planner/planning-request.ts";
export { type CallFacts, defaultPolicy, type Policy, type Verdict as PolicyVerdict } from "./policy/authorize.ts";
export type { Label } from "./policy/label.ts";
export { type LoadPromptsOptions, loadPrompts } from "./prompt/load-prompts.ts";
export type { Prompt, PromptLibrary, PromptMark } from "./prompt/prompt.ts";
export { type RenderedPrompt, renderPrompt } from "./prompt/render-prompt.ts";
export type { DryRun } from "./run/dry-run.ts";
export type { RunEvent, RunListItem, RunResult } from "./run/run-result.ts";
export type { ImportOptions, Removal, RemoveOptions, Verification } from "./runtime/keep-runs.ts";
export type { ListOptions } from "./runtime/list-runs.ts";
export type { StatsOptions } from "./runtime/read-stats.ts";
export type { EventOptions, RunHandle } from "./runtime/run-handle.ts";
export type { RunRequest } from "./runtime/run-request.ts";
export type { Runs } from "./runtime/runs.ts";
export type { RuntimeLimits } from "./runtime/runtime-environment.ts";
export type { StartedRun } from "./runtime/started-run.ts";
export type { Clock } from "./shared/clock.ts";
export type { Random } from "./shared/random.ts";
export { defineTool, type ToolDefinition } from "./tool/define-tool.ts";
export { loadTools } from "./tool/load-tools.ts";
export type { Tool, ToolContext } from "./tool/tool.ts";
export { createToolRegistry, type ToolRegistry } from "./tool/tool-registry.ts";
export type { ToolSchema } from "./tool/tool-schema.ts";
export { transient } from "./tool/transient.ts";
export type { Metric, Stats } from "./trace/metric.ts";
export { METRICS_CONTENT_TYPE, metricsText } from "./trace/metrics-text.ts";
export { createSpanIds, type SpanIds } from "./trace/span-ids.ts";
export { type CompiledWorkflow, type CompileOptions, compileWorkflow } from "./workflow/compile-workflow.ts";
export { defineWorkflow } from "./workflow/define-workflow.ts";
export { type LoadWorkflowsOptions, loadWorkflowFile, loadWorkflows } from "./workflow/load-workflows.ts";
export { type ParsedWorkflow, parseWorkflow } from "./workflow/parse-workflow.ts";
export type { Workflow } from "./workflow/workflow.ts";
export type { WorkflowEntry, WorkflowLibrary } from "./workflow/workflow-library.ts";
