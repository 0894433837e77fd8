/** Random workflows with groups and nested ones, against an expansion that knows nothing of this one. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readPointer } from "../../src/plan/apply-fix.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import { compilePlan } from "../../src/plan/compile-plan.ts";
import type { PlanDecision, Step } from "../../src/plan/decision.ts";
import { buildPlanGraph } from "../../src/plan/plan-graph.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createToolRegistry } from "../../src/tool/tool-registry.ts";
import { expandWorkflow } from "../../src/workflow/compile-workflow.ts";
import { parseWorkflow } from "../../src/workflow/parse-workflow.ts";
import { isGroup, type Workflow } from "../../src/workflow/workflow.ts";
import { compiled, libraryOf, workflowOf } from "./workflow-kit.ts";

/** Which earlier node, and which member of it, something refers to: as numbers that are cut to what there is. */
const pick = fc.record({ node: fc.nat(20), member: fc.nat(5), how: fc.nat(4) });
const draft = fc.record({
  size: fc.nat(3),
  reads: fc.array(pick, { maxLength: 3 }),
  after: fc.array(pick, { maxLength: 2 }),
  when: fc.option(pick, { nil: null }),
});
const drafts = fc.array(draft, { minLength: 1, maxLength: 8 });

type Draft = typeof draft extends fc.Arbitrary<infer T> ? T : never;
type Pick = typeof pick extends fc.Arbitrary<infer T> ? T : never;

/** A node of size 0 is a step, one of size n a group with n members. */
function buildWorkflow(all: readonly Draft[]): Workflow {
  const steps = all.map(({ size, reads, after, when }, place): JsonObject => {
    const earlier = all.slice(0, place);
    const input = Object.fromEntries(reads.map((read, n) => [`i${n}`, valueFor(read, earlier)]));
    const order = { after: after.flatMap(({ node }) => (earlier.length === 0 ? [] : [`n${node % earlier.length}`])) };
    const condition =
      when === null || earlier.length === 0 ? {} : { when: { ref: `${memberOf(when, earlier)}.x`, is: when.how } };
    if (size === 0) return { id: `n${place}`, tool: "echo", input, ...order, ...condition };
    const parallel = Array.from({ length: size }, (_, n) => ({ id: `n${place}m${n}`, tool: "echo", input }));
    return { id: `n${place}`, parallel, ...order, ...condition };
  });
  return workflowOf(steps);
}

/** Path to a step, through its group where it has one. */
function memberOf({ node, member }: Pick, earlier: readonly Draft[]): string {
  const place = node % earlier.length;
  const size = earlier[place]?.size ?? 0;
  return size === 0 ? `n${place}` : `n${place}.n${place}m${member % size}`;
}

function valueFor(read: Pick, earlier: readonly Draft[]): JsonValue {
  if (earlier.length === 0) return "none";
  const path = memberOf(read, earlier);
  const whole = `n${read.node % earlier.length}`;
  const values: JsonValue[] = [
    { ref: `${path}.x` },
    { ref: `${path}.x`, default: 1 },
    { template: `a {{${path}.y[0]}} b` },
    { ref: whole },
    [{ ref: `${path}[*]` }],
  ];
  return values[read.how] ?? null;
}

/** Edges as the plan's own notion of groups has them: members in the place of their group, nothing rewritten. */
function naiveEdges(workflow: Workflow): string[] {
  const groups = new Map<string, string[]>();
  const steps: Step[] = [];
  for (const node of workflow.steps) {
    if (!isGroup(node)) steps.push(node as Step);
    else {
      groups.set(
        node.id,
        node.parallel.map(({ id }) => id),
      );
      const { after = [], when } = node;
      for (const member of node.parallel)
        steps.push({ ...(member as Step), after, ...(when === undefined ? {} : { when }) });
    }
  }
  const decision: PlanDecision = { kind: "plan", rationale: "", steps, then: "finish" };
  return edgesOf(decision, groups);
}

function edgesOf(decision: PlanDecision, groups?: Map<string, string[]>): string[] {
  const { steps } = compilePlan(decision).plan;
  const graph = buildPlanGraph(steps, groups === undefined ? {} : { groups });
  return [...graph.dependencies]
    .flatMap(([id, { data, order }]) => [
      ...data.map((from) => `${from} → ${id}`),
      ...order.map((from) => `${from} ⇢ ${id}`),
    ])
    .sort();
}

