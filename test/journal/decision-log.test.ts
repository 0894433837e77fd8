import { describe, expect, test } from "vitest";
import { createRuntime, type Runtime } from "../../src/create-runtime.ts";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import { type DecisionLogEntry, projectDecisions } from "../../src/journal/decision-log.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Planner, Proposal } from "../../src/planner/planner.ts";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import { hashJson } from "../../src/shared/hash.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import { planOf, stepOf } from "../fixtures/plans.ts";

const tool = (name: string, execute: (input: unknown) => unknown) =>
  defineTool({
    name,
    description: `Test tool ${name}.`,
    inputSchema: { type: "object" },
    outputSchema: {},
    effect: "read",
    idempotency: "pure",
    execute: (input) => execute(input),
  });

const TOOLS = [
  tool("echo", (input) => input),
  tool("fail", () => {
    throw new Error("broken");
  }),
];

type Answer = Proposal | Error | (() => Promise<Proposal>);

function plannerOf(answers: Answer[], rest: Partial<Planner> = {}): Planner & { asked: PlanningRequest[] } {
  const asked: PlanningRequest[] = [];
  return {
    name: "test",
    asked,
    async plan(request) {
      const answer = answers[asked.push(structuredClone(request)) - 1];
      if (typeof answer === "function") return answer();
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error("asked once more");
      return answer;
    },
    ...rest,
  };
}

const DOCUMENTS = [{ name: "note.md", text: `# Note\n\n${"Some words. ".repeat(200)}` }];
const plan = (steps: JsonObject[], rest: JsonObject = {}): Proposal => ({ raw: planOf(steps, rest) });

function open(planner: Planner): { runtime: Runtime; store: ReturnType<typeof createMemoryStore> } {
  const store = createMemoryStore();
  return { runtime: createRuntime({ planner, store, tools: TOOLS, builtInTools: false }), store };
}

async function logOf(planner: Planner): Promise<DecisionLogEntry[]> {
  const { runtime } = open(planner);
  const { id } = await runtime.run({ goal: "test", documents: DOCUMENTS });
  return runtime.runs.decisions(id);
}

