/**
 * Built-in tool `extract_amounts`: money, percentages and measured quantities. Owns: its schemas and hints.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape } from "./text/evidence.ts";
import { findAmounts } from "./text/find-amounts.ts";

/** Amounts by patterns; whether 1.234 is a thousand or one and a quarter is decided by what the text itself shows. */
export const extractAmounts = defineTool({
  name: "extract_amounts",
  version: "1",
  description:
    "Lists the amounts of a text: money, percentages and quantities with a unit, each as written, as a number and with its unit (ISO 4217 code, 'percent', 'kg' …).",
  inputSchema: z.object({ text: z.string().describe("The text to look for amounts in.") }),
  outputSchema: z.object({
    items: z
      .array(
        z.object({
          text: z.string().describe("The amount as it stands in the text."),
          value: z.number().describe("The number, 'million' and the like multiplied out."),
          unit: z.string().describe("ISO 4217 code of a currency, 'percent', or a unit such as 'kg' or 'km'."),
          offset: z.int().min(0).describe("Where it starts, in UTF-16 code units."),
        }),
      )
      .describe("Amounts in the order of the text."),
    ...evidenceShape(["number-patterns", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "amounts",
      "amounts of money",
      "find the amounts",
      "list the amounts",
      "extract the amounts",
      "prices",
      "costs",
      "sums of money",
      "figures",
      "percentages",
      "quantities",
      "how much does it cost",
      "how much money",
    ],
    answer: "items",
  },
  async execute({ text }, { signal }) {
    const { items, isAmbiguous } = await findAmounts(text, signal);
    if (items.length === 0) return { items, method: "none" as const, confidence: 0.6 };
    return { items, method: "number-patterns" as const, confidence: isAmbiguous ? 0.6 : 0.85 };
  },
});
