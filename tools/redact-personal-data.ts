/**
 * Built-in tool `redact_personal_data`: a text with placeholders for what tells of persons. Owns: its schemas and hints.
 * Must not: give back what it took out.
 */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { findEntities } from "./extract-entities.ts";
import { evidenceShape } from "./text/evidence.ts";
import { PERSONAL_KINDS, redactText } from "./text/redact-text.ts";

/** Names, e-mail addresses, telephone numbers, bank accounts, cards and network addresses, by patterns and a dictionary. */
export const redactPersonalData = defineTool({
  name: "redact_personal_data",
  version: "1",
  description:
    "Replaces personal data in a text by placeholders such as [PERSON_1] or [EMAIL_2]: names of people, e-mail addresses, telephone numbers, bank accounts, payment cards and network addresses. It may miss some: read the result before you pass it on.",
  inputSchema: z.object({ text: z.string().describe("The text to redact.") }),
  outputSchema: z.object({
    text: z.string().describe("The text with placeholders."),
    items: z
      .array(
        z.object({
          kind: z.enum(PERSONAL_KINDS).describe("person, email, phone, iban, card or ip."),
          placeholder: z.string().describe("What stands in its place; the same data has the same placeholder."),
          count: z.int().min(1).describe("How often it stood in the text."),
        }),
      )
      .describe("What was replaced, in the order of the text; never the data itself."),
    ...evidenceShape(["patterns-and-names", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "redact",
      "redact personal data",
      "redact the names",
      "anonymise",
      "anonymize",
      "pseudonymise",
      "remove personal data",
      "remove personal information",
      "mask personal data",
      "black out",
      "hide the names",
      "strip personal details",
    ],
    answer: "text",
  },
  async execute({ text }, { signal }) {
    const people = (await findEntities(text, signal)).filter(({ kind }) => kind === "person");
    const { text: redacted, items } = await redactText(text, { people: people.map((person) => person.text), signal });
    return items.length === 0
      ? { text: redacted, items, method: "none" as const, confidence: 0.5 }
      : { text: redacted, items, method: "patterns-and-names" as const, confidence: 0.7 };
  },
});
