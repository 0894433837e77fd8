/** A mailbox, a calendar and orders as plain state, and tools over them. Owns: the state; every call changes it at once. */

import type { JsonObject, JsonSchema } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";

export interface Office {
  mails: { id: string; from: string; subject: string; body: string; date: string; unread: boolean; labels: string[] }[];
  events: { id: string; title: string; date: string; people: string[] }[];
  orders: { id: string; customer: string; email: string; total: number; status: string; placed: string }[];
  sent: { to: string; subject: string; body: string }[];
  refunds: { order: string; amount: number }[];
}

export function createOffice(): Office {
  return {
    mails: [
      {
        id: "m1",
        from: "ada@example.org",
        subject: "Invoice 17",
        body: "Please pay.",
        date: "2026-02-27",
        unread: true,
        labels: [],
      },
      {
        id: "m2",
        from: "bo@example.org",
        subject: "Lunch",
        body: "Soup?",
        date: "2026-03-01",
        unread: false,
        labels: [],
      },
      {
        id: "m3",
        from: "cy@example.org",
        subject: "Invoice 18",
        body: "Thanks.",
        date: "2026-02-28",
        unread: true,
        labels: [],
      },
      {
        id: "m4",
        from: "ada@example.org",
        subject: "Pier",
        body: "Open.",
        date: "2026-03-02",
        unread: true,
        labels: [],
      },
    ],
    events: [
      { id: "e1", title: "Review", date: "2026-02-20", people: ["ada@example.org"] },
      { id: "e2", title: "Harbour tour", date: "2026-03-03", people: ["bo@example.org", "cy@example.org"] },
      { id: "e3", title: "Dinner", date: "2026-03-04", people: ["cy@example.org"] },
      { id: "e4", title: "Regatta", date: "2026-05-01", people: ["ada@example.org"] },
    ],
    orders: [
      { id: "o1", customer: "Ada", email: "ada@example.org", total: 120, status: "open", placed: "2026-01-10" },
      { id: "o2", customer: "Bo", email: "bo@example.org", total: 900, status: "open", placed: "2026-02-28" },
      { id: "o3", customer: "Cy", email: "cy@example.org", total: 60, status: "lost", placed: "2026-02-01" },
      { id: "o4", customer: "Ada", email: "ada@example.org", total: 40, status: "open", placed: "2026-02-03" },
    ],
    sent: [],
    refunds: [],
  };
}

const text: JsonSchema = { type: "string" };
const texts: JsonSchema = { type: "array", items: text };

function record(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

const MAIL = record({
  id: text,
  from: text,
  subject: text,
  body: text,
  date: text,
  unread: { type: "boolean" },
  labels: texts,
});
const EVENT = record({ id: text, title: text, date: text, people: texts });
const ORDER = record({ id: text, customer: text, email: text, total: { type: "number" }, status: text, placed: text });
const DONE = record({ id: text });

function listOf(items: JsonSchema): JsonSchema {
  return record({ items: { type: "array", items } });
}

/** Whatever any of the tools takes; each reads what its schema asks for. */
interface Given {
  id: string;
  label: string;
  status: string;
  title: string;
  date: string;
  people: string[];
  amount: number;
  to: string;
  subject: string;
  body: string;
}

interface Deed {
  name: string;
  effect: Tool["effect"];
  input: Record<string, JsonSchema>;
  output: JsonSchema;
  run: (input: Given) => unknown;
}

function deed({ name, effect, input, output, run }: Deed): Tool {
  return defineTool({
    name,
    description: `Office: ${name}.`,
    inputSchema: record(input),
    outputSchema: output,
    effect,
    idempotency: effect === "read" ? "pure" : "none",
    // What other people wrote is not trusted; one's own calendar and orders are.
    ...(name === "list_mails" ? {} : { derive: "inputs" as const }),
    execute: (given) => structuredClone(run(given as unknown as Given)) as JsonObject,
  });
}

export function officeTools(office: Office): Tool[] {
  const { mails, events, orders, sent, refunds } = office;
  const find = <T extends { id: string }>(list: T[], id: string): T => {
    const found = list.find((one) => one.id === id);
    if (found === undefined) throw new Error(`there is no '${id}'`);
    return found;
  };
  const change = <T extends { id: string }>(list: T[], id: string, fields: Partial<T>): { id: string } => {
    Object.assign(find(list, id), fields);
    return { id };
  };
  return [
    deed({ name: "list_mails", effect: "read", input: {}, output: listOf(MAIL), run: () => ({ items: mails }) }),
    deed({
      name: "label_mail",
      effect: "write",
      input: { id: text, label: text },
      output: DONE,
      run: ({ id, label }) => change(mails, id, { labels: [...find(mails, id).labels, label] }),
    }),
    deed({
      name: "send_mail",
      effect: "external",
      input: { to: text, subject: text, body: text },
      output: DONE,
      run: (mail) => ({ id: `s${sent.push({ to: mail.to, subject: mail.subject, body: mail.body })}` }),
    }),
    deed({ name: "list_events", effect: "read", input: {}, output: listOf(EVENT), run: () => ({ items: events }) }),
    deed({
      name: "create_event",
      effect: "write",
      input: { title: text, date: text, people: texts },
      output: EVENT,
      run: ({ title, date, people }) => events[events.push({ title, date, people, id: `e${events.length + 1}` }) - 1],
    }),
    deed({
      name: "move_event",
      effect: "write",
      input: { id: text, date: text },
      output: DONE,
      run: ({ id, date }) => change(events, id, { date }),
    }),
    deed({ name: "list_orders", effect: "read", input: {}, output: listOf(ORDER), run: () => ({ items: orders }) }),
    deed({ name: "get_order", effect: "read", input: { id: text }, output: ORDER, run: ({ id }) => find(orders, id) }),
    deed({
      name: "update_order",
      effect: "write",
      input: { id: text, status: text },
      output: DONE,
      run: ({ id, status }) => change(orders, id, { status }),
    }),
    deed({
      name: "refund_order",
      effect: "irreversible",
      input: { id: text, amount: { type: "number" } },
      output: DONE,
      run: ({ id, amount }) => ({ id: `r${refunds.push({ order: id, amount })}` }),
    }),
  ];
}
