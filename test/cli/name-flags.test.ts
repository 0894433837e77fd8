import { expect, test } from "vitest";
import { nameFlags } from "../../src/cli/render/name-flags.ts";

test("a hint that names a field of a request also names its flag", () => {
  expect(nameFlags("Raise budget.maxSteps.")).toBe("Raise budget.maxSteps (--max-steps).");
  expect(nameFlags("See the run's result for what is open.")).toBe(
    "See the run's result (planwright runs show) for what is open.",
  );
});

test("other hints stay as they are", () => {
  expect(nameFlags("Answer with plain JSON.")).toBe("Answer with plain JSON.");
});
