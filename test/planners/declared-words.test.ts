/** Words that tools declare are found as they stand; words that none declares are refused. */
import { describe, expect, test } from "vitest";
import { createRulePlanner } from "../../planners/rule-planner.ts";
import type { Decision } from "../../src/plan/decision.ts";
import type { HistoryItem, PlanningRequest, ToolDescription } from "../../src/planner/planning-request.ts";
import { faultsOf } from "./fixtures/check-plan.ts";
import { list, object, planningRequest, text, tool } from "./fixtures/planning-request.ts";
import { SHIPPED_TOOLS } from "./fixtures/shipped-tools.ts";
import { TEXT_TOOLS } from "./fixtures/text-tools.ts";

const signal = new AbortController().signal;

async function decide(goal: string, rest: Partial<PlanningRequest> = {}, tools = SHIPPED_TOOLS): Promise<Decision> {
  const request = planningRequest(goal, tools, rest);
  const { raw } = await createRulePlanner().plan(request, { signal });
  expect(faultsOf(raw, request)).toEqual([]);
  return raw as unknown as Decision;
}

function twoDocuments(): PlanningRequest["documents"] {
  const [document] = planningRequest("", []).documents;
  return [1, 2].map((place) => ({ ...document!, name: `${place}.md` }));
}

function toolWith(intent: string, effect: ToolDescription["effect"] = "read"): ToolDescription {
  const input = effect === "read" ? { text } : {};
  return {
    ...tool("own", { description: "Own.", input: object(input), output: object({ x: text }), intents: [intent] }),
    effect,
  };
}

describe("a phrase that a tool declares", () => {
  const phrases = SHIPPED_TOOLS.flatMap((one) => (one.planning?.intents ?? []).map((intent) => ({ intent, one })));

  test.each(phrases)("is found as a goal of its own: $intent", async ({ intent, one }) => {
    const isAboutSomething = Object.values(one.planning?.inputs ?? {}).includes("subject");
    const isComparison = Object.hasOwn(one.inputSchema.properties as object, "before");
    const documents = isComparison ? { documents: twoDocuments() } : {};
    const decision = await decide(isAboutSomething ? `${intent} "fees"` : intent, documents);
    if (decision.kind === "ask") expect(decision.question).toContain(`"${one.name}"`);
    else
      expect(decision).toMatchObject({
        kind: "plan",
        steps: expect.arrayContaining([expect.objectContaining({ tool: one.name })]),
      });
  });

  test.each([
    "how many words",
    "pros and cons",
    "not paid yet",
    "before and after",
    "my items",
    "each of them",
    "who is in it",
    "what is new",
    "if it is late",
    "Q&A",
    "first things first",
  ])("is found whatever its words mean elsewhere: %s", async (intent) => {
    expect(await decide(`${intent}?`, {}, [...TEXT_TOOLS, toolWith(intent)])).toMatchObject({
      kind: "plan",
      steps: [{ tool: "own" }],
    });
  });

  test("is no leave for a side effect by a part of it, by a question or by a pointing word", async () => {
    for (const goal of ["the letter", "Post it", "Should I post the letter?", "Don't post the letter"]) {
      expect((await decide(goal, {}, [toolWith("post the letter", "irreversible")])).kind, goal).toBe("abandon");
    }
  });
});

describe("a list narrowed to what the goal names", () => {
  test("keeps the elements whose value the words mean", async () => {
    expect(await decide("List the companies")).toMatchObject({
      steps: [{ id: "entities" }, { tool: "select", input: { where: { field: "kind", is: "organization" } } }],
      output: { companies: { ref: "companies.items" } },
    });
    expect(await decide("List all names but not the places")).toMatchObject({
      steps: [{ tool: "extract_entities" }, { input: { where: { field: "kind", in: ["person", "organization"] } } }],
    });
  });

  test("is counted and tested as narrowed", async () => {
    expect(await decide("How many people are mentioned?")).toMatchObject({
      steps: [{ tool: "extract_entities" }, { id: "people_count", input: { where: { field: "kind", is: "person" } } }],
      output: { people_count: { ref: "people_count.count" } },
    });
    expect(await decide("If more than 3 people are mentioned, list the topics")).toMatchObject({
      steps: [{}, { id: "people_count" }, { when: { ref: "people_count.count", gt: 3 } }],
    });
  });

  test("stays whole where several values are named, and where no tool can narrow it", async () => {
    expect(await decide("List the people and organisations")).toMatchObject({ steps: [{ tool: "extract_entities" }] });
    const without = SHIPPED_TOOLS.filter((one) => one.name !== "select");
    expect(await decide("List the people", {}, without)).toMatchObject({ steps: [{ tool: "extract_entities" }] });
    expect(await decide("List the people, but not the places", {}, without)).toMatchObject({ kind: "abandon" });
  });

  test("runs for each of several documents", async () => {
    expect(await decide("List the people", { documents: twoDocuments() })).toMatchObject({
      steps: [{}, { input: { items: { ref: "entities[index].items" } }, forEach: { max: 2 } }],
      output: { people: { ref: "people[*].items" } },
    });
  });
});

