/** docs/evals.md against the code: scorers, fields, the example. `PLANWRIGHT_UPDATE_DOCS=1` writes the table of scorers. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { builtInScorers } from "../../evals/scorers/built-in-scorers.ts";
import { evalCaseSchema } from "../../src/eval/case.ts";
import { pairRubricSchema, rubricSchema } from "../../src/eval/judge/rubric.ts";
import { suiteJudgeSchema } from "../../src/eval/judge/suite-judge.ts";
import { suiteSchema } from "../../src/eval/suite.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCS = join(ROOT, "docs/evals.md");
const TABLE = /(<!-- scorers -->\n)[\s\S]*?(<!-- \/scorers -->)/;

describe("docs/evals.md", () => {
  const text = readFileSync(DOCS, "utf8");

  test("lists every scorer with what it says of itself", () => {
    const rows = builtInScorers.map(({ id, description }) => `| \`${id}\` | ${description} |`);
    const table = ["| scorer | |", "|---|---|", ...rows].join("\n");
    const current = text.replace(TABLE, (_, start: string, end: string) => `${start}${table}\n${end}`);
    if (process.env["PLANWRIGHT_UPDATE_DOCS"] === "1") writeFileSync(DOCS, current);
    else expect(text).toBe(current);
  });

  test("names every field of a suite and of a case", () => {
    for (const name of Object.keys(suiteSchema.shape)) {
      if (!["$schema", "name", "description", "world"].includes(name))
        expect(text, name).toMatch(new RegExp(`\\| .*\`${name}\``));
    }
    for (const name of Object.keys(evalCaseSchema.shape)) expect(text, name).toContain(`\`${name}\``);
  });

  test("has rubrics and a judge that a suite takes", () => {
    const section = text.slice(text.indexOf("## Judges"), text.indexOf("## Statistics"));
    const block = (language: string): string[] =>
      [...section.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))].map(([, body = ""]) => body);
    const [labels = "", pair = ""] = block("json");
    expect(rubricSchema.parse(JSON.parse(labels)).positive).toBe("yes");
    expect(pairRubricSchema.parse(JSON.parse(pair)).pair).toBe(true);
    const { judges } = parse(block("yaml")[0] ?? "") as { judges: unknown[] };
    expect(suiteJudgeSchema.parse(judges[0]).id).toBe("names-the-delay");
    for (const field of ["of", "against", "calibration"]) expect(section).toContain(`| \`${field}\` |`);
  });

  test("has the example in TypeScript word for word", () => {
    expect(text).toContain(readFileSync(join(ROOT, "examples/letters.eval.ts"), "utf8"));
  });
});