describe("an entry of the decision log", () => {
  test("says what the planner saw, what it answered, and what came of it", async () => {
    const prompt = { name: "planning", version: 3, hash: "sha256:abc" };
    const considered = [{ tool: "fail", score: 0.2, why: "no match" }];
    const answer = {
      ...plan([stepOf("a"), stepOf("b")]),
      model: "maker:one",
      prompt,
      considered,
      dialect: "text" as const,
    };
    const [entry, ...others] = await logOf(plannerOf([answer]));
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      v: 1,
      n: 1,
      cause: "start",
      revision: 1,
      planner: "test",
      model: "maker:one",
      prompt,
      considered,
      verdict: "accepted",
      decision: { kind: "plan", then: "finish" },
      steps: ["a", "b"],
      diff: { added: ["a", "b"], kept: [], dropped: [], changed: [] },
    });
    expect(entry?.saw).toEqual({
      documents: [{ name: "note.md", type: "text/markdown", chars: 2_408, previewChars: 800 }],
      tools: ["echo", "fail"],
      history: [],
      budgetLeft: { steps: 100, replans: 8, tokens: 500_000, costUsd: 1, seconds: 1_800 },
      visibility: "preview",
    });
    expect(entry?.tries).toHaveLength(1);
    expect(entry?.tries[0]).toMatchObject({ raw: JSON.stringify(answer.raw), dialect: "text", issues: [] });
  });

  test("keeps every try with its raw text, its issues and its price; repairs are summed up", async () => {
    const usage = (tokens: number) => ({ inputTokens: tokens, outputTokens: 1, modelCalls: 1 });
    const [entry] = await logOf(
      plannerOf([
        { raw: "I would rather not say.", usage: usage(10), costUsd: 0.5 },
        { ...plan([stepOf("a", "ecko")]), usage: usage(20), costUsd: 0.25 },
        { raw: `\`\`\`json\n${JSON.stringify(plan([stepOf("a")]).raw)}\n\`\`\``, usage: usage(30), costUsd: 0 },
      ]),
    );
    expect(entry?.tries.map(({ issues }) => issues.map(({ code }) => code))).toEqual([
      ["PLAN_NOT_JSON"],
      ["PLAN_UNKNOWN_TOOL"],
      [],
    ]);
    expect(entry?.tries.map(({ decision }) => decision?.kind ?? null)).toEqual([null, "plan", "plan"]);
    expect(entry?.tries[0]?.raw).toBe("I would rather not say.");
    expect(entry?.tries[2]?.raw).toMatch(/^```json/);
    expect(entry).toMatchObject({ verdict: "accepted", usage: { inputTokens: 60, outputTokens: 3, modelCalls: 3 } });
    expect(entry?.costUsd).toBe(0.75);
  });

  test("has no price where one of its tries has none", async () => {
    const [entry] = await logOf(
      plannerOf([
        { raw: "?", costUsd: null },
        { ...plan([]), costUsd: 0.25 },
      ]),
    );
    expect(entry?.tries.map(({ costUsd }) => costUsd)).toEqual([null, 0.25]);
    expect(entry?.costUsd).toBeNull();
  });

  test("keeps answers that were too large for the journal's lines", async () => {
    const long = "x".repeat(100_000);
    const [entry] = await logOf(plannerOf([plan([{ id: "a", tool: "echo", input: { long } }])]));
    expect(entry?.tries[0]?.raw).toContain(long);
    expect(entry?.decision).toMatchObject({ steps: [{ input: { long } }] });
  });
});

describe("a decision that came to nothing", () => {
  test("is rejected with the issues of its last try", async () => {
    const [entry] = await logOf(plannerOf([{ raw: "one" }, { raw: "two" }, { raw: "three" }]));
    expect(entry).toMatchObject({ verdict: "rejected", decision: null, revision: 0, steps: [] });
    expect(entry?.tries.map(({ raw }) => raw)).toEqual(["one", "two", "three"]);
  });

  test("has the planner's own error as its issue", async () => {
    const down = new PlanwrightError("MODEL_UNAVAILABLE", "The model is down.", { hint: "Try later." });
    const [entry] = await logOf(plannerOf([down]));
    expect(entry).toMatchObject({ verdict: "rejected", model: null });
    expect(entry?.tries).toMatchObject([
      {
        raw: "",
        decision: null,
        issues: [{ severity: "error", code: "MODEL_UNAVAILABLE", message: "The model is down.", hint: "Try later." }],
      },
    ]);
  });

  test("says so where it was the same plan again", async () => {
    const same = plan([stepOf("a", "fail")]);
    const log = await logOf(plannerOf([same, same, same]));
    expect(log.map(({ verdict }) => verdict)).toEqual(["accepted", "accepted", "rejected"]);
    expect(log[2]).toMatchObject({
      revision: 2,
      tries: [{ decision: { kind: "plan" }, issues: [{ code: "PLAN_STUCK" }] }],
    });
  });

  test("is left out while it is being made, and rejected where the run ended first", async () => {
    let answer = (_: Proposal): void => {};
    const late = new Promise<Proposal>((resolve) => {
      answer = resolve;
    });
    let isAsked = (): void => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const { runtime } = open(
      plannerOf([
        () => {
          isAsked();
          return late;
        },
      ]),
    );
    const handle = await runtime.start({ goal: "test" });
    await asked;
    expect(await runtime.runs.decisions(handle.id)).toEqual([]);
    await handle.cancel();
    answer(plan([]));
    expect((await handle.result()).status).toBe("cancelled");
    const [entry] = await runtime.runs.decisions(handle.id);
    expect(entry).toMatchObject({
      verdict: "rejected",
      decision: null,
      tries: [{ raw: "", issues: [{ severity: "error", code: "CANCELLED" }] }],
    });
  });
});

describe("the log over several decisions", () => {
  const answers = (): Proposal[] => [
    plan([stepOf("a"), stepOf("b", "fail"), stepOf("c", "fail")]),
    plan([stepOf("a"), stepOf("d"), stepOf("b", "fail")]),
    { raw: { kind: "finish", rationale: "enough", output: { ref: "a.id" } } },
  ];

  test("says why each was made, what was known then, and what it changed", async () => {
    const log = await logOf(plannerOf(answers()));
    expect(log.map(({ n, cause, revision }) => [n, cause, revision])).toEqual([
      [1, "start", 1],
      [2, "step-failed", 2],
      [3, "step-failed", 2],
    ]);
    expect(log[1]?.saw.history).toEqual([
      { step: "a", status: "completed" },
      { step: "b", status: "failed" },
      { step: "c", status: "failed" },
    ]);
    expect(log[1]?.diff).toEqual({ kept: ["a", "b"], dropped: ["c"], added: ["d"], changed: [] });
    expect(log[1]?.steps).toEqual(["d"]);
  });

  test("names the request that the planner really got", async () => {
    const planner = plannerOf([{ raw: "no" }, ...answers()]);
    const log = await logOf(planner);
    const firstTries = planner.asked.filter(({ attempt }) => attempt === 1);
    expect(log.map(({ requestHash }) => requestHash)).toEqual(firstTries.map((request) => hashJson(request)));
    expect(log.map(({ saw }) => saw.budgetLeft)).toEqual(firstTries.map(({ budgetLeft }) => budgetLeft));
  });

  test("a decision without a plan drops nothing", async () => {
    const log = await logOf(plannerOf(answers()));
    expect(log[2]).toMatchObject({ decision: { kind: "finish" }, steps: [] });
    expect(log[2]?.diff).toEqual({ kept: [], dropped: [], added: [], changed: [] });
  });

  test("only grows while the journal does", async () => {
    const { runtime, store } = open(plannerOf([{ raw: "no" }, ...answers()]));
    const { id } = await runtime.run({ goal: "test", documents: DOCUMENTS });
    const { entries, blobs } = await store.read(id);
    const { read } = await loadBlobs(entries, blobs, { withRequests: true });
    const whole = projectDecisions(entries, read);
    expect(whole).toHaveLength(3);
    let length = 0;
    for (let count = 0; count <= entries.length; count++) {
      const log = projectDecisions(entries.slice(0, count), read);
      expect(log).toEqual(whole.slice(0, log.length));
      expect(log.length).toBeGreaterThanOrEqual(length);
      length = log.length;
    }
  });
});

describe("visibility", () => {
  test("under shape the log shows that no content was seen", async () => {
    const [entry] = await logOf(plannerOf([plan([stepOf("a")])], { visibility: "shape" }));
    expect(entry?.saw).toMatchObject({ visibility: "shape", documents: [{ chars: 2_408, previewChars: 0 }] });
  });

  test("a fixed plan saw nothing", async () => {
    const { runtime } = open(plannerOf([]));
    const { id } = await runtime.run({ goal: "test", documents: DOCUMENTS, plan: plan([stepOf("a")]).raw });
    const [entry] = await runtime.runs.decisions(id);
    expect(entry).toMatchObject({
      planner: "fixed",
      saw: { visibility: "none", documents: [], tools: [], history: [] },
    });
  });
});
