/**
 * The suites that ship, as `npm test` holds them. `PLANWRIGHT_UPDATE_DOCS=1 npm test -- test/scenarios/shipped-suites.test.ts`
 * writes the table of the README, the baseline, and the cassettes of the double where prompts or tools have changed.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type EvalReport, evalReportSchema } from "../../src/eval/report/eval-report.ts";
import { estimateText } from "../../src/eval/report/figures.ts";
import { call, tempFolder } from "../cli/fake-terminal.ts";
import { withDouble } from "./eval-world.ts";

const ROOT = join(import.meta.dirname, "../..");
const FOLDER = join(ROOT, "evals/suites/document-goals");
const README = join(ROOT, "README.md");
const TABLE = /(<!-- scores -->\n)[\s\S]*?(<!-- \/scores -->)/;
const isUpdate = process.env["PLANWRIGHT_UPDATE_DOCS"] === "1";

async function evaluate(suite: string, ...args: string[]): Promise<{ code: number; report: EvalReport }> {
  const done = await call(["eval", join(FOLDER, suite), "--json", ...args], { cwd: tempFolder(), env: { CI: "true" } });
  return { code: done.code, report: evalReportSchema.parse(done.json()) };
}

function scoreTable({ variants }: EvalReport): string {
  const rows = Object.entries(variants[0]?.scores ?? {})
    .filter(([, { n }]) => n > 0)
    .map(([scorer, estimate]) => `| \`${scorer}\` | ${estimateText(estimate)} | ${estimate.n} |`);
  return ["| scorer | mean [95 % interval] | cases it applies to |", "|---|---|---|", ...rows].join("\n");
}

describe("the suite document-goals", () => {
  test("passes its gates with the rule planner, and the README has its scores", async () => {
    const { code, report } = await evaluate("document-goals.eval.yaml", ...(isUpdate ? ["--update-baseline"] : []));
    const readme = readFileSync(README, "utf8");
    const current = readme.replace(TABLE, (_, start: string, end: string) => `${start}${scoreTable(report)}\n${end}`);
    if (isUpdate) writeFileSync(README, current);
    else expect(readme).toBe(current);
    expect(report.gates.filter(({ passed }) => !passed)).toEqual([]);
    expect([code, report.counts.errors]).toEqual([0, 0]);
    expect(report.counts.cases).toBeGreaterThanOrEqual(60);
    expect(report.variants[0]?.scores["schema_valid"]?.clusters).toBeGreaterThanOrEqual(6);
  });
});

describe("the comparison of two prompts", () => {
  test("replays what the double answered, says so, and finds no evidence where there is none", async () => {
    if (isUpdate) await recordAnew();
    const { code, report } = await evaluate("two-prompts.eval.yaml");
    expect(code).toBe(0);
    expect(report.variants.map(({ facts }) => facts["prompts"])).toMatchObject([
      [{ version: 1 }, {}, {}],
      [{ version: 2 }, {}, {}],
    ]);
    expect(report.notes).toHaveLength(2);
    for (const note of report.notes) expect(note).toContain("is no language model");
    expect(new Set(report.comparisons.map(({ verdict }) => verdict))).toEqual(new Set(["no-evidence"]));
    expect(report.variants[1]?.measures.tokens.mean).toBeGreaterThan(report.variants[0]?.measures.tokens.mean ?? 0);
  });
});

async function recordAnew(): Promise<void> {
  for (const name of ["planning-1.jsonl", "planning-2.jsonl"]) {
    if (existsSync(join(FOLDER, name))) rmSync(join(FOLDER, name));
  }
  await withDouble(async (model) => {
    const args = ["eval", join(FOLDER, "two-prompts.eval.yaml"), "--record", "--model", model];
    expect((await call(args, { cwd: tempFolder() })).code).toBe(0);
  });
}
