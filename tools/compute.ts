/** `compute`: arithmetic, counting, joining and dates on values of the run. Owns: its schemas, its words, its typing. */
import { z } from "zod";
import { PlanwrightError } from "../src/error/planwright-error.ts";
import { listSchema, nullableSchema, objectSchema } from "../src/plan/schema-compose.ts";
import { expandView, viewOf } from "../src/plan/schema-expand.ts";
import type { JsonSchema, JsonValue } from "../src/shared/json.ts";
import { defineTool } from "../src/tool/define-tool.ts";
import { DATE_UNITS } from "./compute/calendar.ts";
import { computeValue, OPERATIONS } from "./compute/compute-value.ts";
import { constantOf } from "./constant-of.ts";
import { elementSchema, isNeverEmpty } from "./element-schema.ts";

const DESCRIPTION = `Calculates one value from a list. op says what values must hold:
sum, average, multiply: numbers; min, max: numbers or texts (ISO dates too); subtract, divide: the first minus, or divided by, the others;
percent_change: [from, to], 25 means a rise of 25 %; round: [number]; count, distinct: anything; join: texts, numbers, booleans, put together with separator (", ");
date_add: [date, whole number], date_diff: [from, to], in unit (days), dates as 2026-03-01 or 2026-03-01T09:30:00Z.
digits rounds a number, half away from zero. sum of nothing is 0; average, min and max of nothing are null. Texts are never read as numbers.`;

const inputSchema = z
  .strictObject({
    op: z.enum(OPERATIONS),
    values: z.array(z.unknown()).describe("The values in order, such as a reference to items[*].amount."),
    unit: z.enum(DATE_UNITS).optional().describe("For date_add and date_diff; days by default."),
    separator: z.string().optional().describe('For join; ", " by default.'),
    digits: z
      .int()
      .min(0)
      .max(15)
      .optional()
      .describe("Decimal places of a number; round: 0 by default, else unrounded."),
  })
  .superRefine((input, context) => {
    const outcome = computeValue({ ...input, values: input.values as JsonValue[] });
    if (outcome.ok) return;
    context.addIssue({ code: "custom", path: outcome.path, message: outcome.words, params: { hint: outcome.hint } });
  });

export const compute = defineTool({
  name: "compute",
  description: DESCRIPTION,
  inputSchema,
  outputSchema: z.object({ value: z.unknown() }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  // Only a planner that can write its operation may use it: no words of a goal ask for it.
  planning: { intents: [], answer: "value" },
  inferOutput: (inputs) => objectSchema([["value", valueSchema(inputs)]]),
  execute(input) {
    const outcome = computeValue({ ...input, values: input.values as JsonValue[] });
    if (outcome.ok) return { value: outcome.value };
    throw new PlanwrightError("TOOL_INVALID_INPUT", `compute can't work with its values: ${outcome.words}.`, {
      hint: outcome.hint,
    });
  },
});

/** Follows the operation, where the plan states it, and the type of the values. */
function valueSchema(inputs: Record<string, JsonSchema>): JsonSchema {
  switch (constantOf(inputs.op)) {
    case "count":
      return { type: "integer", minimum: 0 };
    case "join":
    case "date_add":
      return { type: "string" };
    case "average":
      return orNullIfEmpty({ type: "number" }, inputs.values);
    case "min":
    case "max":
      return orNullIfEmpty(extremeSchema(inputs.values), inputs.values);
    case "distinct":
      return listSchema(elementSchema(inputs.values));
    case undefined:
      return {};
    default:
      return { type: "number" };
  }
}

function extremeSchema(values: JsonSchema | undefined): JsonSchema {
  const types = new Set(expandView(viewOf(elementSchema(values))).map((leaf) => leaf.type));
  const [only] = types;
  if (types.size === 1 && (only === "number" || only === "string")) return { type: only };
  return { type: ["number", "string"] };
}

function orNullIfEmpty(schema: JsonSchema, values: JsonSchema | undefined): JsonSchema {
  return isNeverEmpty(values) ? schema : nullableSchema(schema);
}
