import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compileStep } from "../../src/plan/compile-plan.ts";
import { PERSONAL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** Code blocks of a language, in order. */
function blocks(path: string, language: string): string[] {
  return [...read(path).matchAll(/```(\w*)\n([\s\S]*?)```/g)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? "");
}

describe("code in the documents", () => {
  test("the README's snippets are the example files, word for word", () => {
    expect(blocks("README.md", "ts")).toEqual([read("examples/run-a-goal.ts"), read("examples/own-tool.ts")]);
    expect(blocks("README.md", "json")).toEqual([read("examples/plan.json")]);
  });

  test("every JSON block of the plan language parses as what it claims to be", () => {
    const [step, plan] = blocks("docs/plan-language.md", "json").map((text) => JSON.parse(text));
    expect(compileStep(step, "").issues).toEqual([]);
    expect(parseDecision(plan, PERSONAL_PLAN_LIMITS).issues).toEqual([]);
  });

  test("links between the documents lead to files", () => {
    for (const path of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]) {
      const links = [...read(path).matchAll(/\]\((?!http|#)([^)]+)\)/g)].map((match) => match[1] ?? "");
      for (const link of links) expect(() => readFileSync(join(root, link)), `${path} → ${link}`).not.toThrow(/ENOENT/);
    }
  });
});
