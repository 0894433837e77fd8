/** From what ran to what is tried again: runs as cases, cases for other programs, watching. */
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/run-cli.ts";
import { evalReportSchema } from "../../src/eval/report/eval-report.ts";
import { readScript } from "../../src/testing/demo-model/demo-script.ts";
import { startDemoServer } from "../../src/testing/demo-model/demo-server.ts";
import { call, fakeTerminal } from "../cli/fake-terminal.ts";
import { evalFolder, SUITE, withDouble } from "./eval-world.ts";

const ROOT = join(import.meta.dirname, "../..");
const TEXT = "# Ferry news\n\nMaria Lindqvist opened the new pier in Bremen. Everyone was delighted.";

describe("eval add --from-run", () => {
  test("makes a model's logged decision a case whose cassette replays it, without the model", async () => {
    const world = evalFolder();
    const cwd = world.folder;
    const run = await withDouble(async (model) => {
      const done = await call(["run", "List the people", "-d", "-", "--model", model, "--json"], { cwd, stdin: TEXT });
      return (done.json() as { id: string }).id;
    });
    const added = await world.evaluate(["add", "--from-run", run, "--into", "cases.jsonl", "--json"]);
    expect(added.json()).toEqual({
      ...{ case: `${run.slice(4)}-1`, file: "cases.jsonl", cassette: "cases.cassette.jsonl", replaysAlike: true },
    });
    world.write("from.eval.json", {
      ...{ name: "from-runs", cases: "cases.jsonl" },
      variants: [{ id: "logged", prompt: "planning@2", model: "cassette:./cases.cassette.jsonl" }],
    });
    const again = await world.evaluate(["from.eval.json", "--json"], { env: { CI: "1" } });
    expect([again.code, again.json()]).toMatchObject([0, { variants: [{ scores: { step_match: { mean: 1 } } }] }]);
    const twice = await world.evaluate(["add", "--from-run", run, "--into", "cases.jsonl", "--json"]);
    expect([twice.code, twice.out]).toEqual([2, expect.stringContaining("already")]);
  });

  test("needs no cassette for what rules decided", async () => {
    const world = evalFolder();
    const cwd = world.folder;
    const done = await call(["run", "List the people", "-d", "-", "--model", "offline", "--json"], {
      cwd,
      stdin: TEXT,
    });
    const { id } = done.json() as { id: string };
    const added = await world.evaluate(["add", "--from-run", id, "--json"]);
    expect(added.json()).toMatchObject({ file: "cases.jsonl", cassette: null, replaysAlike: null });
    expect(existsSync(join(cwd, "cases.cassette.jsonl"))).toBe(false);
    expect(JSON.parse(world.read("cases.jsonl"))).toMatchObject({
      ...{ goal: "List the people", documents: [{ text: TEXT }], tags: ["from-run"] },
      gold: { anyOf: [{ kind: "plan" }] },
    });
    const unknown = await world.evaluate(["add", "--from-run", id, "--decision", "7", "--json"]);
    expect([unknown.code, unknown.out]).toEqual([2, expect.stringContaining("has no decision 7")]);
  });
});

