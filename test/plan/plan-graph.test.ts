import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePlan, compileStep } from "../../src/plan/compile-plan.ts";
import type { Step } from "../../src/plan/decision.ts";
import {
  buildPlanGraph,
  criticalPath,
  dependenciesOf,
  findCycle,
  type Groups,
  type PlanGraph,
  referencedSteps,
  remainingWeights,
  topologicalOrder,
} from "../../src/plan/plan-graph.ts";

function step(id: string, more: Partial<Step> = {}): Step {
  return { id, tool: "t", input: {}, ...more };
}

function graphOf(steps: Step[], groups?: Groups): PlanGraph {
  const { plan } = compilePlan({ kind: "plan", rationale: "", steps, then: "finish" });
  return buildPlanGraph(plan.steps, groups === undefined ? {} : { groups });
}

/** Steps that come after others: `{ c: "ab" }` is c after a and b. */
function ordered(after: Record<string, string>): PlanGraph {
  return graphOf(Object.entries(after).map(([id, before]) => step(id, { after: [...before] })));
}

describe("compiling a step", () => {
  test("lists its references with what they are for", () => {
    const { compiled, issues } = compileStep(
      step("x", {
        input: { a: { ref: "a.b" }, t: { template: "{{c}} {{d}}" }, e: [{ ref: "e", default: { ref: "f" } }] },
        forEach: { items: { ref: "g" }, max: 2 },
        when: {
          all: [
            { ref: "h", is: { ref: "i" } },
            { ref: "j", some: { is: { ref: "k", default: { ref: "l" } } } },
          ],
        },
        after: ["m"],
      }),
      "/steps/0",
    );
    expect(issues).toEqual([]);
    expect(
      compiled.references.map(({ path, use, hasFallback, pointer }) => [path.root, use, hasFallback, pointer]),
    ).toEqual([
      ["a", "input", false, "/steps/0/input/a/ref"],
      ["c", "input", false, "/steps/0/input/t/template"],
      ["d", "input", false, "/steps/0/input/t/template"],
      ["e", "input", true, "/steps/0/input/e/0/ref"],
      ["f", "fallback", false, "/steps/0/input/e/0/default/ref"],
      ["g", "items", false, "/steps/0/forEach/items/ref"],
      ["h", "when", false, "/steps/0/when/all/0/ref"],
      ["i", "when", false, "/steps/0/when/all/0/is/ref"],
      ["j", "when", false, "/steps/0/when/all/1/ref"],
      ["k", "when", true, "/steps/0/when/all/1/some/is/ref"],
      ["l", "when", false, "/steps/0/when/all/1/some/is/default/ref"],
    ]);
    expect(dependenciesOf(compiled)).toEqual({
      data: ["a", "c", "d", "g"],
      order: ["e", "f", "h", "i", "j", "k", "l", "m"],
    });
  });

  test("gathers the issues of all its parts with their places", () => {
    const bad = step("x", {
      input: { a: { ref: "a.." } },
      when: { ref: "b" },
      forEach: { items: { ref: "c", max: 1 } },
    });
    const { issues } = compilePlan({
      kind: "plan",
      rationale: "",
      steps: [step("y"), bad],
      then: "finish",
      output: { ref: "" },
    });
    expect(issues.map(({ code, path }) => `${code} ${path}`)).toEqual([
      "PLAN_BAD_PATH /steps/1/input/a/ref",
      "PLAN_BAD_FORM /steps/1/forEach/items",
      "PLAN_BAD_CONDITION /steps/1/when",
      "PLAN_BAD_PATH /output/ref",
    ]);
  });

  test("a finish decision is a plan without steps", () => {
    const { plan } = compilePlan({ kind: "finish", rationale: "", output: { x: { ref: "a.b" } } });
    expect(plan.steps).toEqual([]);
    expect(referencedSteps(plan.references)).toEqual({ data: ["a"], order: [] });
  });
});

describe("dependencies", () => {
  test("roots are none, status is order, an id in data is not repeated in order", () => {
    const { compiled } = compileStep(
      step("x", {
        input: { d: { ref: "document.text" }, s: { ref: "status.b" }, q: { ref: 'status["c"]' }, a: { ref: "a" } },
        when: { ref: "a.ok", is: true },
        after: ["a", "old"],
      }),
      "",
    );
    expect(dependenciesOf(compiled)).toEqual({ data: ["a"], order: ["b", "c", "old"] });
  });

  test("a group stands for its members, one member for itself", () => {
    const groups = new Map([["g", ["m", "n"]]]);
    const { compiled } = compileStep(step("x", { input: { a: { ref: "g.m.label" } }, after: ["g"] }), "");
    expect(dependenciesOf(compiled, groups)).toEqual({ data: ["m"], order: ["n"] });
    const whole = compileStep(step("y", { input: { a: { ref: "g" }, b: { ref: "g[*].label" } } }), "").compiled;
    expect(dependenciesOf(whole, groups)).toEqual({ data: [], order: ["m", "n"] });
  });

  test("edges join steps of the plan, once each, by place", () => {
    const graph = graphOf([
      step("summary"),
      step("topics", {
        input: { a: { ref: "summary.text" }, b: { ref: "summary.x" }, c: { ref: "gone" } },
        after: ["summary"],
      }),
      step("summary", { after: ["topics"] }),
    ]);
    expect(graph.edges).toEqual([["summary", "topics"]]);
    expect(graph.ids).toEqual(["summary", "topics"]);
    expect(graph.dependencies.get("topics")?.data).toEqual(["summary", "gone"]);
    expect(graph.dependents.get("summary")).toEqual(["topics"]);
  });
});

