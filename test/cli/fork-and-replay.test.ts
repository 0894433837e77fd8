/** `runs fork` and `replay` on the command line: what goes where, and exit codes. */
import { expect, test } from "vitest";
import { runReplaySchema } from "../../src/run/replay-report.ts";
import { runResultSchema } from "../../src/run/run-result.ts";
import { call, planFile, TOOLS, tempFolder } from "./fake-terminal.ts";

const ECHO = { id: "a", tool: "echo", input: { text: "one" } };
const MAIL = { id: "mail", tool: "send_mail", input: { to: "ann", text: "hello" } };

async function sourceIn(cwd: string, steps: readonly object[]): Promise<string> {
  const called = await call(["apply", planFile(cwd, steps), "--tools", TOOLS, "--json"], { cwd });
  return runResultSchema.parse(called.json()).id;
}

test("a fork says on standard error what it may do once more, and prints one result", async () => {
  const cwd = tempFolder();
  const source = await sourceIn(cwd, [ECHO, MAIL]);
  await call(["runs", "approve", source, "--tools", TOOLS], { cwd });
  const forked = await call(["runs", "fork", source, "--at", "1", "--tools", TOOLS, "--json"], { cwd });
  const result = runResultSchema.parse(forked.json());
  expect(forked.code).toBe(3);
  expect(result).toMatchObject({ forkedFrom: `${source}@1`, status: "waiting" });
  expect(result.fork?.mayRepeat).toMatchObject([{ step: "mail", tool: "send_mail", outcome: "completed" }]);
  expect(forked.err).toContain(`goes on from ${source}@1`);
  expect(forked.err).toMatch(/may do once more:\n {2}mail \(send_mail, irreversible\): took effect in the first run/);
});

test("a fork refuses what needs an approval where it is told so", async () => {
  const cwd = tempFolder();
  const source = await sourceIn(cwd, [ECHO, MAIL]);
  const flags = ["--at", "1", "--approve", "none", "--tools", TOOLS, "--json"];
  const forked = await call(["runs", "fork", source, ...flags], { cwd });
  expect(runResultSchema.parse(forked.json())).toMatchObject({ status: "failed", error: { code: "APPROVAL_DENIED" } });
});

test("a fork takes a plan from a file, and refuses one that is not in order before anything starts", async () => {
  const cwd = tempFolder();
  const source = await sourceIn(cwd, [ECHO]);
  const plan = planFile(cwd, [{ id: "b", tool: "echo", input: { text: "two" } }]);
  const forked = await call(["runs", "fork", source, "--at", "1", "--plan", plan, "--tools", TOOLS, "--json"], { cwd });
  expect([forked.code, runResultSchema.parse(forked.json()).output]).toEqual([0, { b: { text: "two" } }]);
  const bad = planFile(cwd, [{ id: "b", tool: "nosuch", input: {} }]);
  const refused = await call(["runs", "fork", source, "--at", "1", "--plan", bad, "--json"], { cwd });
  expect([refused.code, refused.json()]).toMatchObject([2, { code: "PLAN_UNKNOWN_TOOL" }]);
  const missing = await call(["runs", "fork", source, "--at", "7", "--json"], { cwd });
  expect([missing.code, missing.json()]).toMatchObject([
    2,
    { code: "VALIDATION", hint: "It has the decisions 1 to 1." },
  ]);
  expect((await call(["runs", "fork", source, "--json"], { cwd })).code).toBe(2);
});

test("replay checks several runs, and asks rules again what rules decided", async () => {
  const cwd = tempFolder();
  const args = ["run", "Outline this document", "-d", "-", "--model", "offline", "--json"];
  const run = async (): Promise<string> => {
    const called = await call(args, { cwd, stdin: "# Memo\n\nThe harbour was closed on Monday.\n" });
    return runResultSchema.parse(called.json()).id;
  };
  const [first, second] = [await run(), await run()];
  const checked = await call(["replay", first, second], { cwd });
  expect(checked.code).toBe(0);
  expect(checked.out.match(/journal whole/g)).toHaveLength(2);
  const asked = await call(["replay", first, second, "--model", "offline", "--json"], { cwd });
  const report = asked.json() as { v: number; runs: unknown[]; costUsd: number };
  expect(report).toMatchObject({ v: 1, costUsd: 0 });
  const runs = report.runs.map((one) => runReplaySchema.parse(one));
  expect(runs.map(({ asked: lane }) => [lane?.planner, lane?.answers, lane?.same])).toEqual([
    ["rule", 1, 1],
    ["rule", 1, 1],
  ]);
  const shown = await call(["replay", first, "--model", "offline"], { cwd });
  expect(shown.out).toMatch(/now .*outline/);
  expect(shown.out).toContain("asked again: 1 of 1 decided as then (rule; no model call)");
  expect((await call(["replay", "run_nowhere", "--json"], { cwd })).code).toBe(2);
});
