/** A short plan that named a long document thousands of times threw inside apply, and then in every later fold. */
import { describe, expect, test } from "vitest";
import { createWorld } from "./run-world.ts";

const documents = [{ name: "d.txt", text: "abcdefgh ".repeat(8_000) }];
const long = { template: "{{document.text}}".repeat(3_000) };
const many = Array.from({ length: 3_000 }, () => ({ ref: "document.text" }));

async function play(steps: object[], rest: object = {}) {
  const world = createWorld();
  const result = await world.apply(steps, { ...rest, request: { documents } });
  // Read again by folding: what is listed is what was lived.
  const listed = await world.runtime.runs.list({});
  expect(listed.items.map(({ id, status }) => [id, status])).toEqual([[result.id, result.status]]);
  const folded = await world.crash().runtime.runs.get(result.id);
  expect(folded.status).toBe(result.status);
  return { world, result };
}

describe("data that a plan multiplies", () => {
  test.each([
    ["a template", { x: long }],
    ["a list", { x: many }],
    [
      "templates that fit one by one",
      { x: Array.from({ length: 200 }, () => ({ template: "{{document.text}}".repeat(20) })) },
    ],
  ])("%s over the limit fails its step as invalid input, and the run stays readable", async (_, input) => {
    const { world, result } = await play([
      { id: "first", tool: "echo", input: {} },
      { id: "a", tool: "echo", input, after: ["first"] },
    ]);
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_INVALID_INPUT", stepId: "a" } });
    expect(result.error?.hint).toMatch(/./);
    expect(world.calls.map(({ context }) => context.step)).toEqual(["first"]);
  });

  test("a list over the limit fails its forEach", async () => {
    const forEach = { items: many, max: 5_000 };
    const { result } = await play([{ id: "a", tool: "echo", input: { x: { ref: "item" } }, forEach }]);
    expect(result).toMatchObject({ status: "failed", error: { code: "TOOL_INVALID_INPUT", stepId: "a" } });
  });

  test("an element over the limit fails alone", async () => {
    const input = { n: { ref: "item" }, x: long };
    const { result } = await play([
      { id: "a", tool: "echo", input, forEach: { items: [1, 2], max: 2 }, onFailure: "skip" },
    ]);
    expect(result).toMatchObject({ status: "completed", output: { a: [null, null] } });
  });

  test("an operand over the limit counts as absent", async () => {
    const { result } = await play([
      { id: "is", tool: "echo", input: {}, when: { ref: "document.text", is: long } },
      { id: "not", tool: "echo", input: {}, when: { ref: "document.text", not: long } },
    ]);
    expect(result.steps.map(({ id, status }) => [id, status])).toEqual([
      ["is", "unmet"],
      ["not", "unmet"],
    ]);
  });

  test.each([
    ["a template", long],
    ["a list", many],
  ])("an output with %s over the limit ends the run as OUTPUT_INVALID", async (_, x) => {
    const { result } = await play([{ id: "a", tool: "echo", input: {} }], { output: { x } });
    expect(result).toMatchObject({ status: "failed", output: null, error: { code: "OUTPUT_INVALID" } });
  });

  test("below the limit nothing changes", async () => {
    const { result } = await play([
      { id: "a", tool: "echo", input: { x: { template: "{{document.text}}{{document.text}}" } } },
    ]);
    expect(result.status).toBe("completed");
  });
});
