/** What stands in for a tool: a list, or calls that are told apart. */
import { describe, expect, test } from "vitest";
import { evalCaseSchema, type Stub } from "../../../src/eval/case.ts";
import { answerFromStub } from "../../../src/eval/run/answer-from-stub.ts";
import { createFakeTool } from "../../../src/testing/fake-tool.ts";

const inputSchema = { type: "object", properties: { x: { type: "string" }, n: { type: "integer", default: 3 } } };
const tool = createFakeTool({ name: "look", inputSchema });

function answers(stub: Stub): (input: object, step?: string, index?: number | null) => unknown {
  const execute = answerFromStub(tool, stub, "c");
  return (input, step = "a", index = null) => {
    try {
      return execute(input, { step, index } as never);
    } catch (thrown) {
      return (thrown as { code: string }).code;
    }
  };
}

describe("a stub", () => {
  test("that is a list gives its outputs in order, whatever they look like, and the last one stays", () => {
    const like = { calls: [{ outcomes: [{ error: { code: "INTERNAL", message: "no" } }] }] };
    const answer = answers([like, { output: 1 }]);
    expect([answer({}), answer({}), answer({})]).toEqual([like, { output: 1 }, { output: 1 }]);
  });

  test("that tells calls apart answers with the first whose condition fits, each in its own order", () => {
    const answer = answers({
      calls: [
        {
          when: { input: { x: "a" } },
          outcomes: [{ error: { code: "TOOL_TRANSIENT", message: "later" } }, { output: 1 }],
        },
        { when: { step: "s", index: 1 }, outcomes: [{ output: 2 }] },
        { outcomes: [{ output: 3 }] },
      ],
    });
    expect([answer({ x: "a" }), answer({ x: "b" }), answer({ x: "a" }), answer({ x: "a" })]).toEqual([
      "TOOL_TRANSIENT",
      ...[3, 1, 1],
    ]);
    expect([answer({ x: "b" }, "s", 1), answer({ x: "b" }, "s", 0)]).toEqual([2, 3]);
  });

  test("says so where no condition fits", () => {
    const answer = answers({ calls: [{ when: { input: { x: "a" } }, outcomes: [{ output: 1 }] }] });
    expect(answer({ x: "b" })).toBe("CONFIG_INVALID");
  });

  test("is told from an output by its form alone", () => {
    const parse = (stub: unknown) => evalCaseSchema.safeParse({ id: "c", goal: "g", stubs: { look: stub } }).success;
    expect(parse([{ error: { code: "ANY", message: "an output" } }])).toBe(true);
    expect(parse({ calls: [{ outcomes: [{ output: 1 }] }] })).toBe(true);
    expect(parse({ calls: [{ outcomes: [{ error: { code: "ANY", message: "no code" } }] }] })).toBe(false);
    expect(parse({ output: 1 })).toBe(false);
  });
});
