import { describe, expect, test } from "vitest";
import { createWorld, sleep, statuses } from "./run-world.ts";

const ref = (path: string) => ({ ref: path });

describe("data flow", () => {
  test("a chain passes outputs on and the plan's output is resolved", async () => {
    const world = createWorld({ behaviours: { add: ({ a, b }) => ({ sum: Number(a) + Number(b) }) } });
    const result = await world.apply(
      [
        { id: "first", tool: "add", input: { a: 1, b: 2 } },
        { id: "second", tool: "add", input: { a: ref("first.sum"), b: 10 } },
      ],
      { output: { total: ref("second.sum"), text: { template: "is {{second.sum}}" } } },
    );
    expect(result.status).toBe("completed");
    expect(result.output).toEqual({ total: 13, text: "is 13" });
    expect(result.usage.toolCalls).toBe(2);
  });

  test("without output the result holds the outputs of steps that nobody reads, by id", async () => {
    const world = createWorld();
    const result = await world.apply([
      { id: "a", tool: "echo", input: { x: 1 } },
      { id: "b", tool: "echo", input: { y: ref("a.x") } },
      { id: "c", tool: "echo", input: { z: 3 } },
    ]);
    expect(result.output).toEqual({ b: { y: 1 }, c: { z: 3 } });
  });

  test("a plan without steps ends at once", async () => {
    const result = await createWorld().apply([], { output: { goal: ref("goal") } });
    expect(result).toMatchObject({ status: "completed", output: { goal: "test" }, steps: [] });
  });

  test("a step starts when its own inputs are ready, whatever its siblings do", async () => {
    const world = createWorld({
      behaviours: {
        wait: async ({ ms }, { signal }) => {
          await sleep(world.clock, Number(ms), signal);
          return { ms: ms ?? 0 };
        },
      },
    });
    const result = await world.apply([
      { id: "slow", tool: "wait", input: { ms: 500 } },
      { id: "quick", tool: "wait", input: { ms: 50 } },
      { id: "next", tool: "wait", input: { ms: 5 }, after: ["quick"] },
    ]);
    expect(result.status).toBe("completed");
    expect(world.calls.map(({ context, atMs }) => [context.step, atMs])).toEqual([
      ["quick", 0],
      ["slow", 0],
      ["next", 50],
    ]);
    expect(result.durationMs).toBe(500);
  });

  test("a tool that changes its input or keeps its output cannot change what the run knows", async () => {
    const kept: { list: number[] }[] = [];
    const world = createWorld({
      behaviours: {
        make: () => {
          const output = { list: [1] };
          kept.push(output);
          return output;
        },
        spoil: (input) => {
          (input.list as number[]).push(9);
          kept[0]?.list.push(7);
          return {};
        },
      },
    });
    const result = await world.apply(
      [
        { id: "made", tool: "make", input: {} },
        { id: "spoilt", tool: "spoil", input: { list: ref("made.list") } },
        { id: "seen", tool: "echo", input: { list: ref("made.list") }, after: ["spoilt"] },
      ],
      { output: ref("seen.list") },
    );
    expect(result.output).toEqual([1]);
  });
});

describe("when, skip and default", () => {
  const branches = [
    { id: "mood", tool: "echo", input: { label: "negative" } },
    { id: "bad", tool: "echo", input: { text: "sorry" }, when: { ref: "mood.label", is: "negative" } },
    { id: "good", tool: "echo", input: { text: "great" }, when: { ref: "status.bad", is: "unmet" } },
    { id: "reader", tool: "echo", input: { text: ref("good.text") } },
    { id: "join", tool: "echo", input: { text: { ref: "good.text", default: ref("bad.text") } } },
    { id: "later", tool: "echo", input: {}, after: ["reader", "good"] },
  ];

  test("an unmet branch skips its readers, joins by default and lets `after` go on", async () => {
    const result = await createWorld().apply(branches, {
      output: { joined: ref("join.text"), other: ref("good.text") },
    });
    expect(result.status).toBe("completed");
    expect(statuses(result)).toEqual({
      mood: "completed",
      bad: "completed",
      good: "unmet",
      reader: "skipped",
      join: "completed",
      later: "completed",
    });
    expect(result.output).toEqual({ joined: "sorry", other: null });
    expect(result.missing).toEqual([{ path: "/other", ref: "good.text" }]);
  });

  test("a failed step with onFailure skip is absent to its readers and visible as a status", async () => {
    const world = createWorld({
      behaviours: {
        fail: () => {
          throw new Error("no");
        },
      },
    });
    const result = await world.apply(
      [
        { id: "a", tool: "fail", input: {}, onFailure: "skip" },
        { id: "b", tool: "echo", input: { x: ref("a.x") } },
        { id: "c", tool: "echo", input: { x: { ref: "a.x", default: 5 } } },
        { id: "d", tool: "echo", input: {}, when: { ref: "status.a", is: "failed" } },
      ],
      { output: ref("c.x") },
    );
    expect(result).toMatchObject({ status: "completed", output: 5 });
    expect(statuses(result)).toEqual({ a: "failed", b: "skipped", c: "completed", d: "completed" });
  });

  test("default covers a missing path but never null", async () => {
    const result = await createWorld().apply(
      [
        { id: "a", tool: "echo", input: { x: null } },
        { id: "b", tool: "echo", input: { x: { ref: "a.x", default: 1 }, y: { ref: "a.y", default: 2 } } },
      ],
      { output: ref("b") },
    );
    expect(result.output).toEqual({ x: null, y: 2 });
  });

  test("10,000 unmet steps in a chain settle without recursion", async () => {
    const steps = Array.from({ length: 3_000 }, (_, place) =>
      place === 0
        ? { id: "s0", tool: "echo", input: {}, when: { ref: "goal", is: "no" } }
        : { id: `s${place}`, tool: "echo", input: { x: ref(`s${place - 1}`) } },
    );
    const result = await createWorld().apply(steps, { output: 1 });
    expect(result.status).toBe("completed");
    expect(new Set(Object.values(statuses(result)))).toEqual(new Set(["unmet", "skipped"]));
  });
});