describe("eval export", () => {
  test("gives cases that stand for themselves, one a line", async () => {
    const world = evalFolder();
    const done = await world.evaluate(["export", "two.eval.json", "--format", "jsonl"]);
    const lines = done.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id)).toEqual(["sum", "names", "poem"]);
    expect(lines[0].documents[0].text).toContain("Maria Lindqvist");
    world.write("again.eval.json", { name: "again", cases: "cases.jsonl" });
    world.write("cases.jsonl", done.out);
    expect((await world.evaluate(["again.eval.json"])).code).toBe(0);
  });

  test("gives chats that end in the gold, and leaves out cases that have no whole decision", async () => {
    const done = await evalFolder().evaluate(["export", "two.eval.json", "--format", "openai-finetune"]);
    const lines = done.out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[0].messages.map(({ role }: { role: string }) => role)).toEqual(["system", "user", "assistant"]);
    expect(lines[0].messages[1].content).toContain("Summarise this");
    expect(JSON.parse(lines[0].messages[2].content)).toMatchObject({ kind: "plan", steps: [{ tool: "summarize" }] });
  });

  test("gives a promptfoo configuration whose checks accept the gold and refuse another plan", async () => {
    const world = evalFolder();
    await world.evaluate(["export", "two.eval.json", "--format", "promptfoo", "--out", "promptfoo.json"]);
    const { tests, prompts } = JSON.parse(world.read("promptfoo.json"));
    expect([prompts, tests.length]).toEqual([["{{messages}}"], 3]);
    const isDecision = new Ajv().compile(tests[0].assert[0].value);
    expect(isDecision({ kind: "abandon", rationale: "r", reason: "x" })).toBe(true);
    expect(isDecision({ kind: "nothing" })).toBe(false);
    const check = new Function("output", tests[0].assert[1].value) as (output: string) => boolean;
    expect(check(JSON.stringify({ kind: "plan", steps: [{ tool: "summarize" }] }))).toBe(true);
    expect(check(JSON.stringify({ kind: "plan", steps: [{ tool: "outline" }] }))).toBe(false);
    expect(check(JSON.stringify({ kind: "abandon" }))).toBe(false);
  });

  test("gives promptfoo messages in which nothing is a mark of its templates", async () => {
    const world = evalFolder({
      ...SUITE,
      cases: [{ ...SUITE.cases[0], goal: "Say {{item.name}}, {% raw %} and {# no #}" }],
    });
    const done = await world.evaluate(["export", "two.eval.json", "--format", "promptfoo"]);
    const [{ vars, assert }] = (done.json() as { tests: [{ vars: { messages: string }; assert: { value: string }[] }] })
      .tests;
    expect(`${JSON.stringify(vars)}${assert[1]?.value}`).not.toMatch(/\{[{%#]/);
    expect(JSON.parse(vars.messages).at(-1).content).toContain("Say {{item.name}}, {% raw %} and {# no #}");
  });

  test("asks as the suite's variant would: with its prompt, the suite's prompts and its world", async () => {
    const world = evalFolder();
    mkdirSync(join(world.folder, "own", "planning"), { recursive: true });
    renameSync(join(world.folder, "prompts/planning/v2.md"), join(world.folder, "own/planning/v2.md"));
    const tool = `{ ...tool, name: "put", description: "Puts it there." }`;
    world.write(
      "own.eval.ts",
      `import { outline as tool } from ${JSON.stringify(join(ROOT, "tools/outline.ts"))};
       export default { name: "own", prompts: "own", cases: [{ id: "c", goal: "Put 2", tools: ["put"] }],
         variants: [{ id: "rule" }, { id: "m", prompt: "planning@2", model: "cassette:./none.jsonl" }],
         world: () => ({ tools: [${tool}], state: () => null }) };`,
    );
    const done = await world.evaluate(["export", "own.eval.ts", "--format", "promptfoo"]);
    expect([done.code, done.out]).toEqual([0, expect.stringContaining("You plan; you never act.")]);
    expect(done.out).toContain("Puts it there.");
    expect(done.err).toContain("those of variant 'm'");
  });

  test("leaves out cases about later decisions, and says which", async () => {
    const later = { ...SUITE.cases[1], decision: 2 };
    const world = evalFolder({ ...SUITE, level: "loop", cases: [SUITE.cases[0], later] });
    const done = await world.evaluate(["export", "two.eval.json", "--format", "openai-finetune"]);
    expect(done.out.trim().split("\n")).toHaveLength(1);
    expect(done.err).toContain("Left out: case 'names' is about decision 2");
  });
});

describe("eval --watch", () => {
  test("runs again when a case changes, says what is wrong meanwhile, and ends with Ctrl-C", async () => {
    const rule = { ...SUITE, variants: [{ id: "rule" }], trials: 1 };
    const world = evalFolder(rule);
    const terminal = fakeTerminal({ cwd: world.folder });
    const going = runCli(["eval", "two.eval.json", "--watch"], terminal);
    await terminal.shows("Watching for changes");
    const before = terminal.out();
    world.write("two.eval.json", { ...rule, cases: "none.jsonl" });
    await terminal.shows("none.jsonl' can't be read");
    world.write("two.eval.json", { ...rule, cases: rule.cases.slice(0, 1) });
    await terminal.shows("two-prompts: 1 of 1 trials");
    terminal.signal("SIGINT");
    expect(await going).toBe(0);
    expect(before).toContain("3 cases");
    expect(terminal.out()).toContain("1 cases");
  });
});

describe("eval calibrate", () => {
  test("says how far a judge agrees with people, and where it abstained", async () => {
    const world = evalFolder();
    const label = (name: string, score: number): object => ({ label: name, description: `It is ${name}.`, score });
    const rubric = {
      name: "clear",
      question: "Is it clear?",
      labels: [label("yes", 1), label("no", 0)],
      positive: "yes",
    };
    world.write("rubric.json", rubric);
    const people = ["yes", "yes", "no"].map((name, place) => ({
      ...{ case: `t${place}`, goal: "Summarise this", text: `Text ${place} is plain.`, label: name },
    }));
    world.write("labels.jsonl", people.map((one) => JSON.stringify(one)).join("\n"));
    const verdict = (place: number, name: string): object => ({
      label: name,
      quote: `Text ${place} is plain.`,
      reason: "So.",
    });
    const script = [verdict(0, "yes"), verdict(1, "no"), { label: "abstain", quote: "", reason: "Unclear." }];
    const demo = await startDemoServer({ port: 0, script: readScript(script as never, "script") });
    const model = `compatible:demo@${demo.url}`;
    const args = ["calibrate", "rubric.json", "--labels", "labels.jsonl", "--model", model, "--json"];
    const done = await world.evaluate(args);
    await demo.close();
    expect(done.json()).toMatchObject({
      ...{ rubric: "clear", model: "compatible:demo", n: 2, abstained: 1, agreement: 0.5, truePositiveRate: 0.5 },
    });
    const ci = await world.evaluate(args, { env: { CI: "1" } });
    expect([ci.code, ci.out]).toEqual([2, expect.stringContaining("a cassette")]);
  });
});

describe("eval schema", () => {
  test("prints the JSON Schema of suites", async () => {
    const done = await evalFolder().evaluate(["schema"]);
    expect(done.json()).toMatchObject({ title: "Planwright suite of evals", properties: { gates: {} } });
  });

  test("fits what a report says of itself", async () => {
    const done = await evalFolder({ ...SUITE, variants: [{ id: "rule" }] }).evaluate(["two.eval.json", "--json"]);
    expect(() => evalReportSchema.parse(done.json())).not.toThrow();
  });
});
