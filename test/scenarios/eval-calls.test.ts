/** What calls of `planwright eval` leave alone: each other's experiments, baselines, files, and paid answers. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/run-cli.ts";
import { evalReportSchema } from "../../src/eval/report/eval-report.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { fakeTerminal } from "../cli/fake-terminal.ts";
import { evalFolder, SUITE } from "./eval-world.ts";

const RULE = { ...SUITE, variants: [{ id: "rule" }], trials: 1 };

describe("experiments", () => {
  test("of two suites that ask the same are two", async () => {
    const world = evalFolder(RULE);
    world.write("three.eval.json", { ...RULE, name: "three" });
    const done = await world.evaluate(["two.eval.json", "three.eval.json", "--json"]);
    expect(new Set((done.json() as { experiment: string }[]).map(({ experiment }) => experiment)).size).toBe(2);
  });

  test("are run by one call at a time, and a dead process holds none", async () => {
    const world = evalFolder(RULE);
    const { experiment } = evalReportSchema.parse((await world.evaluate(["two.eval.json", "--json"])).json());
    const lock = join(world.folder, ".planwright", "evals", `${experiment}.lock`);
    expect(existsSync(lock)).toBe(false);
    const both = await Promise.all([world.evaluate(["two.eval.json"]), world.evaluate(["two.eval.json"])]);
    const codes = both.map(({ code }) => code).sort();
    expect([codes.at(0), both.map(({ err }) => err).join()]).toEqual([0, expect.stringContaining("Another call")]);
    const { bootId } = (await import("../../src/journal/process-table.ts")).systemProcessTable();
    writeFileSync(lock, JSON.stringify({ process: 2 ** 22 + 1, bootId, startToken: "1" }));
    expect((await world.evaluate(["two.eval.json"])).code).toBe(0);
  });

  test("are asked anew where a time limit or a tool's description has changed", async () => {
    const world = evalFolder();
    const suiteOf = (text: string, more: string): string =>
      `import { outline } from ${JSON.stringify(join(import.meta.dirname, "../../tools/outline.ts"))};
       export default { name: "own", cases: [{ id: "c", goal: "Outline it", document: { name: "a.md", text: "# A" } }],
         tools: [{ ...outline, name: "put", description: ${JSON.stringify(text)} }]${more} };`;
    const run = async (text: string, more = ""): Promise<string> => {
      const name = `own${text}${more.length}.eval.ts`;
      world.write(name, suiteOf(text, more));
      return evalReportSchema.parse((await world.evaluate([name, "--json"])).json()).experiment;
    };
    const found = [await run("A"), await run("A"), await run("B"), await run("A", ", caseTimeoutSeconds: 10")];
    expect(new Set(found).size).toBe(3);
    expect(found[0]).toBe(found[1]);
  });
});

describe("rescore", () => {
  test("scores all trials that were made, and a part of the cases where it is asked for", async () => {
    const world = evalFolder(RULE);
    await world.evaluate(["two.eval.json", "--trials", "3"]);
    const all = await world.evaluate(["rescore", "two.eval.json", "--json"]);
    expect(all.json()).toMatchObject({ counts: { trials: 9, scored: 9 } });
    const part = await world.evaluate(["rescore", "two.eval.json", "--filter", "sum", "--json"]);
    expect([part.code, part.json()]).toMatchObject([0, { counts: { cases: 1, scored: 3 } }]);
  });
});

describe("files", () => {
  test("are written of the suites that were run, whatever comes of the next", async () => {
    const world = evalFolder(RULE);
    const done = await world.evaluate(["two.eval.json", "none.eval.json", "--junit", "r.xml"]);
    expect([done.code, world.read("r.xml")]).toEqual([2, expect.stringContaining("two-prompts")]);
  });

  test("that can't be written are found out before anything runs", async () => {
    const world = evalFolder(RULE);
    writeFileSync(join(world.folder, "plain"), "");
    for (const file of ["/proc/x/y.html", "plain/y.html"]) {
      const done = await world.evaluate(["two.eval.json", "--html", file]);
      expect([done.code, done.err]).toEqual([2, expect.stringContaining("can't be written")]);
    }
    expect(existsSync(join(world.folder, ".planwright"))).toBe(false);
  });

  test("become a baseline only where everything ran and every gate passed", async () => {
    const incomplete = evalFolder({ ...RULE, budget: { maxSeconds: 0 } });
    const part = await incomplete.evaluate(["two.eval.json", "--update-baseline"]);
    expect([part.code, part.err]).toEqual([3, expect.stringContaining("the report is incomplete")]);
    const failing = evalFolder({ ...RULE, gates: [{ scorer: "schema_valid", min: 0.99 }] });
    const failed = await failing.evaluate(["two.eval.json", "--update-baseline"]);
    expect([failed.code, failed.err]).toEqual([1, expect.stringContaining("a gate failed")]);
    for (const { folder } of [incomplete, failing]) expect(existsSync(join(folder, "two.baseline.json"))).toBe(false);
  });
});

describe("a baseline", () => {
  /** As many documents as a gate against regressions needs to say anything. */
  const cases = ["a", "b"].flatMap((copy) =>
    SUITE.cases.map((one) => ({
      ...one,
      id: `${one.id}-${copy}`,
      document: { ...one.document, name: `${one.id}-${copy}` },
    })),
  );
  const gated = { ...RULE, cases, gates: [{ scorer: "schema_valid", noRegression: 1 }] };
  const BASELINE = "two.baseline.json";

  test("counts for its own suite and level alone, and is written over no other suite's", async () => {
    const world = evalFolder(gated);
    await world.evaluate(["two.eval.json", "--update-baseline"]);
    expect((await world.evaluate(["two.eval.json"])).code).toBe(0);
    const written = world.read(BASELINE);
    world.write(
      "two.eval.yaml",
      `name: other\ncases: [two.eval.json]\ngates: [{ scorer: sound, noRegression: 0.5 }]\n`,
    );
    for (const more of [[], ["--update-baseline"]]) {
      const other = await world.evaluate(["two.eval.yaml", ...more]);
      expect([other.code, other.err]).toEqual([
        2,
        expect.stringContaining("is of suite 'two-prompts', not of 'other'"),
      ]);
    }
    expect(world.read(BASELINE)).toBe(written);
    world.write("two.eval.json", { ...gated, level: "loop" });
    const level = await world.evaluate(["two.eval.json"]);
    expect([level.code, level.err]).toEqual([2, expect.stringContaining("is of the level plan")]);
  });

  test("is refused with scores that can't be, and can be written anew", async () => {
    const world = evalFolder({ ...gated, variants: [{ id: "constructor" }] });
    const head = { v: 1, suite: "two-prompts", suiteHash: "", level: "plan" };
    const scores = { "sum-a": { schema_valid: 7 } };
    world.write(BASELINE, { ...head, variants: { constructor: { hash: "", cases: scores } } });
    const damaged = await world.evaluate(["two.eval.json"]);
    expect([damaged.code, damaged.err]).toEqual([2, expect.stringContaining("is damaged")]);
    world.write(BASELINE, { ...head, variants: {} });
    expect((await world.evaluate(["two.eval.json", "--json"])).json()).toMatchObject({ gates: [{ passed: false }] });
    world.write(BASELINE, { ...head, variants: { constructor: { hash: "", cases: scores } } });
    expect((await world.evaluate(["two.eval.json", "--update-baseline"])).code).toBe(0);
    expect((await world.evaluate(["two.eval.json"])).code).toBe(0);
  });
});

