import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRulePlanner } from "../../planners/rule-planner.ts";
import type { Decision, PlanDecision } from "../../src/plan/decision.ts";
import type { HistoryItem, PlanningRequest, ToolDescription } from "../../src/planner/planning-request.ts";
import { faultsOf } from "./fixtures/check-plan.ts";
import { digest, integer, list, object, planningRequest, text, tool } from "./fixtures/planning-request.ts";
import { SHOP_TOOLS } from "./fixtures/shop-tools.ts";
import { TEXT_TOOLS } from "./fixtures/text-tools.ts";

const signal = new AbortController().signal;

async function decide(request: PlanningRequest): Promise<Decision> {
  return (await createRulePlanner().plan(request, { signal })).raw as unknown as Decision;
}

async function planFor(goal: string, rest: Partial<PlanningRequest> = {}, tools = TEXT_TOOLS): Promise<PlanDecision> {
  const request = planningRequest(goal, tools, rest);
  const decision = await decide(request);
  if (decision.kind !== "plan") throw new Error(`${decision.kind}: ${JSON.stringify(decision)}`);
  expect(faultsOf(JSON.parse(JSON.stringify(decision)), request)).toEqual([]);
  return decision;
}

function past(step: string, toolName: string, status: HistoryItem["status"]): HistoryItem {
  const error = status === "failed" ? { code: "TOOL_PERMANENT" as const, message: null } : null;
  return { step, tool: toolName, status, preview: null, outputSchema: null, error };
}

