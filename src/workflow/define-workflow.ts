/** A workflow written in TypeScript. Owns: nothing but the check of its shape. */
import { parseWorkflow } from "./parse-workflow.ts";
import type { Workflow } from "./workflow.ts";
import { refuseIssues } from "./workflow-library.ts";

/**
 * The workflow as it is, checked; the same object as YAML or JSON would give.
 *
 * @example
 * export default defineWorkflow({
 *   name: "digest",
 *   version: 1,
 *   steps: [{ id: "summary", tool: "summarize", input: { text: { ref: "document.text" } } }],
 * });
 *
 * Throws PLAN_SCHEMA, PLAN_UNKNOWN_FIELD, PLAN_BAD_VALUE or PLAN_TOO_LARGE with every issue.
 */
export function defineWorkflow(definition: Workflow): Workflow {
  const { workflow, issues } = parseWorkflow(definition);
  const given: unknown = definition;
  const named = typeof given === "object" && given !== null && "name" in given ? String(given.name) : "";
  refuseIssues({ name: named.slice(0, 64), lineOf: () => null }, issues);
  if (workflow === null) throw new Error("a workflow without issues is there");
  return workflow;
}