test("--model without --record is refused, since nobody would be asked", async () => {
  const done = await evalFolder(RULE).evaluate(["two.eval.json", "--model", "anthropic:x"]);
  expect([done.code, done.err]).toEqual([2, expect.stringContaining("without --record")]);
});

describe("--watch", () => {
  const rest = (ms: number): Promise<void> => new Promise((resolve) => systemClock.setTimer(ms, resolve));

  test("is not woken by what it writes, but by a document outside of the suite's folder", async () => {
    const world = evalFolder();
    mkdirSync(join(world.folder, "suites"));
    world.write("a.md", "# A\n\nMaria is in Bremen.");
    const one = { ...SUITE.cases[0], document: "../a.md" };
    world.write("suites/w.eval.json", { ...RULE, cases: [one] });
    const terminal = fakeTerminal({ cwd: world.folder });
    const files = ["--markdown", "suites/evals.md", "--html", "r.html", "--store", "suites/st"];
    const going = runCli(["eval", "suites/w.eval.json", "--watch", ...files], terminal);
    const runs = (): number => terminal.err().split("1 of 1 trials").length - 1;
    await terminal.shows("Watching for changes");
    await rest(900);
    world.write("suites/other.json", "[]");
    await rest(600);
    expect(runs()).toBe(1);
    world.write("a.md", "# A\n\nBoris is in Bremen.");
    for (let turn = 0; turn < 100 && runs() < 2; turn++) await rest(50);
    terminal.signal("SIGINT");
    await going;
    expect(runs()).toBe(2);
  });

  test("follows the code beside a suite in code", async () => {
    const world = evalFolder();
    world.write("w.eval.ts", `export default ${JSON.stringify({ ...RULE, cases: SUITE.cases.slice(0, 1) })};`);
    world.write("part.ts", "export const one = 1;");
    const terminal = fakeTerminal({ cwd: world.folder });
    const going = runCli(["eval", "w.eval.ts", "--watch", "--markdown", "evals.md"], terminal);
    const runs = (): number => terminal.err().split("1 of 1 trials").length - 1;
    await terminal.shows("Watching for changes");
    await rest(700);
    expect(runs()).toBe(1);
    world.write("part.ts", "export const one = 2;");
    for (let turn = 0; turn < 100 && runs() < 2; turn++) await rest(50);
    terminal.signal("SIGINT");
    await going;
    expect(runs()).toBe(2);
  });
});
