import { describe, expect, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import type { Workflow } from "../../src/workflow/workflow.ts";
import { briefly, compiled, issuesOf, libraryOf, step, workflowOf } from "./workflow-kit.ts";

const READ = step("read", "params.letter.body");
const JUDGE = { id: "judge", tool: "echo", input: { text: { template: "{{params.style}} {{read.text}}" } } };

function letter(steps: JsonValue[] = [READ, JUDGE], others: JsonObject = {}): Workflow {
  const params = { letter: { type: "object" }, style: { type: "string", default: "kind" } };
  const output = {
    said: { ref: "judge.text" },
    both: { a: { ref: "read.text" }, b: { ref: "judge.text" } },
    style: { ref: "params.style" },
  };
  return workflowOf(steps, { name: "letter", params, output, ...others });
}

function letters(after: JsonValue[] = [], each: JsonObject = {}): Workflow {
  const forEach = { items: { ref: "inbox.items" }, max: 9 };
  const nested = { id: "each", workflow: "letter", params: { letter: { ref: "item" } }, forEach, ...each };
  return workflowOf([{ id: "inbox", tool: "inbox", input: {} }, nested, ...after]);
}

describe("a nested workflow over a list", () => {
  test("becomes steps over the same list, which read the same element of each other", () => {
    const forEach = { items: { ref: "inbox.items" }, max: 9 };
    expect(compiled(letters(), [letter()]).decision.steps.slice(1)).toEqual([
      { id: "each_read", tool: "echo", input: { text: { ref: "item.body" } }, forEach },
      { id: "each_judge", tool: "echo", input: { text: { template: "kind {{each_read[index].text}}" } }, forEach },
    ]);
  });

  test("is a list outside: all entries, one, or that of the same element", () => {
    const again = { items: { ref: "inbox.items" }, max: 9 };
    const input = { all: { ref: "each[*].said" }, first: { ref: "each[0].both" } };
    const here = { id: "here", tool: "echo", input: { own: { ref: "each[index].said" } }, forEach: again };
    const { steps } = compiled(letters([{ id: "reader", tool: "echo", input }, here]), [letter()]).decision;
    expect(steps.at(-2)?.input).toEqual({
      all: { ref: "each_judge[*].text" },
      first: { a: { ref: "each_read[0].text" }, b: { ref: "each_judge[0].text" } },
    });
    expect(steps.at(-1)?.input).toEqual({ own: { ref: "each_judge[index].text" } });
  });

  test("whose output is one step's has a list of whole outputs", () => {
    const whole = letter(undefined, { output: { ref: "judge" } });
    const { steps } = compiled(letters([step("reader", "each")]), [whole]).decision;
    expect(steps.at(-1)?.input).toEqual({ text: { ref: "each_judge" } });
  });

  test("does for each element what it would do for one", async () => {
    const items = [{ body: "one" }, { body: "two" }, { body: "three" }];
    const echo = createFakeTool({
      name: "echo",
      output: (input) => ({ text: `<${(input as { text: string }).text}>` }),
    });
    const runtime = createRuntime({
      store: createMemoryStore(),
      builtInTools: false,
      tools: [createFakeTool({ name: "inbox", output: { items } }), echo],
      workflows: libraryOf(
        letter(),
        workflowOf(letters().steps as JsonValue[], { output: { said: { ref: "each[*].said" } } }),
      ),
    });
    const result = await runtime.run({ workflow: "outer" });
    expect(result).toMatchObject({
      status: "completed",
      output: { said: ["<kind <one>>", "<kind <two>>", "<kind <three>>"] },
    });
    expect(echo.calls).toHaveLength(6);
    await runtime.close();
  });

  test.each([
    [
      "a list inside the list",
      [READ, { ...JUDGE, forEach: { items: { ref: "params.letter.parts" }, max: 3 } }],
      {},
      "/steps/1",
    ],
    [
      "conditions on the element",
      [READ, { ...JUDGE, when: { ref: "params.letter.urgent", is: true } }],
      {},
      "/steps/1",
    ],
    ["conditions on what a step said of it", [READ, { ...JUDGE, when: { ref: "read.text", is: "x" } }], {}, "/steps/1"],
    [
      "success criteria",
      [READ, JUDGE],
      { success: [{ name: "s", check: { ref: "output.said", exists: true } }] },
      "/steps/1",
    ],
    ["an element of its own", [READ, step("judge", "item.body")], {}, "/steps/1"],
    ["another list in it", [READ, { id: "judge", workflow: "other", forEach: { items: [1], max: 1 } }], {}, "/steps/1"],
  ])("can't have %s", (...[, steps, others, path]) => {
    const other = workflowOf([step("a", "goal")], { name: "other" });
    const issues = issuesOf(letters(), [letter(steps, others), other]);
    expect(briefly(issues)).toEqual([`PLAN_BAD_SCOPE ${path}`]);
    expect(issues[0]?.hint).not.toBe("");
    expect(issues[0]?.message).toContain("in workflow 'letter'");
  });

  test("may have conditions that are the same for every element", () => {
    const strict = { ...JUDGE, id: "strict", when: { ref: "params.style", is: "strict" } };
    const { steps } = compiled(letters([], { params: { letter: { ref: "item" }, style: { ref: "inbox.style" } } }), [
      letter([READ, JUDGE, strict]),
    ]).decision;
    expect(steps.at(-1)).toMatchObject({ id: "each_strict", when: { ref: "inbox.style", is: "strict" } });
  });

  test.each([
    ["an entry without its place", "each.said", "each[*].said"],
    ["the list of whole outputs", "each", "each[*].KEY"],
    ["a list of what is put together", "each[*].both", "reference to a step"],
    ["a list of what depends on no step", "each[*].style", "reference to a step"],
  ])("has nothing to say for %s", (_, ref, says) => {
    const [issue, ...others] = issuesOf(letters([step("reader", ref)]), [letter()]);
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ code: "PLAN_BAD_SCOPE", path: "/steps/2/input/text/ref" });
    expect(issue?.hint).toContain(says);
  });
});
