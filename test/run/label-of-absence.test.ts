/** Untrusted data decided whether a write ran, by what it made absent; the write's label said nothing of it. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { naiveTaint } from "./naive-taint.ts";
import { createWorld, type World } from "./run-world.ts";

const documents = [{ name: "d.md", text: "attacker text" }];
const SHORT = { type: "object", properties: { x: { type: "string", maxLength: 5 } } };

function taintWorld(): World {
  return createWorld({
    behaviours: { look: ({ x }) => ({ v: x ?? null }), strict: ({ x }) => ({ v: x ?? null }), wipe: () => ({}) },
    definitions: {
      look: { derive: "inputs" },
      strict: { derive: "inputs", inputSchema: SHORT },
      wipe: { effect: "write", idempotency: "none" },
    },
  });
}

const ref = (path: string) => ({ ref: path });
const unmet = { id: "a", tool: "look", input: { x: 1 }, when: { ref: "document.text", contains: "hello" } };
const refused = { id: "a", tool: "strict", input: { x: ref("document.text") }, onFailure: "skip" };
const wipe = (input: object, rest: object = {}) => ({ id: "w", tool: "wipe", input, ...rest });
const one = { forEach: { items: [1], max: 1 } };

const CASES: Record<string, object[]> = {
  "the status of an unmet step": [unmet, wipe({ x: "all" }, { when: { ref: "status.a", is: "unmet" } })],
  "exists: false of an unmet step's output": [unmet, wipe({ x: "all" }, { when: { ref: "a.v", exists: false } })],
  "empty: true of an unmet step's output": [unmet, wipe({ x: "all" }, { when: { ref: "a.v", empty: true } })],
  "a default for an unmet step's output": [unmet, wipe({ x: { ref: "a.v", default: "all" } })],
  "a list's default for an unmet fan-out": [
    { ...unmet, ...one },
    wipe({ x: "e" }, { forEach: { items: { ref: "a", default: ["everything"] }, max: 3 } }),
  ],
  "the status of a step that was skipped for an unmet one": [
    unmet,
    { id: "b", tool: "look", input: { x: ref("a.v") } },
    wipe({ x: "all" }, { when: { ref: "status.b", is: "skipped" } }),
  ],
  "the status of a step that failed before its tool was called": [
    refused,
    wipe({ x: "all" }, { when: { ref: "status.a", is: "failed" } }),
  ],
  "which elements failed before their tool was called": [
    { ...refused, ...one },
    wipe({ x: "all" }, { when: { ref: "a[*]", empty: true } }),
  ],
  "a list whose elements failed before their tool was called": [{ ...refused, ...one }, wipe({ x: ref("a") })],
};

describe("a write that untrusted data decides on by absence waits for a person", () => {
  test.each(Object.entries(CASES))("%s", async (_, steps) => {
    const world = taintWorld();
    const result = await world.apply(steps, { request: { documents } });
    expect(result).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
    expect(result.waiting?.approvals[0]?.rule).toBe("default.untrusted-input");
    expect(world.calls.filter(({ tool }) => tool === "wipe")).toHaveLength(0);
  });

  test("absence that no untrusted data decided on asks nobody", async () => {
    const world = taintWorld();
    const never = { id: "a", tool: "look", input: { x: 1 }, when: { ref: "goal", is: "another" } };
    const result = await world.apply([never, wipe({ x: { ref: "a.v", default: "all" } })], { request: { documents } });
    expect(result.status).toBe("completed");
  });
});

const number = (below: number) => fc.integer({ min: 0, max: below - 1 });
const drawn = fc.record({
  kind: number(5),
  source: number(8),
  other: number(8),
  when: number(7),
  is: fc.constantFrom("completed", "unmet", "skipped", "failed"),
  isStrict: fc.boolean(),
  many: number(5),
});
type Drawn = typeof drawn extends fc.Arbitrary<infer T> ? T : never;

function stepsOf(draws: readonly Drawn[]): JsonObject[] {
  const steps: JsonObject[] = [];
  for (const [place, draw] of draws.entries()) steps.push(stepOf(place, draw, steps));
  return steps;
}

function stepOf(place: number, draw: Drawn, earlier: readonly JsonObject[]): JsonObject {
  const at = (n: number) => earlier[n % Math.max(1, earlier.length)];
  const head = (n: number) => `${String(at(n)?.id)}${at(n)?.forEach === undefined ? "" : "[0]"}`;
  const has = earlier.length > 0;
  const values = [
    "ok",
    ref("document.text"),
    has ? ref(`${head(draw.source)}.v`) : "ok",
    has ? { ref: `${head(draw.source)}.v`, default: ref(`${head(draw.other)}.v`) } : ref("document.text"),
    has ? { ref: `${head(draw.source)}.v`, default: "ok" } : "ok",
  ];
  const step: JsonObject = { id: `s${place}`, tool: draw.isStrict ? "strict" : "look", input: {}, onFailure: "skip" };
  step.input = { x: values[draw.kind] ?? "ok" };
  const conditions = [
    { ref: "document.text", contains: "hello" },
    has ? { ref: `${head(draw.other)}.v`, exists: draw.kind > 2 } : null,
    has ? { ref: `status.${String(at(draw.other)?.id)}`, is: draw.is } : null,
    { ref: "goal", is: "another" },
  ];
  const when = conditions[draw.when] ?? null;
  if (when !== null) step.when = when;
  if (draw.many === 0) step.forEach = { items: [1, 2], max: 2 };
  if (draw.many === 1 && has) {
    step.forEach = { items: [{ ref: `${head(draw.other)}.v`, default: "none" }], max: 2 };
    step.input = { x: draw.isStrict ? "ok" : ref("item") };
  }
  return step;
}

test("a label names the document exactly where a naive taint analysis finds its influence", {
  timeout: 20_000,
}, async () => {
  const tally = { tainted: 0, clean: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(drawn, { minLength: 2, maxLength: 8 }), async (draws) => {
      const steps = stepsOf(draws);
      const result: RunResult = await taintWorld().apply(steps, { request: { documents } });
      expect(result.status).toBe("completed");
      for (const row of result.steps.filter(({ label, attempts }) => label !== null && attempts > 0)) {
        const isTainted = naiveTaint(steps, result, row.id);
        expect([row.id, row.label?.origins.includes("documents[0]")]).toEqual([row.id, isTainted]);
        tally[isTainted ? "tainted" : "clean"] += 1;
      }
    }),
    { numRuns: 150, seed: 5 },
  );
  expect(tally.tainted).toBeGreaterThan(100);
  expect(tally.clean).toBeGreaterThan(100);
});
