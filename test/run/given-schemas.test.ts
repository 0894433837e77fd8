/** Schemas that come with a request or a workflow: no run is held up by one, whatever it holds. */
import { describe, expect, test } from "vitest";
import type { PlanwrightError } from "../../src/error/planwright-error.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { createWorld } from "./run-world.ts";

const HOSTILE = { type: "string", pattern: "^(a+)+$" };
const AHEAD = { type: "string", pattern: "^(?=a).*$" };
const long = `${"a".repeat(36)}!`;
const output = { ref: "a.v" };
const step = { id: "a", tool: "echo", input: { v: long } };
const workflow: JsonObject = { name: "w", version: 1, steps: [step], output };

describe("a regular expression that guesses for ever", () => {
  test("as the schema of the output: the run ends, and says what does not fit", async () => {
    const result = await createWorld().apply([step], { output, request: { output: HOSTILE } });
    expect(result).toMatchObject({ status: "failed", error: { code: "OUTPUT_INVALID" } });
  });

  test("as a success criterion of a request or a workflow: the criterion is not met", async () => {
    const success = [{ name: "s", schema: HOSTILE }];
    const result = await createWorld().apply([step], { output, request: { success } });
    expect(result).toMatchObject({ status: "failed", error: { code: "SUCCESS_UNMET" } });
    const carriedOut = await createWorld().run({ workflow: { ...workflow, success } });
    expect(carriedOut).toMatchObject({ status: "failed", error: { code: "SUCCESS_UNMET" } });
  });
});

describe("an expression that the engine does not take", () => {
  const success = [{ name: "s", schema: AHEAD }];
  test.each<[string, object]>([
    ["output", { goal: "g", plan: { kind: "finish", rationale: "r", output: 1 }, output: AHEAD }],
    ["success", { goal: "g", success }],
    ["rules", { goal: "g", rules: { success } }],
    ["workflow", { workflow: { ...workflow, success } }],
  ])("is refused before the run starts, in %s", async (_, request) => {
    const refused = await createWorld()
      .runtime.start(request)
      .then(null, (error: PlanwrightError) => error);
    expect(refused).toMatchObject({ code: expect.stringMatching(/^(VALIDATION|PLAN_BAD_VALUE)$/) });
    expect((refused as PlanwrightError).message).toContain("looks ahead or behind");
  });

  test("is told with its place in the workflow", async () => {
    const criteria = [{ name: "fine", schema: { type: "string" } }, ...success];
    const refused = createWorld().runtime.start({ workflow: { ...workflow, success: criteria } });
    await expect(refused).rejects.toMatchObject({ issues: [{ path: "/success/1/schema" }] });
  });
});
