import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { call, tempFolder } from "./fake-terminal.ts";

const SAMPLE = join(import.meta.dirname, "../../samples/ferry-cooperative.md");
const GREET = `name: greet
version: 3
description: Says something kind.
params:
  who: { type: string, description: whom }
  times: { type: integer, default: 2 }
steps:
  - { id: words, tool: compute, input: { op: join, values: [Dear, { ref: params.who }], separator: " " } }
  - { id: digits, tool: compute, input: { op: multiply, values: [{ ref: params.times }, 10] } }
output: { said: { ref: words.value }, times: { ref: digits.value } }
`;

function projectWith(files: Record<string, string>, folder = "workflows"): string {
  const cwd = tempFolder();
  mkdirSync(join(cwd, folder), { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, folder, name), content);
  return cwd;
}

describe("planwright workflows", () => {
  test("lists the shipped ones and the project's own, also where one is not right", async () => {
    const cwd = projectWith({ "greet.yaml": GREET, "bad.yaml": "name: bad\nversion: 1\nsteps: []\n" });
    const { out, code } = await call(["workflows"], { cwd });
    expect(code).toBe(0);
    expect(out).toMatch(/document_analysis@1 +shipped +sentences/);
    expect(out).toMatch(/greet@3 .*who, times +Says something kind\./);
    expect(out).toMatch(/bad .*is empty/);
    const listed = (await call(["workflows", "list", "--json"], { cwd })).json() as { name: string }[];
    expect(listed.map(({ name }) => name)).toEqual(["bad", "document_analysis", "greet"]);
    expect(listed[2]).toMatchObject({
      version: 3,
      hash: expect.stringMatching(/^sha256:/),
      params: { times: { default: 2 } },
      issues: [],
    });
    expect(listed[0]).toMatchObject({ version: null, hash: null, issues: [{ path: "/steps" }] });
  });

  test("looks where the configuration says", async () => {
    const cwd = projectWith({ "greet.yaml": GREET }, "flows");
    expect((await call(["workflows"], { cwd })).out).not.toContain("greet");
    writeFileSync(join(cwd, "planwright.config.json"), '{"workflows":"flows"}');
    expect((await call(["workflows"], { cwd })).out).toContain("greet@3");
    writeFileSync(join(cwd, "planwright.config.json"), '{"workflows":"none"}');
    expect(await call(["workflows"], { cwd })).toMatchObject({ code: 2 });
  });

  test("shows one by name or file: params, rules, plan; as JSON; as a picture", async () => {
    const cwd = projectWith({ "greet.yaml": GREET });
    const { out } = await call(["workflows", "show", "greet"], { cwd });
    expect(out).toContain("who: string, required, whom");
    expect(out).toContain("Plan: 2 steps, then finish");
    const shown = (await call(["workflows", "show", "workflows/greet.yaml", "--json"], { cwd })).json();
    expect(shown).toMatchObject({
      name: "greet",
      plan: { kind: "plan", steps: [{ id: "words" }, { id: "digits" }] },
      rules: { recovery: [] },
    });
    expect((await call(["workflows", "show", "document_analysis", "--mermaid"], { cwd })).out).toMatch(
      /^flowchart TD\n[\s\S]*subgraph g2\["analysis"\]/,
    );
    expect((await call(["workflows", "show", "document_analysis"], { cwd })).out).toContain("2 recovery rules");
  });

  test.each([
    [["workflows", "lits"], "VALIDATION"],
    [["workflows", "show", "gret"], "NOT_FOUND"],
    [["workflows", "show", "none.yaml"], "CONFIG_INVALID"],
    [["workflows", "show", "bad"], "PLAN_BAD_VALUE"],
  ])("%j is an error of the input", async (args, code) => {
    const cwd = projectWith({ "greet.yaml": GREET, "bad.yaml": "name: bad\nversion: 1\nsteps: []\n" });
    const { code: exit, json } = await call([...args, "--json"], { cwd });
    expect(exit).toBe(2);
    expect(json()).toMatchObject({ code });
  });
});

