/** A label joins everything that went into a value (KERNEL 17), in whatever order it went in. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinLabels, type Label, TRUSTED } from "../../src/policy/label.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createWorld, type World } from "./run-world.ts";

const ORIGINS = ["documents[0]", "goal", "params", "planner", "tool:echo"];
const label: fc.Arbitrary<Label> = fc.record({
  integrity: fc.constantFrom("trusted" as const, "untrusted" as const),
  origins: fc.subarray(ORIGINS),
});

describe("the join of two labels", () => {
  test("is untrusted exactly if either is, and has the origins of both, sorted and once each", () => {
    fc.assert(
      fc.property(label, label, (left, right) => {
        const { integrity, origins } = joinLabels(left, right);
        const isEither = [left, right].some((one) => one.integrity === "untrusted");
        expect(integrity).toBe(isEither ? "untrusted" : "trusted");
        expect(origins).toEqual([...new Set([...left.origins, ...right.origins])].sort());
      }),
    );
  });

  test("does not depend on order or grouping; the constant of trusted plans adds nothing", () => {
    fc.assert(
      fc.property(label, label, label, (one, two, three) => {
        expect(joinLabels(one, two)).toEqual(joinLabels(two, one));
        expect(joinLabels(joinLabels(one, two), three)).toEqual(joinLabels(one, joinLabels(two, three)));
        expect(joinLabels(one, one)).toEqual(one);
        expect([joinLabels(one, TRUSTED), joinLabels(TRUSTED, one)]).toEqual([one, one]);
      }),
    );
  });
});

const documents = [{ name: "d.md", text: "attacker text" }];
const UNTRUSTED = { ref: "document.text" };
const wipe = (input: object, rest: object = {}) => ({ id: "w", tool: "wipe", input, ...rest });

/** Steps before which a person is asked, and the step itself. */
const CASES: Record<string, object[]> = {
  "text first, something trusted after it": [wipe({ a: UNTRUSTED, b: { ref: "goal" } })],
  "something trusted first, text after it": [wipe({ a: { ref: "goal" }, b: UNTRUSTED })],
  "each element of an untrusted list, whatever it is called with": [
    wipe({ x: "all" }, { forEach: { items: [UNTRUSTED], max: 3 } }),
  ],
  "each element of a list whose length is untrusted": [
    { id: "list", tool: "list", input: { of: UNTRUSTED } },
    wipe({ place: { ref: "index" } }, { forEach: { items: { ref: "list" }, max: 3 } }),
  ],
};

function writingWorld(): World {
  return createWorld({
    behaviours: { wipe: () => ({}), list: ({ of }) => [of ?? null] as JsonValue },
    definitions: { wipe: { effect: "write", idempotency: "none" }, list: { derive: "inputs" } },
  });
}

describe("a write waits for a person where its label holds untrusted data", () => {
  test.each(Object.entries(CASES))("%s", async (_, steps) => {
    const world = writingWorld();
    const result = await world.apply(steps, { request: { documents } });
    expect(result).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
    expect(result.waiting?.approvals[0]?.rule).toBe("default.untrusted-input");
    expect(world.calls.filter(({ tool }) => tool === "wipe")).toHaveLength(0);
  });

  test("and a list of trusted values asks nobody", async () => {
    const world = writingWorld();
    const steps = [wipe({ x: { ref: "item" } }, { forEach: { items: [{ ref: "goal" }, 2], max: 3 } })];
    expect((await world.apply(steps, { request: { documents } })).status).toBe("completed");
    expect(world.calls).toHaveLength(2);
  });
});
