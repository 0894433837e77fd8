import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { errorShapeSchema } from "../../src/error/planwright-error.ts";
import { call, TOOLS, tempFolder } from "./fake-terminal.ts";

describe("what is wrong with a call ends it with exit code 2 and a typed error", () => {
  const cases: [what: string, args: string[], error: string, says: string][] = [
    ["no command", [], "VALIDATION", "planwright run"],
    ["an unknown command", ["runn", "x"], "VALIDATION", "Did you mean one of run, runs"],
    ["an unknown command of runs", ["runs", "lst"], "VALIDATION", "Did you mean 'runs list'"],
    ["an unknown option", ["run", "x", "--jsn"], "VALIDATION", "--jsn"],
    ["a missing argument", ["run"], "VALIDATION", "goal"],
    ["too many arguments", ["run", "a", "b"], "VALIDATION", "arguments"],
    ["an empty goal", ["run", "  "], "VALIDATION", "empty"],
    ["a limit that is no number", ["run", "x", "--max-steps", "many"], "VALIDATION", "--max-steps"],
    ["a limit above the cap", ["run", "x", "--max-steps", "999999"], "VALIDATION", "maxSteps"],
    ["another way to approve", ["run", "x", "--approve", "always"], "VALIDATION", "ask, none"],
    ["a param without a name", ["run", "x", "--param", "=3"], "VALIDATION", "--param"],
    ["a schema that is not there", ["run", "x", "--output-schema", "none.json"], "VALIDATION", "--output-schema"],
    ["a missing document", ["run", "x", "-d", "none.md"], "DOCUMENT_NOT_FOUND", "none.md"],
    ["a folder as a document", ["run", "x", "-d", "."], "DOCUMENT_UNREADABLE", "directory"],
    ["standard input twice", ["run", "x", "-d", "-", "-d", "-"], "VALIDATION", "only once"],
    ["an empty document", ["run", "x", "-d", "-"], "DOCUMENT_EMPTY", "stdin"],
    ["a model", ["run", "x", "--model", "openai:some"], "CONFIG_INVALID", "--model offline"],
    ["a configuration that is not there", ["runs", "--config", "none.json"], "CONFIG_INVALID", "none.json"],
    ["tools that are not there", ["tools", "--tools", "none.mjs"], "CONFIG_INVALID", "none.mjs"],
    ["a plan that is not there", ["apply", "none.json"], "VALIDATION", "none.json"],
    ["a workflow that is not right", ["apply", "flow.yaml"], "PLAN_SCHEMA", "'version' of the workflow is missing"],
    ["a workflow that is not there", ["run", "--workflow", "flow.yml"], "CONFIG_INVALID", "flow.yml"],
    ["an unknown workflow", ["plan", "--workflow", "document_analyses"], "NOT_FOUND", "'document_analysis'"],
    ["plan and document from one stream", ["apply", "-", "-d", "-"], "VALIDATION", "both"],
    ["an unknown run", ["runs", "show", "run_none"], "NOT_FOUND", "run_none"],
    ["an unknown run to cancel", ["runs", "cancel", "run_none"], "NOT_FOUND", "run_none"],
    ["a decision that is no number", ["decisions", "run_none", "first"], "VALIDATION", "whole number"],
    ["an unknown status", ["runs", "list", "--status", "complete"], "VALIDATION", "completed"],
    ["an unknown tool", ["tools", "show", "sumarize"], "NOT_FOUND", "summarize"],
  ];
  test.each(cases)("%s", async (...[, args, expected, says]) => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "flow.yaml"), "name: x\nsteps: []\n");
    const [forPeople, asJson] = await Promise.all([
      call(args, { cwd, stdin: "" }),
      call([...args, "--json"], { cwd, stdin: "" }),
    ]);
    expect(forPeople).toMatchObject({ code: 2, out: "" });
    expect(forPeople.err).toContain(expected);
    expect(forPeople.err).not.toMatch(/\n\s+at .+:\d+:\d+/);
    expect(asJson.code).toBe(2);
    const error = errorShapeSchema.parse(asJson.json());
    expect(error.code).toBe(expected);
    expect(`${error.message} ${error.hint} ${JSON.stringify(error.issues)}`).toContain(says);
    expect(error.hint).not.toBe("");
  });

  test.each([
    ["text that is not JSON", "no plan", "PLAN_NOT_JSON"],
    ["a list", "[]", "VALIDATION"],
    ["a question", '{"kind":"ask","rationale":"r","question":"q"}', "VALIDATION"],
    ["a workflow without steps", '{"name":"w","version":1,"steps":[]}', "PLAN_BAD_VALUE"],
    ["prototype keys", '{"kind":"plan","rationale":"r","steps":[],"__proto__":{"a":1}}', "PLAN_BAD_VALUE"],
    [
      "depth",
      `{"kind":"plan","rationale":"r","steps":[],"output":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
      "PLAN_TOO_LARGE",
    ],
    [
      "an unknown tool",
      '{"kind":"plan","rationale":"r","steps":[{"id":"a","tool":"serach","input":{}}]}',
      "PLAN_UNKNOWN_TOOL",
    ],
    [
      "a cycle",
      '{"kind":"plan","rationale":"r","steps":[{"id":"a","tool":"echo","input":{"text":{"ref":"b.text"}}},{"id":"b","tool":"echo","input":{"text":{"ref":"a.text"}}}]}',
      "PLAN_CYCLE",
    ],
  ])("a plan with %s never starts", async (_, stdin, code) => {
    const cwd = tempFolder();
    const called = await call(["apply", "-", "--tools", TOOLS, "--json"], { cwd, stdin });
    expect(called.code).toBe(2);
    expect(errorShapeSchema.parse(called.json()).code).toBe(code);
    expect((await call(["runs", "--json"], { cwd })).json()).toEqual({ items: [], next: null });
  });

  test("a store that can't be written", async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "file"), "in the way");
    const called = await call(["run", "Summarise this", "-d", "-", "--store", "file/store", "--json"], {
      cwd,
      stdin: "One word.",
    });
    expect(called.code).toBe(2);
    expect(errorShapeSchema.parse(called.json()).code).toMatch(/^STORE_/);
  });
});

test("help and version are data, and name every exit code", async () => {
  const help = await call(["--help"]);
  expect(help).toMatchObject({ code: 0, err: "" });
  expect(help.out).toContain("130 cancelled");
  expect(await call(["run", "--help"])).toMatchObject({ code: 0, err: "" });
  expect((await call(["--version"])).out).toBe("0.1.0\n");
});

test("a stack shows with PLANWRIGHT_DEBUG only", async () => {
  const args = ["runs", "show", "run_none"];
  expect((await call(args)).err).not.toContain("    at ");
  expect((await call(args, { env: { PLANWRIGHT_DEBUG: "1" } })).err).toContain("    at ");
});

describe("doctor", () => {
  test("is content with a fresh folder, and prints names of keys only", async () => {
    const called = await call(["doctor", "--json"], { env: { ANTHROPIC_API_KEY: "sk-secret" } });
    expect(called.code).toBe(0);
    expect(called.json()).toMatchObject({ v: 1, healthy: true });
    expect(called.out).toContain("ANTHROPIC_API_KEY");
    expect(called.out + called.err).not.toContain("sk-secret");
  });

  test("finds a wrong configuration and a folder without rights", async () => {
    expect(await call(["doctor"], { env: { PLANWRIGHT_MODEL: "openai:x" } })).toMatchObject({ code: 1 });
    const cwd = tempFolder();
    writeFileSync(join(cwd, "store"), "a file");
    const called = await call(["doctor", "--store", "store", "--json"], { cwd });
    expect(called.code).toBe(1);
    expect(called.json()).toMatchObject({ healthy: false });
  });
});
