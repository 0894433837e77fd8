/** Schemas that are only hearsay refuse nothing at run time; exact ones do. */
import { describe, expect, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";

const NUMBER = { type: "object", properties: { value: { type: "number" } }, required: ["value"] };

/** `source` gives whatever it was made with; `target` says that it takes and gives a number, and gives what it got. */
function runWith(value: JsonValue, schemaTrust: "exact" | "advisory"): Promise<RunResult> {
  const pure = { effect: "read", idempotency: "pure" } as const;
  const empty = { type: "object" };
  const tools = [
    defineTool({
      ...pure,
      name: "source",
      description: "Gives.",
      inputSchema: empty,
      outputSchema: {},
      execute: () => ({ value }),
    }),
    defineTool({
      ...pure,
      name: "target",
      description: "Takes a number.",
      inputSchema: NUMBER,
      outputSchema: NUMBER,
      schemaTrust,
      execute: (input) => input as { value: number },
    }),
  ];
  const steps = [
    { id: "given", tool: "source", input: {} },
    { id: "taken", tool: "target", input: { value: { ref: "given.value" } } },
  ];
  const plan = { kind: "plan", rationale: "", steps, output: { ref: "taken.value" } };
  return createRuntime({ tools, builtInTools: false, store: createMemoryStore() }).run({ goal: "Pass it on.", plan });
}

describe("a value that does not fit a tool's schema", () => {
  test("reaches the tool and comes back where the schemas are advisory", async () => {
    expect(await runWith("twelve", "advisory")).toMatchObject({ status: "completed", output: "twelve" });
  });

  test("fails the step where they are exact", async () => {
    expect(await runWith("twelve", "exact")).toMatchObject({ status: "failed", error: { code: "TOOL_INVALID_INPUT" } });
  });

  test("both let a fitting value through, with the label of what it came from", async () => {
    for (const trust of ["exact", "advisory"] as const) {
      const result = await runWith(12, trust);
      expect(result).toMatchObject({ status: "completed", output: 12 });
      expect(result.steps.map((step) => step.label?.origins)).toEqual([
        ["tool:source"],
        ["tool:source", "tool:target"],
      ]);
    }
  });
});
