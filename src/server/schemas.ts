/** Every shape that the HTTP interface shows, as JSON Schema made from the project's zod schemas. Owns: their names. */
import { z } from "zod";
import { issueSchema } from "../error/issue.ts";
import { errorShapeSchema } from "../error/planwright-error.ts";
import { budgetSchema } from "../goal/run-request.ts";
import { decisionLogEntrySchema } from "../journal/decision-log-entry.ts";
import { approvalSchema } from "../journal/entries.ts";
import { decisionSchema, stepSchema } from "../plan/decision.ts";
import { promptDescriptionSchema } from "../prompt/describe-prompt.ts";
import { dryRunSchema } from "../run/dry-run.ts";
import { listedRunSchema, runEventSchema, runResultSchema, stepRowSchema } from "../run/run-result.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { toolDescriptionSchema } from "../tool/describe-tool.ts";
import { workflowDescriptionSchema, workflowViewSchema } from "../workflow/describe-workflow.ts";
import { problemSchema } from "./problem.ts";
import { healthSchema } from "./routes/health.ts";
import { importedSchema } from "./routes/keep-runs.ts";
import { referenceSchema } from "./routes/start-run.ts";

/** A schema that lists others by name refers to them. */
const SCHEMAS: Record<string, z.ZodType> = {
  Issue: issueSchema,
  Error: errorShapeSchema,
  Budget: budgetSchema,
  Approval: approvalSchema,
  Step: stepSchema,
  StepRow: stepRowSchema,
  Decision: decisionSchema,
  RunResult: runResultSchema,
  RunListItem: listedRunSchema,
  RunList: z.strictObject({ items: z.array(listedRunSchema), next: z.string().nullable() }),
  RunEvent: runEventSchema,
  RunReference: referenceSchema,
  DecisionLogEntry: decisionLogEntrySchema,
  DecisionLog: z.array(decisionLogEntrySchema),
  DryRun: dryRunSchema,
  Tool: toolDescriptionSchema,
  ToolList: z.array(toolDescriptionSchema),
  PromptDescription: promptDescriptionSchema,
  PromptList: z.array(promptDescriptionSchema),
  Prompt: promptDescriptionSchema.extend({ text: z.string() }),
  WorkflowDescription: workflowDescriptionSchema,
  WorkflowList: z.array(workflowDescriptionSchema),
  Workflow: workflowViewSchema,
  ImportedRun: importedSchema,
  Health: healthSchema,
  Problem: problemSchema,
};

const place = (name: string): string => `#/components/schemas/${name}`;

/** By name, for `components.schemas`. */
export function namedSchemas(): Record<string, JsonObject> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(SCHEMAS)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { ...OPTIONS, uri: place, io: "output" });
  const { __shared: _, ...named } = schemas;
  return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, plain(schema)]));
}

/** Of a body or parameter: what may be sent. */
export function inputSchema(schema: z.ZodType): JsonObject {
  return plain(z.toJSONSchema(schema, { ...OPTIONS, io: "input" }));
}

const OPTIONS = { unrepresentable: "any" } as const;

/** What zod writes out of the way: in the schemas here, only what JSON is made up of. */
const ANY_JSON = /\/\$defs\//;

/** Without what only a document of its own needs; any JSON is what the empty schema says. */
function plain(schema: object): JsonObject {
  const text = JSON.stringify(schema, (_, value: unknown) => (isAnyJson(value) ? {} : value));
  const { $schema: _, $id: __, id: ___, $defs: ____, ...rest } = JSON.parse(text) as JsonObject;
  return rest;
}

function isAnyJson(value: unknown): boolean {
  return isJsonObject(value) && typeof value.$ref === "string" && ANY_JSON.test(value.$ref);
}
