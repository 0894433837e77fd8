import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import type { Grant } from "../../src/goal/run-request.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { systemClock } from "../../src/shared/clock.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { loadWorkflows } from "../../src/workflow/load-workflows.ts";
import { createOffice, type Office, officeTools } from "./fake-office.ts";

const workflows = loadWorkflows({ folders: [join(import.meta.dirname, "../fixtures/workflows")] });
const clock = { ...systemClock, now: () => Date.parse("2026-03-02T08:00:00Z") };

interface Outcome {
  result: RunResult;
  office: Office;
  /** Steps that a person was asked about, and allowed. */
  approved: string[];
}

interface Given {
  params?: JsonObject;
  office?: (office: Office) => void;
  approve?: Grant[];
}

/** Carries the workflow out in an office of its own; the person at the desk allows whatever they are asked. */
async function carryOut(
  workflow: string,
  { params = {}, office: prepare, approve = [] }: Given = {},
): Promise<Outcome> {
  const office = createOffice();
  prepare?.(office);
  const runtime = createRuntime({ store: createMemoryStore(), tools: officeTools(office), workflows, clock });
  const approved: string[] = [];
  const run = await runtime.start({ workflow, params, approve });
  let result = await run.result();
  while (result.status === "waiting") {
    for (const { id, step } of result.waiting?.approvals ?? []) {
      approved.push(step ?? "");
      await run.approve({ id });
    }
    result = await run.result();
  }
  await runtime.close();
  return { result, office, approved: [...new Set(approved)].sort() };
}

describe("orders", () => {
  test("late_orders marks the old open ones, oldest first, and no others", async () => {
    const { result, office, approved } = await carryOut("late_orders");
    expect(result).toMatchObject({ status: "completed", output: { late: ["o1", "o4"], marked: 2 } });
    expect(office.orders.map(({ status }) => status)).toEqual(["late", "open", "lost", "late"]);
    expect(approved).toEqual([]);
  });

  test("late_orders with more patience marks fewer", async () => {
    const { office } = await carryOut("late_orders", { params: { days: 40 } });
    expect(office.orders.map(({ status }) => status)).toEqual(["late", "open", "lost", "open"]);
  });

  test("thank_biggest writes to the customer of the biggest order", async () => {
    const { result, office } = await carryOut("thank_biggest");
    expect(office.sent).toEqual([
      { to: "bo@example.org", subject: "Thank you", body: "Dear Bo, thank you for 900 crowns." },
    ]);
    expect(result.output).toEqual({ customer: "Bo", thanked: "completed" });
  });

  test("thank_biggest writes to nobody where no order is big enough", async () => {
    const { result, office } = await carryOut("thank_biggest", { params: { least: 1_000 } });
    expect(office.sent).toEqual([]);
    expect(result).toMatchObject({ status: "completed", output: { customer: "Bo", thanked: "unmet" } });
  });

  test("settle_order refunds a lost order, with the grant that came with the request", async () => {
    const { result, office, approved } = await carryOut("settle_order", {
      params: { order: "o3" },
      approve: [{ tool: "refund_order" }],
    });
    expect(result).toMatchObject({ status: "completed", output: { refund: "r1" } });
    expect(office.refunds).toEqual([{ order: "o3", amount: 60 }]);
    expect(office.orders[2]?.status).toBe("refunded");
    expect(approved).toEqual([]);
  });

  test("settle_order asks a person about a refund without a grant", async () => {
    const { office, approved } = await carryOut("settle_order", { params: { order: "o3" } });
    expect(approved).toEqual(["refund"]);
    expect(office.refunds).toHaveLength(1);
  });

  test("settle_order closes any other order and refunds nothing", async () => {
    const { result, office } = await carryOut("settle_order", { params: { order: "o2" } });
    expect(result).toMatchObject({ status: "completed", output: { refund: "none" } });
    expect(office.refunds).toEqual([]);
    expect(office.orders.map(({ status }) => status)).toEqual(["open", "closed", "lost", "open"]);
  });

  test.each([
    ["fall", 400, { to: "boss@example.org", subject: "Sales fall", body: "-30 %" }, "s1"],
    ["rise", 200, { to: "team@example.org", subject: "Sales rise", body: "40 %" }, "s1"],
    ["calm", 280, null, "calm"],
  ])("sales_alarm: a %s from %d is told to the right person", async (...[step, before, mail, told]) => {
    const { result, office } = await carryOut("sales_alarm", { params: { before } });
    expect(office.sent).toEqual(mail === null ? [] : [mail]);
    expect(result).toMatchObject({ status: "completed", output: { told } });
    const statuses = Object.fromEntries(result.steps.map(({ id, status }) => [id, status]));
    const branches = ["fall", "rise", "calm"];
    expect(branches.filter((branch) => statuses[branch] === "completed")).toEqual([step]);
  });
});

