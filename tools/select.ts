/** `select`: filters, groups, orders and shortens a list. Owns: its schemas and its words; the work is in select/. */
import { z } from "zod";
import type { JsonObject, JsonValue } from "../src/shared/json.ts";
import { defineTool } from "../src/tool/define-tool.ts";
import { applySelection } from "./select/apply-selection.ts";
import { inferSelection } from "./select/infer-selection.ts";
import { readSelection, type SelectInput } from "./select/read-selection.ts";

const DESCRIPTION = `Filters, groups, orders, shortens and reshapes a list, in that order. A field is a path below the element, such as amount, customer.name or tags[0]; "" is the element itself.
where: one condition on each element: {"field": "amount", "gt": 100}; operators is, not, in, contains, startsWith, endsWith, gt, gte, lt, lte, exists, empty; some, every over a list inside; {"all": […]}, {"any": […]}, {"none": […]}.
groupBy: the items become {key, items, count}, and what follows works on these. orderBy: numbers, then texts, then the rest; missing ones last. take: how many to keep. pick: which fields to keep, or new name → field.
Gives the items, the first of them (null if none) and the count before take.`;

const inputSchema = z
  .strictObject({
    items: z.array(z.unknown()).describe("The list, usually a reference."),
    where: z.record(z.string(), z.unknown()).optional(),
    groupBy: z.strictObject({ field: z.string() }).optional(),
    orderBy: z.array(z.strictObject({ field: z.string(), descending: z.boolean().optional() })).optional(),
    take: z.int().min(0).optional(),
    pick: z.union([z.array(z.string()), z.record(z.string(), z.string())]).optional(),
  })
  .superRefine((input, context) => {
    for (const { path, words, hint } of readSelection(input as SelectInput).problems) {
      context.addIssue({ code: "custom", path, message: words, params: { hint } });
    }
  });

export const select = defineTool({
  name: "select",
  description: DESCRIPTION,
  inputSchema,
  outputSchema: z.object({ items: z.array(z.unknown()), first: z.unknown(), count: z.int().min(0) }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  // Only ever a step towards something else: no words of a goal ask for it.
  planning: { intents: [], answer: "items" },
  inferOutput: inferSelection,
  execute(input) {
    const { selection } = readSelection({ ...input, where: input.where as JsonObject | undefined });
    return applySelection(input.items as JsonValue[], selection);
  },
});