describe("a refusal", () => {
  test("opens with what can be done and what to leave out, and ends with the tools", async () => {
    const decision = await decide("key points in 3 sentences and tell me who signed it");
    expect(decision).toMatchObject({
      kind: "abandon",
      reason: expect.stringMatching(
        /^I can do: "key points in 3 sentences"\. Leave out: "tell me who signed it".*Tools here: [^.]*\.$/,
      ),
    });
    expect(JSON.stringify(decision)).not.toMatch(/select|compute,/);
  });

  test("comes for a wish that only a long description has words for", async () => {
    const plain = SHIPPED_TOOLS.map((one) => (one.planning?.intents.length === 0 ? { ...one, planning: null } : one));
    for (const tools of [SHIPPED_TOOLS, plain]) {
      for (const goal of ["Which customer ordered the most?", "Group the orders by customer"]) {
        expect((await decide(goal, {}, tools)).kind, goal).toBe("abandon");
      }
    }
  });

  test.each([
    ["APPROVAL_DENIED", /^A person denied step 'post' \(post_letter\) for "Post the letter"\. Nothing else/],
    ["APPROVAL_EXPIRED", /^Nobody approved step 'post' \(post_letter\) in time/],
  ] as const)("after %s names the person's decision", async (code, reason) => {
    const past: HistoryItem = {
      step: "post",
      tool: "post_letter",
      status: "failed",
      preview: null,
      outputSchema: null,
      error: { code, message: null },
    };
    const other = { ...toolWith("post the letter"), name: "post_too" };
    const rest = { n: 2, cause: "step-failed" as const, history: [past] };
    expect(await decide("Post the letter", rest)).toMatchObject({
      kind: "abandon",
      reason: expect.stringMatching(reason),
    });
    expect((await decide("Post the letter", rest, [...SHIPPED_TOOLS, other])).kind).toBe("abandon");
    const both = await decide("Summarise this and post the letter", rest);
    expect(both).toMatchObject({ kind: "plan", rationale: expect.stringContaining("step 'post'") });
  });
});

describe("a question", () => {
  test("for the document is asked once and answers for all tools", async () => {
    const goal = "Summarise this and list the topics";
    const first = await decide(goal, { documents: [] });
    if (first.kind !== "ask") throw new Error(first.kind);
    expect(first.question).toMatch(/^Which document\?.*-d FILE.*answer with its text/);
    const answers = [{ question: first.question, answer: "A text." }];
    expect(await decide(goal, { documents: [], answers, cause: "answer" })).toMatchObject({
      steps: [{ input: { text: "A text." } }, { input: { text: "A text." } }],
    });
  });

  test("is never about a search that nobody asked for", async () => {
    expect(await decide("Which companies are involved, and where are they?")).toMatchObject({
      kind: "abandon",
      reason: expect.stringMatching(/^I can do: "Which companies are involved"\. Leave out: "where are they"/),
    });
  });
});

describe("a wanted result shape", () => {
  test("takes other words for an answer, and the only answer of a type", async () => {
    const outputSchema = object({ gist: text, names: list({}) });
    expect(await decide("Summarise this and list the people", { outputSchema })).toMatchObject({
      output: { gist: { ref: "summary.text" }, names: { ref: "people.items" } },
    });
    const byType = object({ result: text });
    expect(await decide("Summarise this", { outputSchema: byType })).toMatchObject({
      output: { result: { ref: "summary.text" } },
    });
  });

  test("that nothing fits is refused with the answers there are", async () => {
    const outputSchema = object({ price: { type: "integer" } });
    expect(await decide("Summarise this", { outputSchema })).toMatchObject({
      kind: "abandon",
      reason: expect.stringContaining("the answers are summary (string)"),
    });
  });
});
