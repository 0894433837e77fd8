import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { loadWorkflows } from "../../src/workflow/load-workflows.ts";

const root = join(import.meta.dirname, "../..");
const text = readFileSync(join(root, "samples/ferry-cooperative.md"), "utf8");
const documents = [{ name: "ferry.md", text }];

describe("shipped workflows", () => {
  const store = createMemoryStore();
  const runtime = createRuntime({ store });
  afterAll(() => runtime.close());

  test("are all right, and found by the names of their files", () => {
    const files = readdirSync(join(root, "workflows"));
    const entries = loadWorkflows().list();
    expect(entries.map(({ name }) => `${name}.yaml`)).toEqual(files);
    expect(entries.flatMap(({ issues }) => issues)).toEqual([]);
    expect(entries.every(({ source }) => source === "shipped")).toBe(true);
  });

  describe("document_analysis", () => {
    let result: Awaited<ReturnType<typeof runtime.run>>;
    beforeAll(async () => {
      result = await runtime.run({ workflow: "document_analysis", documents, params: { sentences: 2 } });
    });

    test("runs offline, with the built-in tools", () => {
      expect(result).toMatchObject({
        status: "completed",
        goal: "workflow document_analysis",
        missing: [],
        planner: "fixed",
      });
      expect(result.output).toMatchObject({ mood: "positive", report: expect.stringContaining("## Topics") });
      expect(result.budget).toMatchObject({ maxSteps: 20, maxReplans: 8, maxSeconds: 120 });
    });

    test("is named in the result, with a hash of what it says", () => {
      const hash = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
      expect(result.workflow).toEqual({ name: "document_analysis", version: 1, hash });
    });

    test("starts both branches before the report, which waits for them", () => {
      const steps = new Map(result.steps.map((step) => [step.id, step]));
      expect([...steps.keys()]).toEqual(["summary", "topics", "sentiment", "entities", "report"]);
      const ends = ["sentiment", "entities"].map((id) => steps.get(id)?.endedAt ?? "");
      expect(ends.every((end) => end <= (steps.get("report")?.startedAt ?? ""))).toBe(true);
    });

    test("keeps its plan, params and rules in the journal, so that any process can go on with it", async () => {
      const { entries } = await store.read(result.id);
      expect(entries[0]).toMatchObject({
        kind: "run.accepted",
        data: {
          params: { sentences: 2 },
          workflow: { name: "document_analysis" },
          fixedPlan: { value: { kind: "plan", steps: expect.any(Array) } },
          rules: {
            steps: { summary: { timeoutMs: 30_000, retry: { attempts: 3, backoff: "exponential" } } },
            recovery: [
              { step: "entities", do: "fallback" },
              { on: "*", do: "fail" },
            ],
            targets: { durationMs: 5_000, costUsd: 0.1 },
            observe: [{ after: "summary", record: ["durationMs", "usage", "output"] }],
          },
        },
      });
    });
  });
});
