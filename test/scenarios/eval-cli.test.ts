/** `planwright eval` from recording to verdict, as its users call it. */
import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { evalReportSchema } from "../../src/eval/report/eval-report.ts";
import { call } from "../cli/fake-terminal.ts";
import { evalFolder, recorded, SUITE, withDouble } from "./eval-world.ts";

const CI = { env: { CI: "true" } };

/** A report without what may differ. */
function stable(text: string): string {
  const { environment: _, ...report } = JSON.parse(text);
  return JSON.stringify(report);
}

describe("planwright eval", () => {
  test("records two prompts, replays them without the model, twice the same byte for byte", async () => {
    const world = await recorded();
    const first = await world.evaluate(["two.eval.json", "--json"], CI);
    rmSync(join(world.folder, ".planwright"), { recursive: true });
    const second = await world.evaluate(["two.eval.json", "--json"], CI);
    expect([first.code, second.code]).toEqual([0, 0]);
    expect(stable(first.out)).toBe(stable(second.out));
    const report = evalReportSchema.parse(first.json());
    expect(report.counts).toEqual({ cases: 3, trials: 12, scored: 12, errors: 0, skipped: 0, unjudged: 0 });
    expect(report.comparisons[0]).toMatchObject({ baseline: "p1", variant: "p2", verdict: "no-evidence" });
    expect(report.variants[0]?.measures.latencyMs.mean).toBeGreaterThan(0);
    expect(report.notes[0]).toContain("Variant p1 was answered by the loopback double");
  });

  test("replays cases that ask the same, each for itself", async () => {
    const twin = { ...SUITE.cases[0], id: "twin" };
    const world = await recorded({ ...SUITE, cases: [...SUITE.cases, twin] });
    const done = await world.evaluate(["two.eval.json", "--json"], CI);
    expect([done.code, done.json()]).toMatchObject([0, { counts: { scored: 16 } }]);
  });

  test("asks again only for what is not recorded", async () => {
    const world = await recorded();
    await withDouble(async (model, demo) => {
      await world.evaluate(["two.eval.json", "--record", "--model", model]);
      expect(demo.asked()).toBe(0);
      world.editPrompt("you never act", "you do not act");
      await world.evaluate(["two.eval.json", "--record", "--model", model]);
      expect(demo.asked()).toBe(6);
    });
  });

  test("refuses to replay a changed prompt, and names what changed", async () => {
    const world = await recorded();
    world.editPrompt("you never act", "you rarely act");
    const done = await world.evaluate(["two.eval.json", "--json"], CI);
    expect(done.code).toBe(2);
    expect(done.json()).toMatchObject({ code: "CASSETTE_MISS" });
    const { message } = done.json() as { message: string };
    expect(message).toMatch(/variant 'p2'.*p2\.jsonl.*system text changed/);
    expect(message).toContain("you never act");
    expect(message).toContain("you rarely act");
  });

  test("neither records nor asks a model where CI is set", async () => {
    const world = evalFolder({ ...SUITE, variants: [{ id: "live", model: "compatible:demo@http://127.0.0.1:9/v1" }] });
    const live = await world.evaluate(["two.eval.json", "--json"], CI);
    expect([live.code, live.json()]).toMatchObject([2, { message: expect.stringContaining("only recordings") }]);
    const record = await world.evaluate(["two.eval.json", "--record"], CI);
    expect([record.code, record.err]).toEqual([2, expect.stringContaining("only recordings are replayed")]);
  });

  test("keeps the decision log of every trial where the other commands find it", async () => {
    const world = await recorded();
    const { trials, experiment } = evalReportSchema.parse(
      (await world.evaluate(["two.eval.json", "--json"], CI)).json(),
    );
    const store = join(".planwright", "evals", experiment);
    const log = await call(["decisions", trials[0]?.run ?? "", "--store", store, "--json"], { cwd: world.folder });
    expect(log.json()).toMatchObject([{ n: 1, prompt: { name: "planning", version: 1 }, verdict: "accepted" }]);
    expect(readdirSync(join(world.folder, store, "runs"))).toHaveLength(12);
  });

  test("compares with a variant, with an earlier report, and refuses what is neither", async () => {
    const world = await recorded();
    const args = ["two.eval.json", "--json", "--compare"];
    const other = evalReportSchema.parse((await world.evaluate([...args, "p2"], CI)).json());
    expect(other.comparisons[0]).toMatchObject({ baseline: "p2", variant: "p1" });
    world.write("before.json", other);
    const earlier = evalReportSchema.parse((await world.evaluate([...args, "before.json"], CI)).json());
    expect(new Set(earlier.comparisons.map(({ variant }) => variant))).toEqual(new Set(["p1", "p2"]));
    expect(earlier.comparisons[0]?.baseline).toBe("before.json:p1");
    const none = await world.evaluate([...args, "p3"], CI);
    expect([none.code, none.out]).toEqual([2, expect.stringContaining("neither a variant nor a file")]);
  });
});

