/** Checks a run's output against the schema that the request asked for (KERNEL 11). */
import type { Issue } from "../error/issue.ts";
import type { JsonSchema, JsonValue } from "../shared/json.ts";
import { givenSchemaCheck } from "../tool/given-schema-check.ts";

/** Issues with code OUTPUT_INVALID; none where the output fits. */
export function checkRunOutput(schema: JsonSchema, output: JsonValue): Issue[] {
  const examined = givenSchemaCheck(schema)(output);
  if (examined.ok) return [];
  return examined.findings.map(({ path, problem, hint }) => ({
    severity: "error" as const,
    code: "OUTPUT_INVALID" as const,
    path,
    message: `The run's output${path === "" ? "" : ` at ${path}`} ${problem}.`,
    hint,
    fix: null,
  }));
}
