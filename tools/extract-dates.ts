/**
 * Built-in tool `extract_dates`: dates of a text. Owns: its schemas and hints. Must not: take the time from the machine;
 * "tomorrow" is seen from the run's own time.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape } from "./text/evidence.ts";
import { findDates } from "./text/find-dates.ts";

/** Dates and times by patterns (chrono-node), in 15 languages; deterministic and offline. */
export const extractDates = defineTool({
  name: "extract_dates",
  version: "1",
  description:
    "Lists the dates named in a text, each as written and as ISO 8601. Relative dates such as 'next Friday' are counted from the time of the run.",
  inputSchema: z.object({ text: z.string().describe("The text to look for dates in.") }),
  outputSchema: z.object({
    items: z
      .array(
        z.object({
          text: z.string().describe("The date as it stands in the text."),
          iso: z.string().describe("ISO 8601, as exact as the text is: 2026, 2026-03, 2026-03-05 or 2026-03-05T14:30."),
          end: z.string().nullable().describe("End of a span of time, ISO 8601, or null."),
          offset: z.int().min(0).describe("Where it starts, in UTF-16 code units."),
        }),
      )
      .describe("Dates in the order of the text."),
    ...evidenceShape(["date-patterns", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "dates",
      "all dates",
      "find the dates",
      "find all dates",
      "list the dates",
      "extract the dates",
      "which dates",
      "what dates are mentioned",
      "deadlines",
      "due dates",
      "timeline",
      "when does it happen",
      "when is it due",
      "when did it happen",
    ],
    answer: "items",
  },
  async execute({ text }, { signal, now }) {
    const { items, isAmbiguous } = await findDates(text, { now, signal });
    if (items.length === 0) return { items, method: "none" as const, confidence: 0.6 };
    return { items, method: "date-patterns" as const, confidence: isAmbiguous ? 0.6 : 0.8 };
  },
});
