/**
 * Checks against schemas that come as data, with requests, workflows and plans: references alone can make a few lines
 * of one take for ever. Owns: how long such a check may take. Must not: be needed for schemas of registered tools.
 */
import type { JsonSchema } from "../shared/json.ts";
import { runInTime } from "../shared/run-in-time.ts";
import { forgetSchemas, jsonSchemaCheck, prepareCheck, schemaProblem } from "./json-schema-check.ts";
import { plainSchemaFits } from "./plain-schema.ts";
import type { Examined } from "./schema-reading.ts";

/** Common checks take less than a hundredth of it. */
const LIMIT_MS = 400;

/** Like `jsonSchemaCheck`; a check that takes too long fails with one finding that says so. */
export function givenSchemaCheck(schema: JsonSchema): (value: unknown) => Examined {
  const fits = plainSchemaFits(schema);
  return (value) => {
    if (fits?.(value) === true) return { ok: true, value };
    const checked = inTime(schema, () => jsonSchemaCheck(schema)(value));
    if (checked !== null) return checked;
    const problem = `cannot be checked: its schema takes more than ${LIMIT_MS} ms`;
    return { ok: false, findings: [{ path: "", problem, hint: "Make the schema plainer, or the value smaller." }] };
  };
}

/** Why the schema can't be used at all, completing "the schema …", or null. */
export function givenSchemaProblem(schema: JsonSchema): string | null {
  if (plainSchemaFits(schema) !== null) return null;
  const found = inTime(schema, () => ({ problem: schemaProblem(schema) }));
  return found === null ? `takes more than ${LIMIT_MS} ms to read` : found.problem;
}

/** Null where it takes too long. */
function inTime<T>(schema: JsonSchema, work: () => T): T | null {
  let isFirst = true;
  const prepare = (): void => {
    if (!isFirst) forgetSchemas();
    isFirst = false;
    prepareCheck(schema);
  };
  const done = runInTime({ work, prepare, limitMs: LIMIT_MS });
  return done.isInTime ? done.value : null;
}
