import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ROLE_INPUTS } from "../../planners/model/planning-prompts.ts";
import { PREVIEW_ROOM } from "../../planners/model/preview-room.ts";
import { checkConfig } from "../../src/cli/settings/config-schema.ts";
import { compileStep } from "../../src/plan/compile-plan.ts";
import { PERSONAL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import { parsePrompt } from "../../src/prompt/parse-prompt.ts";
import { collectMetrics } from "../../src/trace/metric-families.ts";

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
    expect(blocks("README.md", "ts")).toEqual([
      read("examples/run-a-goal.ts"),
      read("examples/plan-with-a-model.ts"),
      read("examples/own-tool.ts"),
      read("examples/over-http.ts"),
    ]);
    expect(blocks("README.md", "json").at(-1)).toBe(read("examples/plan.json"));
  });

  test("the README's configuration is one, and names what is there", () => {
    const [text = "", ...others] = blocks("README.md", "json");
    expect(others).toHaveLength(1);
    const { tools = [], prompts = "", workflows = "" } = checkConfig(JSON.parse(text), "README.md");
    for (const path of [...tools, prompts, workflows]) expect(existsSync(join(root, path)), path).toBe(true);
  });

  test("the snippet of docs/observation.md is an example file, and its table names every metric", () => {
    expect(blocks("docs/observation.md", "ts")).toEqual([read("examples/observe-runs.ts")]);
    const text = read("docs/observation.md");
    for (const { name } of collectMetrics([])) expect(text).toContain(`| \`${name}\` |`);
  });

  test("the snippet of docs/fork-and-replay.md is the example file, word for word", () => {
    expect(blocks("docs/fork-and-replay.md", "ts")).toEqual([read("examples/fork-a-run.ts")]);
  });

  test("every JSON block of the plan language parses as what it claims to be", () => {
    const [step, plan] = blocks("docs/plan-language.md", "json").map((text) => JSON.parse(text));
    expect(compileStep(step, "").issues).toEqual([]);
    expect(parseDecision(plan, PERSONAL_PLAN_LIMITS).issues).toEqual([]);
  });

  test("the prompt file of docs/prompts.md is a right one", () => {
    const [example = ""] = blocks("docs/prompts.md", "md");
    expect(parsePrompt(example, { file: "answer-letter/v1.md", source: "shipped" }).inputs).toEqual(["tone", "letter"]);
  });

  test("docs/prompts.md names the inputs of each role, and the room for previews", () => {
    const text = read("docs/prompts.md").replace(/\s+/g, " ");
    for (const [role, inputs] of Object.entries(ROLE_INPUTS)) {
      expect(text).toMatch(new RegExp(`\`${role}\`[a-z ]* \`${inputs.join(" ")}\``));
    }
    const { documents, steps, step } = PREVIEW_ROOM;
    const [most, all] = [documents.toLocaleString("en"), steps.toLocaleString("en")];
    expect(text).toContain(`${most} tokens for all documents together, ${step} for a step, ${all} for all steps`);
  });

  test("links between the documents lead to files", () => {
    const pages = ["prompts", "workflows", "observation", "http", "fork-and-replay"].map((name) => `docs/${name}.md`);
    for (const path of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ...pages]) {
      const links = [...read(path).matchAll(/\]\((?!http|#)([^)]+)\)/g)].map((match) => match[1] ?? "");
      for (const link of links)
        expect(() => readFileSync(join(root, path, "..", link)), `${path} → ${link}`).not.toThrow(/ENOENT/);
    }
  });
});