describe("mail", () => {
  test("morning_digest sends the unread subjects, oldest first, once a person has seen them", async () => {
    const { result, office, approved } = await carryOut("morning_digest", { params: { to: "me@example.org" } });
    expect(office.sent).toEqual([
      { to: "me@example.org", subject: "Unread mail", body: "Invoice 17; Invoice 18; Pier" },
    ]);
    expect(result).toMatchObject({ status: "completed", output: { sent: "s1" } });
    expect(approved).toEqual(["digest"]);
  });

  test("morning_digest says so where everything is read", async () => {
    const readAll = (office: Office): void => {
      for (const mail of office.mails) mail.unread = false;
    };
    const { office } = await carryOut("morning_digest", { params: { to: "me@example.org" }, office: readAll });
    expect(office.sent).toEqual([{ to: "me@example.org", subject: "No unread mail", body: "Enjoy your coffee." }]);
  });

  test("sort_mail labels the unread ones by their subject, each once", async () => {
    const { result, office, approved } = await carryOut("sort_mail");
    expect(office.mails.map(({ labels }) => labels)).toEqual([["Invoice"], [], ["Invoice"], ["other"]]);
    expect(result.output).toEqual({ named: 2, others: 1 });
    expect(approved).toEqual(["label_named", "label_others"]);
  });

  test("customer_report puts orders and letters of one customer side by side", async () => {
    const { result, office } = await carryOut("customer_report", { params: { name: "Ada", email: "ada@example.org" } });
    expect(result.output).toMatchObject({
      total: 160,
      report: expect.stringMatching(/# Ada[\s\S]*160[\s\S]*Invoice 17[\s\S]*Pier/),
      facts: { ordered: { count: 2 }, wrote: { count: 2 } },
    });
    expect(office).toEqual(createOffice());
  });
});

test("a workflow that waits goes on in another process, which does not know its file", async () => {
  const office = createOffice();
  const store = createMemoryStore();
  const first = createRuntime({ store, tools: officeTools(office), workflows, clock });
  const { id, status } = await first.run({ workflow: "morning_digest", params: { to: "me@example.org" } });
  expect(status).toBe("waiting");
  await first.close();
  const second = createRuntime({ store, tools: officeTools(office), workflows: loadWorkflows(), clock });
  await second.runs.approve(id);
  const result = await second.runs.settled(id);
  expect(result).toMatchObject({
    status: "completed",
    workflow: { name: "morning_digest", version: 1 },
    output: { sent: "s1" },
  });
  expect(office.sent).toHaveLength(1);
  expect(result.steps.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 0]);
  await second.close();
});

describe("the calendar", () => {
  test.each([
    ["a free day", "2026-03-10", "2026-03-10"],
    ["the next one where it is taken", "2026-03-03", "2026-03-04"],
    ["the next one over the end of a month", "2026-02-28", "2026-03-01"],
  ])("book_day books %s", async (_, date, booked) => {
    const take = (office: Office): void =>
      void office.events.push({ id: "e0", title: "Full", date: "2026-02-28", people: [] });
    const { result, office } = await carryOut("book_day", {
      params: { title: "Talk", date, people: ["ada@example.org"] },
      office: take,
    });
    expect(result).toMatchObject({ status: "completed", output: { date: booked } });
    expect(office.events.at(-1)).toMatchObject({ title: "Talk", date: booked, people: ["ada@example.org"] });
    expect(office.events).toHaveLength(6);
  });

  test("reminders go to the first guest of what is coming, with the days that are left", async () => {
    const { office, result } = await carryOut("reminders");
    expect([...office.sent].sort((left, right) => (left.subject < right.subject ? -1 : 1))).toEqual([
      { to: "cy@example.org", subject: "Dinner", body: "In 2 days." },
      { to: "bo@example.org", subject: "Harbour tour", body: "In 1 days." },
    ]);
    expect(result.output).toEqual({ reminded: ["Harbour tour", "Dinner"] });
  });

  test("reminders of an empty week are none", async () => {
    const { office, result } = await carryOut("reminders", { params: { days: 0 } });
    expect(result).toMatchObject({ status: "completed", output: { reminded: [] } });
    expect(office.sent).toEqual([]);
  });

  test("postpone_past moves what is over, one nested workflow for each", async () => {
    const { office, result } = await carryOut("postpone_past");
    expect(result).toMatchObject({ status: "completed", output: { moved: ["e1"], to: ["2026-03-22"] } });
    expect(office.events.map(({ date }) => date)).toEqual(["2026-03-22", "2026-03-03", "2026-03-04", "2026-05-01"]);
    expect(result.steps.map(({ id, index }) => (index === null ? id : `${id}[${index}]`))).toEqual([
      "events",
      "past",
      "each_date",
      "each_date[0]",
      "each_move",
      "each_move[0]",
    ]);
  });
});