describe("gates", () => {
  const gated = (...gates: object[]): object => ({ ...SUITE, variants: [{ id: "rule", planner: "rule" }], gates });

  test("pass on the lower end of the interval, not on the mean", async () => {
    const passing = await evalFolder(gated({ scorer: "schema_valid", min: 0.4 })).evaluate(["two.eval.json", "--gate"]);
    const failing = await evalFolder(gated({ scorer: "schema_valid", min: 0.9 })).evaluate(["two.eval.json", "--json"]);
    expect(passing.code).toBe(0);
    expect(failing.code).toBe(1);
    expect(failing.json()).toMatchObject({
      status: "failed",
      variants: [{ scores: { schema_valid: { mean: 1 } } }],
      gates: [{ kind: "absolute", threshold: 0.9, passed: false }],
    });
  });

  test("against regressions need a committed baseline, which only --update-baseline writes", async () => {
    // Six documents with a plan each: fewer that all agree give no interval.
    const six = [1, 2, 3].flatMap((copy) =>
      SUITE.cases.slice(0, 2).map((one) => {
        const id = `${one.id}-${copy}`;
        return { ...one, id, document: { ...one.document, name: `${id}.md` } };
      }),
    );
    const suite = { ...gated({ scorer: "tool_f1", noRegression: 0.02 }), cases: six };
    const world = evalFolder(suite);
    const without = await world.evaluate(["two.eval.json", "--json"]);
    expect([without.code, without.out]).toEqual([2, expect.stringContaining("--update-baseline")]);
    expect(existsSync(join(world.folder, "two.baseline.json"))).toBe(false);
    await world.evaluate(["two.eval.json", "--update-baseline"]);
    expect((await world.evaluate(["two.eval.json"])).code).toBe(0);
    const otherGold = {
      anyOf: [{ kind: "plan", steps: [{ id: "o", tool: "outline", input: { text: { ref: "document.text" } } }] }],
    };
    world.write("two.eval.json", { ...suite, cases: six.map((one) => ({ ...one, gold: otherGold })) });
    const worse = await world.evaluate(["two.eval.json", "--json"]);
    expect(worse.code).toBe(1);
    expect(worse.json()).toMatchObject({ gates: [{ kind: "no-regression", passed: false }] });
  });

  test("are insisted on with --gate", async () => {
    const done = await evalFolder(gated()).evaluate(["two.eval.json", "--gate"]);
    expect([done.code, done.err]).toEqual([2, expect.stringContaining("has no gates")]);
  });

  test("are not judged on a part of the cases", async () => {
    const world = evalFolder(gated({ scorer: "schema_valid", min: 0.99 }));
    const part = await world.evaluate(["two.eval.json", "--filter", "sum", "--json"]);
    expect([part.code, part.json()]).toMatchObject([0, { gates: [], notes: [expect.stringContaining("'sum'")] }]);
    const both = await world.evaluate(["two.eval.json", "--filter", "sum", "--gate"]);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining("passes no gate")]);
  });

  test("do not pass where trials are missing: exit 3", async () => {
    const suite = { ...(gated({ scorer: "schema_valid", min: 0 }) as object), budget: { maxSeconds: 0 } };
    const done = await evalFolder(suite).evaluate(["two.eval.json", "--json"]);
    expect([done.code, done.json()]).toMatchObject([3, { status: "incomplete", gates: [{ passed: false }] }]);
  });
});

describe("reports", () => {
  test("are written in every form, and annotated under GitHub Actions", async () => {
    const world = await recorded({ ...SUITE, gates: [{ scorer: "schema_valid", min: 0.99 }] }).catch(() => null);
    expect(world).toBeNull(); // Recording already fails the gate: exit 1.
    const own = evalFolder({ ...SUITE, variants: [{ id: "rule" }], gates: [{ scorer: "schema_valid", min: 0.99 }] });
    const files = ["--html", "out/r.html", "--junit", "out/r.xml", "--markdown", "out/r.md"];
    const done = await own.evaluate(["two.eval.json", ...files], { env: { GITHUB_ACTIONS: "true" } });
    expect(done.code).toBe(1);
    expect(done.err).toMatch(/^::error title=evals%3A two-prompts::failed: rule/m);
    expect(own.read("out/r.html")).toContain("Content-Security-Policy");
    expect(own.read("out/r.xml")).toContain('<failure message="failed: rule');
    expect(own.read("out/r.md")).toContain("## Evals: two-prompts: failed");
  });

  test("say in all of them that a double answered", async () => {
    const world = await recorded();
    const files = ["--html", "r.html", "--junit", "r.xml", "--markdown", "r.md"];
    const shown = await world.evaluate(["two.eval.json", ...files], CI);
    for (const text of [shown.out, world.read("r.html"), world.read("r.xml"), world.read("r.md")]) {
      expect(text).toContain("which is no language model");
    }
  });

  test("can be made again from the journal after golds have changed", async () => {
    const world = await recorded();
    const golds = SUITE.cases.map((one) => ({ ...one, gold: { anyOf: [{ kind: "ask" }] } }));
    world.write("two.eval.json", { ...SUITE, cases: golds });
    rmSync(join(world.folder, "p1.jsonl"));
    const again = await world.evaluate(["rescore", "two.eval.json", "--json"]);
    expect(again.json()).toMatchObject({
      counts: { scored: 12 },
      variants: [{ scores: { refusal: { mean: 0 } } }, {}],
    });
  });

  test("end in one list of JSON where several suites are named", async () => {
    const world = evalFolder({ ...SUITE, variants: [{ id: "rule" }] });
    world.write("three.eval.json", { ...SUITE, name: "three", variants: [{ id: "rule" }] });
    const done = await world.evaluate(["two.eval.json", "three.eval.json", "--json"]);
    expect((done.json() as { suite: string }[]).map(({ suite }) => suite)).toEqual(["two-prompts", "three"]);
  });
});