describe("running workflows on the command line", () => {
  test("run --workflow takes a name, and params by their declared type", async () => {
    const cwd = projectWith({ "greet.yaml": GREET });
    const ran = await call(["run", "--workflow", "greet", "--param", "who=17", "--param", "times=3", "--json"], {
      cwd,
    });
    expect(ran.json()).toMatchObject({
      status: "completed",
      goal: "workflow greet",
      workflow: { name: "greet", version: 3 },
      output: { said: "Dear 17", times: 30 },
    });
    expect(ran.err).toContain("workflow greet@3");
  });

  test("run takes a file and a goal beside it, apply a file or standard input", async () => {
    const cwd = projectWith({ "greet.yaml": GREET });
    const byFile = await call(
      ["run", "Greet them", "--workflow", "workflows/greet.yaml", "--param", "who=Ada", "--json"],
      { cwd },
    );
    expect(byFile.json()).toMatchObject({ goal: "Greet them", output: { said: "Dear Ada" } });
    const applied = await call(["apply", "workflows/greet.yaml", "--param", "who=Bo", "--json"], { cwd });
    expect(applied.json()).toMatchObject({ output: { said: "Dear Bo" }, workflow: { name: "greet" } });
    const piped = await call(["apply", "-", "--param", "who=Cy", "--json"], { cwd, stdin: GREET });
    expect(piped.json()).toMatchObject({ output: { said: "Dear Cy" } });
  });

  test("apply takes a module that exports a workflow", async () => {
    const cwd = projectWith({
      "greet.mjs": `export default { name: "greet", version: 1, steps: [{ id: "n", tool: "compute", input: { op: "sum", values: [1, 2] } }] };`,
    });
    const applied = await call(["apply", "workflows/greet.mjs", "--json"], { cwd });
    expect(applied.json()).toMatchObject({ status: "completed", output: { n: { value: 3 } } });
  });

  test("plan --workflow checks and shows it, and runs nothing", async () => {
    const cwd = tempFolder();
    const planned = await call(["plan", "--workflow", "document_analysis", "-d", SAMPLE, "--json"], { cwd });
    expect(planned.json()).toMatchObject({
      v: 1,
      valid: true,
      planner: "fixed",
      decision: { kind: "plan" },
      graph: { criticalPath: ["summary", "topics", "report"] },
    });
    expect((await call(["runs", "--json"], { cwd })).json()).toEqual({ items: [], next: null });
  });

  test("what the checker refuses is told with its place in the file and its line, and nothing runs", async () => {
    const text = GREET.replace("{ ref: params.who }], separator", "{ ref: params.whom }], separator").replace(
      "op: multiply",
      "op: multipl",
    );
    const cwd = projectWith({ "greet.yaml": text });
    const ran = await call(["run", "--workflow", "greet", "--param", "who=Ada", "--json"], { cwd });
    expect(ran.code).toBe(2);
    const { issues } = ran.json() as { issues: { path: string; message: string }[] };
    expect(issues.map(({ path }) => path)).toContain("/steps/1/input/op");
    expect(issues.find(({ path }) => path === "/steps/1/input/op")?.message).toContain("(line 9)");
    expect((await call(["runs", "--json"], { cwd })).json()).toEqual({ items: [], next: null });
  });

  test.each([
    ["a param that is missing", ["run", "--workflow", "greet"], "VALIDATION", "--param who=text"],
    [
      "a param that is not there",
      ["run", "--workflow", "greet", "--param", "wo=x"],
      "VALIDATION",
      "Did you mean 'who'?",
    ],
    [
      "a param of the wrong type",
      ["run", "--workflow", "greet", "--param", "who=x", "--param", "times=many"],
      "VALIDATION",
      "integer",
    ],
    ["no document for one that reads it", ["run", "--workflow", "document_analysis"], "PLAN_BAD_REF", "no document"],
    ["neither goal nor workflow", ["run"], "VALIDATION", "--workflow"],
  ])("%s is an error of the input", async (...[, args, code, says]) => {
    const cwd = projectWith({ "greet.yaml": GREET });
    const called = await call([...args, "--json"], { cwd });
    expect(called.code).toBe(2);
    const error = called.json() as { code: string; message: string; hint: string; issues: object[] };
    expect(error.code).toBe(code);
    expect(JSON.stringify(error)).toContain(says);
  });
});
