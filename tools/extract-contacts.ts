/** Built-in tool `extract_contacts`: e-mail addresses, telephone numbers and web addresses. Owns: its schemas and hints. */
import { z } from "zod";
import { defineTool } from "../src/tool/define-tool.ts";
import { evidenceShape } from "./text/evidence.ts";
import { findContacts } from "./text/find-contacts.ts";

/** Contacts by patterns, each once, in the order of the text. */
export const extractContacts = defineTool({
  name: "extract_contacts",
  version: "1",
  description: "Lists the e-mail addresses, telephone numbers and web addresses in a text, each once.",
  inputSchema: z.object({ text: z.string().describe("The text to look for contacts in.") }),
  outputSchema: z.object({
    items: z
      .array(
        z.object({
          kind: z.enum(["email", "phone", "url"]).describe("email, phone (telephone number) or url (web address)."),
          value: z.string().describe("The address or number as it stands in the text."),
          offset: z.int().min(0).describe("Where it first stands, in UTF-16 code units."),
        }),
      )
      .describe("Contacts in the order of the text."),
    ...evidenceShape(["address-patterns", "none"]),
  }),
  effect: "read",
  idempotency: "pure",
  derive: "inputs",
  planning: {
    intents: [
      "contacts",
      "contact details",
      "who can I contact",
      "how can I reach them",
      "find the contacts",
      "list the contacts",
      "email addresses",
      "e-mail addresses",
      "phone numbers",
      "telephone numbers",
      "web addresses",
      "urls",
      "links",
    ],
    answer: "items",
  },
  async execute({ text }, { signal }) {
    const found = await findContacts(text, signal);
    const seen = new Set<string>();
    const items = found
      .filter(({ kind, value }) => {
        const key = `${kind} ${kind === "phone" ? value.replace(/\D/g, "") : value.toLowerCase()}`;
        const isNew = !seen.has(key);
        seen.add(key);
        return isNew;
      })
      .map(({ kind, value, offset }) => ({ kind, value, offset }));
    return items.length === 0
      ? { items, method: "none" as const, confidence: 0.7 }
      : { items, method: "address-patterns" as const, confidence: 0.85 };
  },
});