describe("forEach", () => {
  const each = (items: unknown, rest: object = {}, max = 10) => ({
    id: "each",
    tool: "work",
    input: { item: ref("item"), place: ref("index") },
    forEach: { items, max },
    ...rest,
  });

  test("runs every element and keeps their order", async () => {
    const world = createWorld({
      behaviours: {
        work: async ({ item, place }, { signal }) => {
          await sleep(world.clock, 100 - Number(place) * 10, signal);
          return `${item}${place}`;
        },
      },
    });
    const result = await world.apply([each(["a", "b", "c"])], { output: ref("each") });
    expect(result.output).toEqual(["a0", "b1", "c2"]);
    expect(statuses(result)).toEqual({
      each: "completed",
      "each[0]": "completed",
      "each[1]": "completed",
      "each[2]": "completed",
    });
    expect(result.durationMs).toBe(100);
  });

  test("an empty list completes with an empty list", async () => {
    const result = await createWorld({ behaviours: { work: () => 1 } }).apply([each([])], { output: ref("each") });
    expect(result).toMatchObject({ status: "completed", output: [] });
  });

  test("over max it fails before element 0", async () => {
    const world = createWorld({ behaviours: { work: () => 1, list: () => [1, 2, 3] } });
    const result = await world.apply([{ id: "l", tool: "list", input: {} }, each(ref("l"), {}, 2)]);
    expect(result).toMatchObject({ status: "failed", error: { code: "LIMIT_FANOUT", stepId: "each" } });
    expect(world.calls.filter(({ tool }) => tool === "work")).toHaveLength(0);
  });

  test("a list that is none at run time fails with PLAN_NOT_A_LIST", async () => {
    const world = createWorld({ behaviours: { work: () => 1, list: () => ({ no: "list" }) } });
    const result = await world.apply([{ id: "l", tool: "list", input: {} }, each(ref("l"))]);
    expect(result.error?.code).toBe("PLAN_NOT_A_LIST");
  });

  test("onFailure skip leaves null at the failed index", async () => {
    const world = createWorld({
      behaviours: {
        work: ({ item }) => {
          if (item === 2) throw new Error("two");
          return item;
        },
      },
    });
    const result = await world.apply([each([1, 2, 3], { onFailure: "skip" })], { output: ref("each") });
    expect(result).toMatchObject({ status: "completed", output: [1, null, 3] });
    expect(statuses(result)).toMatchObject({ "each[1]": "failed", each: "completed" });
  });

  test("a failing element fails the step, and elements that had not started are not called", async () => {
    const world = createWorld({
      limits: { parallelSteps: 1 },
      behaviours: {
        work: ({ item }) => {
          if (item === 2) throw new Error("two");
          return item;
        },
      },
    });
    const result = await world.apply([each([1, 2, 3, 4])]);
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_PERMANENT", stepId: "each" } });
    expect(world.calls).toHaveLength(2);
    expect(statuses(result)).toEqual({
      each: "failed",
      "each[0]": "completed",
      "each[1]": "failed",
      "each[2]": "cancelled",
      "each[3]": "cancelled",
    });
  });

  test("an element whose input is absent is skipped and null", async () => {
    const result = await createWorld({ behaviours: { work: ({ v }) => v } }).apply(
      [{ id: "each", tool: "work", input: { v: ref("item.v") }, forEach: { items: [{ v: 1 }, {}], max: 2 } }],
      { output: ref("each") },
    );
    expect(result.output).toEqual([1, null]);
    expect(statuses(result)).toMatchObject({ "each[0]": "completed", "each[1]": "skipped" });
  });

  test("[index] reads the same place of another list", async () => {
    const result = await createWorld({ behaviours: { work: ({ other }) => other } }).apply(
      [
        { id: "names", tool: "echo", input: { list: ["x", "y"] } },
        { id: "each", tool: "work", input: { other: ref("names.list[index]") }, forEach: { items: [1, 2], max: 2 } },
      ],
      { output: ref("each") },
    );
    expect(result.output).toEqual(["x", "y"]);
  });
});