describe("random workflows", () => {
  test("with groups have the graph of a naive expansion", () => {
    fc.assert(
      fc.property(drafts, (all) => {
        const workflow = buildWorkflow(all);
        expect(edgesOf(compiled(workflow).decision)).toEqual(naiveEdges(workflow));
      }),
      { numRuns: 100 },
    );
  });

  test("have no step that reads a group, and as many steps as they have members", () => {
    fc.assert(
      fc.property(drafts, (all) => {
        const { decision } = compiled(buildWorkflow(all));
        expect(decision.steps).toHaveLength(all.reduce((sum, { size }) => sum + Math.max(1, size), 0));
        const tools = createToolRegistry([createFakeTool({ name: "echo" })]);
        const issues = check(decision, tools).filter(({ severity }) => severity === "error");
        expect(issues).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test("nested in another give its steps, each with the edges it had, under new names", () => {
    fc.assert(
      fc.property(drafts, (all) => {
        const inner = { ...buildWorkflow(all), name: "inner" };
        const outer = workflowOf([{ id: "part", workflow: "inner" }]);
        const alone = edgesOf(compiled(inner).decision);
        const nested = edgesOf(compiled(outer, [inner]).decision);
        expect(nested.map((edge) => edge.replaceAll("part_", ""))).toEqual(alone);
      }),
      { numRuns: 50 },
    );
  });

  test("are the same plan however often they are compiled, and however their keys are ordered", () => {
    fc.assert(
      fc.property(drafts, (all) => {
        const workflow = buildWorkflow(all);
        const turned = parseWorkflow(reversed(workflow as JsonValue)).workflow;
        expect(turned).not.toBeNull();
        const [one, other] = [compiled(workflow), compiled(turned ?? workflow)];
        expect(other.hash).toBe(one.hash);
        expect(other.decision.steps).toEqual(one.decision.steps);
      }),
      { numRuns: 100 },
    );
  });
});

function check(decision: PlanDecision, tools: ReturnType<typeof createToolRegistry>) {
  return checkDecision(decision, {
    tools,
    known: new Map(),
    documents: 0,
    paramsSchema: null,
    params: {},
    outputSchema: null,
    maxSteps: 1_000,
    policy: () => ({ outcome: "allow", rule: "test" }),
    isPersonal: true,
  }).issues;
}

/** The same value with the keys of every object in the opposite order. */
function reversed(value: JsonValue): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversed(field)]),
  );
}

/** Ways to break a workflow at a place that exists. */
const damage = fc.record({
  place: fc.nat(400),
  with: fc.constantFrom<JsonValue>(
    "nowhere",
    "n0.x",
    { ref: "nowhere.x" },
    { template: "{{n9.n9m9.q}} {{" },
    { ref: 5 },
    [],
    null,
    7,
    "__proto__",
  ),
  key: fc.constantFrom("", "extra", "ref"),
});

describe("issues of broken workflows", () => {
  const tools = createToolRegistry([
    createFakeTool({ name: "echo", inputSchema: { type: "object", properties: { i0: { type: "string" } } } }),
  ]);

  test("point at something that exists in the file, whatever is broken", () => {
    let refused = 0;
    const damages = fc.array(damage, { minLength: 1, maxLength: 3 });
    const property = fc.property(drafts, damages, fc.boolean(), (...[all, broken, isNested]) => {
      const file = structuredClone(buildWorkflow(all)) as unknown as JsonValue;
      for (const one of broken) breakAt(file, one);
      const issues = isNested ? issuesNested(file) : issuesOf(file);
      for (const { path } of issues) expect(readPointer(isNested ? OUTER : file, path), path).toBeDefined();
      refused += Math.min(1, issues.length);
    });
    fc.assert(property, { numRuns: 200 });
    expect(refused).toBeGreaterThan(80);
  });

  const OUTER = workflowOf([
    { id: "first", tool: "echo", input: {} },
    { id: "part", workflow: "inner" },
  ]) as JsonValue;

  function issuesOf(file: JsonValue) {
    const { workflow, issues } = parseWorkflow(file);
    return workflow === null ? issues : issuesOfPlan(workflow, []);
  }

  function issuesNested(file: JsonValue) {
    const { workflow } = parseWorkflow({ ...(file as JsonObject), name: "inner" });
    return workflow === null ? [] : issuesOfPlan(OUTER as unknown as Workflow, [workflow]);
  }

  function issuesOfPlan(workflow: Workflow, inner: Workflow[]) {
    const { compiled: found, issues } = expandWorkflow(workflow, { library: libraryOf(...inner) });
    return found === null ? issues : [...issues, ...check(found.decision, tools).map(found.relocate)];
  }
});

/** Sets, or adds to, the object or list at a place among all there are. */
function breakAt(file: JsonValue, { place, with: value, key }: { place: number; with: JsonValue; key: string }): void {
  const parents: { owner: JsonObject; key: string }[] = [];
  const walk = (owner: JsonValue): void => {
    if (typeof owner !== "object" || owner === null) return;
    for (const name of Object.keys(owner)) {
      parents.push({ owner: owner as JsonObject, key: name });
      walk((owner as JsonObject)[name] ?? null);
    }
  };
  walk((file as JsonObject).steps ?? null);
  const target = parents[place % Math.max(1, parents.length)];
  if (target === undefined) return;
  target.owner[key === "" || Array.isArray(target.owner) ? target.key : key] = structuredClone(value);
}