describe("plans", () => {
  test("name their answers by the goal's words and keep to where each answer stands", async () => {
    const plan = await planFor(
      "Summarise this, list the topics and the people and organisations, and tell me how the tone changes",
    );
    expect(plan.output).toEqual({
      summary: { ref: "summary.text" },
      topics: { ref: "topics.items" },
      people_and_organisations: { ref: "people_and_organisations.items" },
      tone: { ref: "tone" },
    });
  });

  test("take numbers only where they count what the input says", async () => {
    const plan = await planFor("Summarise it in three sentences and list the top 5 topics");
    expect(plan.steps.map((step) => step.input)).toEqual([
      { text: { ref: "document.text" }, sentences: 3 },
      { text: { ref: "document.text" }, max: 5 },
    ]);
    const words = await planFor("Summarise this in 100 words");
    expect(words.steps[0]?.input).toEqual({ text: { ref: "document.text" } });
    expect(words.rationale).toContain('Not used, since no input takes it: "100"');
  });

  test("make the else branch wait for the then branch to be unmet, and give both a default", async () => {
    const plan = await planFor("If the tone is negative, list the people, otherwise summarise");
    expect(plan.steps.map((step) => step.when)).toEqual([
      undefined,
      { ref: "tone.label", is: "negative" },
      { ref: "tone.label", is: "negative" },
      { ref: "status.entities", is: "unmet" },
    ]);
    expect(plan.output).toEqual({
      people: { ref: "people.items", default: null },
      summary: { ref: "summary.text", default: null },
    });
  });

  test("join two branches of the same answer", async () => {
    const plan = await planFor("If the tone is negative, summarise in 2 sentences, otherwise summarise in 5 sentences");
    expect(plan.output).toEqual({
      summary: { ref: "summary.text", default: { ref: "summary_2.text", default: null } },
    });
  });

  test("give a report the answers of the other wishes, absent ones as null", async () => {
    const plan = await planFor("Summarise this. If the tone is negative, list the people. Then compile a report.");
    expect(plan.steps.find((step) => step.tool === "compile_report")?.input.sections).toEqual([
      { title: "Summary", content: { ref: "summary.text" } },
      { title: "People", content: { ref: "people.items", default: null } },
    ]);
  });

  test("run once for each of several documents, and chain place by place", async () => {
    const documents = [digest("a.md"), digest("b.md")];
    const plan = await planFor("Summarise these and list the topics of the summary", { documents });
    expect(plan.steps).toMatchObject([
      { input: { text: { ref: "item.text" } }, forEach: { items: { ref: "documents" }, max: 2 } },
      { input: { text: { ref: "summary[index].text" } }, forEach: { items: { ref: "documents" }, max: 2 } },
    ]);
  });

  test("take inputs from parameters by name, however it is written", async () => {
    const plan = await planFor("Order details please", { params: { order_id: 12 }, documents: [] }, SHOP_TOOLS);
    expect(plan.steps[0]?.input).toEqual({ orderId: { ref: "params.order_id" } });
  });

  test("say in words how each wish is met and with which score, and what else was weighed", async () => {
    const { raw, considered } = await createRulePlanner().plan(planningRequest("List the main topics", TEXT_TOOLS), {
      signal,
    });
    expect(raw).toMatchObject({
      rationale: expect.stringMatching(/"List the main topics" → extract_topics \(0\.\d\d, by the phrase/),
    });
    expect(considered?.[0]).toMatchObject({ tool: "extract_topics", why: expect.stringContaining("taken for") });
    expect(considered?.some((entry) => entry.why.includes("not taken"))).toBe(true);
  });
});

describe("questions", () => {
  test("come back as the input they asked for, and are never asked twice", async () => {
    const first = await decide(planningRequest("Cancel the order", SHOP_TOOLS, { documents: [] }));
    if (first.kind !== "ask") throw new Error(first.kind);
    const answered = { documents: [], cause: "answer" as const, answers: [{ question: first.question, answer: "17" }] };
    const plan = await planFor("Cancel the order", answered, SHOP_TOOLS);
    expect(plan.steps).toMatchObject([{ tool: "cancel_order", input: { orderId: 17 } }]);
    const useless = { ...answered, answers: [{ question: first.question, answer: "no idea" }] };
    expect((await decide(planningRequest("Cancel the order", SHOP_TOOLS, useless))).kind).toBe("abandon");
  });

  test("about the content of a report add wishes", async () => {
    const first = await decide(planningRequest("Write a report", TEXT_TOOLS));
    if (first.kind !== "ask") throw new Error(first.kind);
    const answers = [{ question: first.question, answer: "the topics and the tone" }];
    const plan = await planFor("Write a report", { answers });
    expect(plan.steps.map((step) => step.tool).sort()).toEqual([
      "analyze_sentiment",
      "compile_report",
      "extract_topics",
    ]);
  });

  test("keep an answer that looks like a reference as plain text", async () => {
    const tools = [
      tool("greet", {
        description: "Greets.",
        input: object({ who: text, tags: list(text) }),
        output: object({ said: text }),
        intents: ["greet"],
        inputs: { who: "quote" },
      }),
    ];
    const question = 'x (input "tags" of the tool "greet")';
    const plan = await planFor('Greet "{{goal}}"', { answers: [{ question, answer: ["a"] }], documents: [] }, tools);
    expect(plan.steps[0]?.input).toEqual({ who: "{{goal}}", tags: ["a"] });
  });
});

describe("replans", () => {
  const failed = { n: 2, cause: "step-failed" as const };

  test("keep what is done, under the same id and definition, and leave out what has no other tool", async () => {
    const goal = "Summarise this and list the topics";
    const before = await planFor(goal);
    const history = [past("summary", "summarize", "completed"), past("topics", "extract_topics", "failed")];
    const after = await planFor(goal, { ...failed, history });
    expect(after.steps).toEqual([before.steps[0]]);
    expect(after.rationale).toContain('Left out: "list the topics"');
  });

  test("try the next tool for the wish under a new id", async () => {
    const other = tool("find_themes", {
      description: "Themes.",
      input: object({ text }),
      output: object({ themes: list(text) }),
      intents: ["topics"],
      answer: "themes",
    });
    const history = [past("topics", "extract_topics", "failed")];
    const after = await planFor("List the topics", { ...failed, history }, [...TEXT_TOOLS, other]);
    expect(after.steps).toMatchObject([{ id: "topics_2", tool: "find_themes" }]);
    expect(after.output).toEqual({ topics: { ref: "topics_2.themes" } });
  });

  test("never put another tool in the place of one with side effects", async () => {
    const drop = {
      ...tool("drop_order", {
        description: "Drops.",
        input: object({ orderId: integer }),
        output: object({}),
        intents: ["cancel order"],
        inputs: { orderId: "number" },
      }),
    };
    const history = [past("cancel", "cancel_order", "failed"), past("cancel_order", "cancel_order", "failed")];
    const request = planningRequest("Cancel order 3", [...SHOP_TOOLS, drop], { ...failed, history, documents: [] });
    expect((await decide(request)).kind).toBe("abandon");
  });

  test("give a report whose sections changed a new id", async () => {
    const history = [
      past("summary", "summarize", "completed"),
      past("topics", "extract_topics", "failed"),
      past("report", "compile_report", "pending"),
    ];
    const after = await planFor("Summarise this, list the topics and write a report", { ...failed, history });
    expect(after.steps.map((step) => step.id)).toEqual(["summary", "report_2"]);
  });

  test("give up when nothing is left", async () => {
    const history = [past("summary", "summarize", "failed")];
    expect(await decide(planningRequest("Summarise this", TEXT_TOOLS, { ...failed, history }))).toMatchObject({
      kind: "abandon",
      reason: expect.stringContaining("failed"),
    });
  });

  test("after the checker's findings avoid the tool or the id at fault, and give up rather than repeat", async () => {
    const previous = JSON.parse(JSON.stringify(await planFor("Summarise this")));
    const issue = { severity: "error" as const, path: "/steps/0/id", message: "taken", hint: "", fix: null };
    const reused = { attempt: 2, previous, issues: [{ ...issue, code: "PLAN_ID_REUSED" as const }] };
    expect((await planFor("Summarise this", reused)).steps[0]?.id).toBe("summary_2");
    const odd = { attempt: 2, previous, issues: [{ ...issue, path: "/output", code: "PLAN_BAD_REF" as const }] };
    expect((await decide(planningRequest("Summarise this", TEXT_TOOLS, odd))).kind).toBe("abandon");
  });
});

describe("a wanted result shape", () => {
  test("gets its properties by name and type", async () => {
    const outputSchema = object({ summary: text, themes: list({}), "mood?": text });
    const plan = await planFor("Summarise this, list the themes and tell me the tone", { outputSchema });
    expect(plan.output).toEqual({
      summary: { ref: "summary.text" },
      themes: { ref: "themes.items" },
      mood: { ref: "tone.label" },
    });
  });

  test("that no answer fits is refused with the property's name", async () => {
    const outputSchema = object({ price: integer });
    expect(await decide(planningRequest("Summarise this", TEXT_TOOLS, { outputSchema }))).toMatchObject({
      kind: "abandon",
      reason: expect.stringContaining('"price"'),
    });
  });
});

describe("robustness", () => {
  test("500 tools and a goal of 10,000 characters are planned in under a second of processor time", async () => {
    const many: ToolDescription[] = Array.from({ length: 500 }, (_, place) =>
      tool(`tool_${place}`, {
        description: `Does thing number ${place} to a list of documents.`,
        input: object({ text }),
        output: object({ text }),
        intents: [`gizmo${place}`, `list the main gizmo${place} of the document`],
      }),
    );
    const goal = `${"list the main gizmo7 and gizmo8 of this document, ".repeat(200)}`.slice(0, 10_000);
    const started = process.cpuUsage();
    await decide(planningRequest(goal, many));
    expect(process.cpuUsage(started).user / 1_000).toBeLessThan(1_000);
  });

  test("any text gives the same valid decision twice", { timeout: 30_000 }, async () => {
    const tools = [...TEXT_TOOLS, ...SHOP_TOOLS];
    const words = fc.constantFrom(
      "summarise",
      "list",
      "the",
      "topics",
      "people",
      "if",
      "negative",
      "tone",
      "otherwise",
      ",",
      ".",
      "then",
      "for each",
      "not",
      "report",
      "before",
      "summary",
      "of",
      '"a"',
      "3",
      "and",
      "or",
      "using",
      "\n",
      "\u202e",
      "é",
      "{{goal}}",
      "search for",
      "order",
    );
    const goals = fc.oneof(
      fc.array(words, { maxLength: 14 }).map((list) => list.join(" ")),
      fc.string({ unit: "binary", maxLength: 60 }),
    );
    const planner = createRulePlanner();
    await fc.assert(
      fc.asyncProperty(goals, fc.integer({ min: 0, max: 2 }), async (goal, count) => {
        const documents = [digest("a.md"), digest("b.md")].slice(0, count);
        const request = planningRequest(goal, tools, { documents });
        const first = await planner.plan(request, { signal });
        expect(faultsOf(first.raw, request)).toEqual([]);
        expect(await createRulePlanner().plan(request, { signal })).toEqual(first);
      }),
      { numRuns: 30 },
    );
  });

  test("tools with side effects never run unless the goal's own verb asks for them", async () => {
    const goals = [
      "What emails were sent?",
      "Cancelled orders",
      "Tell me about cancelling",
      'Find "cancel order 5"',
      "Should I cancel order 4?",
    ];
    for (const goal of goals) {
      const decision = await decide(planningRequest(goal, SHOP_TOOLS, { documents: [] }));
      const tools = decision.kind === "plan" ? decision.steps.map((step) => step.tool) : [];
      expect(
        tools.filter((name) => ["cancel_order", "send_message", "book_table"].includes(name)),
        goal,
      ).toEqual([]);
    }
  });
});
