/** Which models a suite may ask where only recordings are replayed. */
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createModelPlanner } from "../../../planners/model-planner.ts";
import { evaluateSuite } from "../../../src/eval/evaluate-suite.ts";
import { loadSuiteObject } from "../../../src/eval/run/load-suite.ts";
import type { SuiteInput } from "../../../src/eval/suite.ts";
import { createMemoryStore } from "../../../src/journal/memory-store.ts";
import { createModelCaller } from "../../../src/model/call-model.ts";
import { openCassette } from "../../../src/model/cassette-model.ts";
import type { Planner } from "../../../src/planner/planner.ts";
import { loadPrompts } from "../../../src/prompt/load-prompts.ts";
import { createMemoryFileSystem } from "../../../src/testing/memory-file-system.ts";
import { createScriptedModel } from "../../../src/testing/scripted-model.ts";
import { tempFolder } from "../../cli/fake-terminal.ts";

const ABANDON = { kind: "abandon", rationale: "As scripted.", reason: "It can't be done." } as never;
const SUITE = {
  name: "letters",
  cases: [{ id: "c", goal: "Book a flight to Mars", gold: { anyOf: [{ kind: "abandon" }] } }],
} satisfies SuiteInput;
const LIVE = { provider: "compatible", name: "compatible:live" } as const;

async function evaluate(suite: Partial<SuiteInput>, mode: "replay" | "live" | "record" = "replay") {
  const loaded = await loadSuiteObject({ ...SUITE, ...suite }, { file: "letters.eval.ts", folder: "." });
  const places = { store: "/store", fileSystem: createMemoryFileSystem(), runs: createMemoryStore() };
  return (await evaluateSuite(loaded, { ...places, mode, env: {} })).report;
}

describe("where only recordings are replayed", () => {
  test("a model object that asks a provider is refused and not asked", async () => {
    const model = createScriptedModel([ABANDON], LIVE);
    const variants = [{ id: "live", model }];
    const refused = { code: "CONFIG_INVALID", message: expect.stringContaining("'live' asks compatible:live") };
    await expect(evaluate({ variants })).rejects.toMatchObject(refused);
    expect(model.requests).toHaveLength(0);
    expect((await evaluate({ variants }, "live")).counts.scored).toBe(1);
  });

  test("a cassette that would go on recording is refused, one that replays and a scripted model are not", async () => {
    const file = join(tempFolder(), "c.jsonl");
    const inner = createScriptedModel([ABANDON], LIVE);
    const growing = await openCassette(`cassette:${file}`, { mode: "auto", inner });
    await evaluate({ variants: [{ id: "v", model: growing }] }, "live");
    await expect(evaluate({ variants: [{ id: "v", model: growing }] })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
    const replaying = await openCassette(`cassette:${file}`);
    expect((await evaluate({ variants: [{ id: "v", model: replaying }] })).counts.scored).toBe(1);
    const scripted = createScriptedModel([ABANDON]);
    expect((await evaluate({ variants: [{ id: "v", model: scripted }] })).counts.scored).toBe(1);
  });

  test("a planner function whose planner names a model is refused", async () => {
    const model = createScriptedModel([ABANDON], LIVE);
    const library = loadPrompts({ folders: [] });
    const planner = (): Planner => createModelPlanner({ caller: createModelCaller(model), prompts: library });
    await expect(evaluate({ variants: [{ id: "own", planner }] })).rejects.toMatchObject({
      message: expect.stringContaining("'own' plans with compatible:live"),
    });
    expect(model.requests).toHaveLength(0);
  });
});

describe("a limit in USD", () => {
  const unpriced = { ...LIVE, price: null };

  test("is refused for a model that nobody knows the price of, before anybody is asked", async () => {
    const model = createScriptedModel([ABANDON], unpriced);
    const suite = { variants: [{ id: "v", model }], budget: { maxCostUsd: 0 } };
    await expect(evaluate(suite, "live")).rejects.toMatchObject({
      ...{ code: "CONFIG_INVALID", message: expect.stringContaining("What compatible:live costs is not known") },
    });
    expect(model.requests).toHaveLength(0);
    expect((await evaluate({ ...suite, budget: { maxTokens: 100_000 } }, "live")).counts.scored).toBe(1);
  });

  test("says nothing of recordings, which cost nothing", async () => {
    const file = join(tempFolder(), "c.jsonl");
    const growing = await openCassette(`cassette:${file}`, {
      mode: "auto",
      inner: createScriptedModel([ABANDON], unpriced),
    });
    await evaluate({ variants: [{ id: "v", model: growing }] }, "live");
    const suite = { variants: [{ id: "v", model: await openCassette(`cassette:${file}`) }], budget: { maxCostUsd: 0 } };
    expect((await evaluate(suite)).counts.scored).toBe(1);
  });
});