describe("cycles and orders", () => {
  test("a cycle is named in order, each id waiting for the one before", () => {
    const graph = ordered({ x: "", a: "xc", b: "a", c: "b", d: "c" });
    const cycle = findCycle(graph)!;
    expect([...cycle].sort()).toEqual(["a", "b", "c"]);
    for (const [place, id] of cycle.entries()) expect(graph.dependencies.get(id)?.order).toContain(cycle.at(place - 1));
    expect(topologicalOrder(graph)).toBe(null);
    expect(criticalPath(graph)).toEqual([]);
  });

  test("a step that refers to itself is a cycle of one", () => {
    expect(findCycle(graphOf([step("a", { input: { x: { ref: "a.y" } } })]))).toEqual(["a"]);
  });

  test("the order keeps the plan's where it can", () => {
    expect(topologicalOrder(ordered({ c: "", a: "", b: "c" }))).toEqual(["c", "a", "b"]);
    expect(topologicalOrder(ordered({ a: "b", b: "" }))).toEqual(["b", "a"]);
  });

  test("the critical path is the heaviest, ties go to the earlier step", () => {
    const graph = ordered({ a: "", b: "", c: "a", d: "b", e: "cd" });
    expect(criticalPath(graph)).toEqual(["a", "c", "e"]);
    const weight = (id: string): number => (id === "d" ? 5 : 1);
    expect(criticalPath(graph, weight)).toEqual(["b", "d", "e"]);
    expect([...remainingWeights(graph, weight)].sort()).toEqual([
      ["a", 3],
      ["b", 7],
      ["c", 2],
      ["d", 6],
      ["e", 1],
    ]);
    expect(criticalPath(ordered({}))).toEqual([]);
  });

  test("10,000 steps in a row or all after one neither overflow nor take long", () => {
    const row = Array.from({ length: 10_000 }, (_, place) =>
      step(`s${place}`, place === 0 ? {} : { after: [`s${place - 1}`] }),
    );
    expect(criticalPath(graphOf(row))).toHaveLength(10_000);
    expect(findCycle(graphOf([{ ...row[0]!, after: ["s9999"] }, ...row.slice(1)]))).toHaveLength(10_000);
    const fan = [
      ...row.slice(0, 1),
      ...row.slice(1).map((one) => ({ ...one, after: ["s0"] })),
      step("end", { after: row.map(({ id }) => id) }),
    ];
    expect(findCycle(graphOf(fan))).toBe(null);
    expect(topologicalOrder(graphOf(fan))).toHaveLength(10_001);
  });

  test("agrees with naive searches", () => {
    const plan = fc
      .integer({ min: 1, max: 7 })
      .chain((size) =>
        fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 12 }).map((pairs) => ({ size, pairs })),
      );
    fc.assert(
      fc.property(plan, ({ size, pairs }) => {
        const ids = Array.from({ length: size }, (_, place) => `s${place}`);
        const steps = ids.map((id, place) =>
          step(id, { after: pairs.filter(([to]) => to === place).map(([, from]) => `s${from}`) }),
        );
        const graph = graphOf(steps);
        const reaches = naiveClosure(ids, graph.edges);
        const cycle = findCycle(graph);
        expect(cycle !== null).toBe(ids.some((id) => reaches.has(`${id}>${id}`)));
        expect(topologicalOrder(graph) === null).toBe(cycle !== null);
        for (const [place, id] of (cycle ?? []).entries())
          expect(steps[ids.indexOf(id)]!.after).toContain(cycle!.at(place - 1));
        const order = topologicalOrder(graph) ?? [];
        if (cycle === null)
          for (const [from, to] of graph.edges) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
        if (cycle === null)
          expect(criticalPath(graph)).toHaveLength(Math.max(...ids.map((id) => naiveDepth(id, graph.edges))));
      }),
    );
  });
});

function naiveClosure(ids: string[], edges: [string, string][]): Set<string> {
  const reaches = new Set(edges.map(([from, to]) => `${from}>${to}`));
  for (const via of ids) {
    for (const from of ids) {
      for (const to of ids)
        if (reaches.has(`${from}>${via}`) && reaches.has(`${via}>${to}`)) reaches.add(`${from}>${to}`);
    }
  }
  return reaches;
}

function naiveDepth(id: string, edges: [string, string][]): number {
  return 1 + Math.max(0, ...edges.filter(([, to]) => to === id).map(([from]) => naiveDepth(from, edges)));
}
