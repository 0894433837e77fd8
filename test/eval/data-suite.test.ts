/** Optional suites: they say what they lack, and leave out what the checker refuses. Readers on records of our own. */
import { describe, expect, test } from "vitest";
import { bfclParallel } from "../../evals/data/bfcl-parallel.ts";
import { dataSuite } from "../../evals/data/data-suite.ts";
import { nestful } from "../../evals/data/nestful.ts";
import { taubench } from "../../evals/data/taubench.ts";
import { workbench } from "../../evals/data/workbench.ts";
import { evalCaseSchema } from "../../src/eval/case.ts";
import { createMemoryFileSystem } from "../../src/testing/index.ts";

const TOOL = {
  name: "get weather",
  description: "d",
  inputSchema: { type: "dict", properties: { city: { type: "String" } } },
};

function record(id: string, goldSteps: object[], more: object = {}): string {
  return JSON.stringify({ id, goal: "What is the weather?", tools: [TOOL], goldSteps, ...more });
}

const step = (id: string, city: unknown): object => ({ id, tool: "get weather", args: { city }, dependsOn: [] });

describe("without its data, a suite", () => {
  test("says that the folder is not set", async () => {
    const suite = dataSuite(nestful, { folder: undefined });
    await expect(suite.cases()).rejects.toThrow(
      "The optional suite 'nestful' was skipped: PLANWRIGHT_DATA is not set.",
    );
  });

  test("says which file is missing", async () => {
    const suite = dataSuite(nestful, { folder: "/data", fileSystem: createMemoryFileSystem() });
    await expect(suite.cases()).rejects.toThrow("'/data/nestful.dev.jsonl' can't be read");
  });
});

test("cases whose gold the checker refuses are left out", async () => {
  const lines = [
    record("good", [step("a", "Oslo"), step("b", { $ref: "a.city" })], { resultMap: { city: { $ref: "b.city" } } }),
    record("twice", [step("a", "Oslo"), step("a", "Rome")]),
    record("round", [step("a", { $ref: "b.x" }), step("b", { $ref: "a.x" })]),
  ];
  const read = async (): Promise<Uint8Array> => new TextEncoder().encode(lines.join("\n"));
  const fileSystem = { ...createMemoryFileSystem(), read };
  const cases = await dataSuite(nestful, { folder: "/data", fileSystem }).cases();
  expect(cases.map(({ id }) => id)).toEqual(["good"]);
  expect(evalCaseSchema.parse(cases[0]).gold?.anyOf[0]).toMatchObject({
    steps: [
      { id: "a", tool: "get_weather" },
      { id: "b", input: { city: { ref: "a.city" } } },
    ],
    output: { city: { ref: "b.city" } },
  });
});

test("BFCL: alternatives are accepted values, an empty one says that the argument may be missing", () => {
  const argAlternatives = { city: ["Oslo", "Oslo, Norway"], unit: ["", "C"], size: [{ w: [1, 2], h: [3] }] };
  const [one] = bfclParallel
    .cases([record("b", [{ ...step("a", "Oslo"), argAlternatives }])])
    .map((it) => evalCaseSchema.parse(it));
  const [gold] = one!.gold!.anyOf;
  expect(gold?.kind === "plan" && gold.accepted).toEqual([
    { step: "a", input: "city", values: ["Oslo", "Oslo, Norway"], absent: false, anything: false },
    { step: "a", input: "unit", values: ["C"], absent: true, anything: false },
    {
      step: "a",
      input: "size",
      values: [
        { w: [1, 2], h: [3] },
        { w: 1, h: 3 },
        { w: 2, h: 3 },
      ],
      absent: false,
      anything: false,
    },
  ]);
});

test("τ-bench: what is written is a write, and a value may be referred to where it stands", () => {
  const goldSteps = [
    { ...step("a", "Oslo"), sideEffect: false, provenance: {} },
    {
      ...step("b", "Rome"),
      tool: "set weather",
      sideEffect: true,
      provenance: { city: { from: "a.cities[0]" }, "x.0": { from: "a" } },
    },
  ];
  const toolsets = JSON.stringify({ sky: [TOOL, { ...TOOL, name: "set weather" }] });
  const lines = [record("t", goldSteps, { toolset: "sky" }), record("n", [], { toolset: "sky" })].join("\n");
  const [acting, idle] = taubench.cases([lines, toolsets]).map((it) => evalCaseSchema.parse(it));
  expect(acting!.tools?.map((tool) => typeof tool === "object" && [tool.name, tool.effect])).toEqual([
    ["get_weather", "read"],
    ["set_weather", "write"],
  ]);
  const [gold] = acting!.gold!.anyOf;
  expect(gold?.kind === "plan" && gold.accepted.map(({ input, values }) => [input, values])).toEqual([
    ["city", [{ ref: "a.cities[0]" }]],
  ]);
  expect(idle!.gold).toEqual({ anyOf: [{ kind: "abandon" }] });
});

test("WorkBench: the calls with side effects are the end state", () => {
  const meta = { template: "t", features: { conditional: true, forEach: false } };
  const [one] = workbench.cases([record("w", [step("a", "Oslo")], { meta }), JSON.stringify([TOOL])]);
  expect(one).toMatchObject({
    tags: ["workbench", "conditional"],
    endState: { state: { calls: [{ tool: "get_weather", input: { city: "Oslo" } }] } },
  });
});
