/** Schemas of success criteria: one that can't be used is better found before the run than at its end. */
import type { Issue } from "../error/issue.ts";
import { givenSchemaProblem } from "../tool/given-schema-check.ts";
import type { CompiledWorkflow } from "./compile-workflow.ts";

/** Issues with code PLAN_BAD_VALUE. */
export function checkCriterionSchemas({ rules }: CompiledWorkflow): Issue[] {
  return rules.success.flatMap((criterion, place) => {
    const problem = "schema" in criterion ? givenSchemaProblem(criterion.schema) : null;
    if (problem === null) return [];
    return {
      severity: "error" as const,
      code: "PLAN_BAD_VALUE" as const,
      path: `/success/${place}/schema`,
      message: `The schema of the success criterion '${criterion.name}' cannot be used: ${problem}.`,
      hint: "Correct the schema; regular expressions have to do without looking ahead or behind and without references.",
      fix: null,
    };
  });
}
