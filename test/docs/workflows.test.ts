import { execFile } from "node:child_process";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import letterDigest from "../../examples/letter-digest.ts";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Workflow } from "../../src/workflow/workflow.ts";
import { call, tempFolder } from "../cli/fake-terminal.ts";
import { libraryOf, workflowOf } from "../workflow/workflow-kit.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/workflows.md"), "utf8");
const text = readFileSync(join(root, "samples/ferry-cooperative.md"), "utf8");
const blocks = (language: string): string[] =>
  [...page.matchAll(/```(\w*)\n([\s\S]*?)```/g)]
    .filter((match) => match[1] === language)
    .map((match) => match[2] ?? "");

/** The commands of a page, without what a reader has to put in. */
function commands(of: string): string[][] {
  return [...of.matchAll(/^planwright (.*?)(?: +#.*)?$/gm)]
    .map((match) => (match[1] ?? "").trim().split(/\s+/))
    .filter((words) => /^(workflows|promote|apply)$/.test(words[0] ?? "") || words.includes("--workflow"));
}

describe("docs/workflows.md", () => {
  test("shows the shipped document_analysis as it is", () => {
    const [example = ""] = blocks("yaml");
    expect(parse(example)).toEqual(parse(readFileSync(join(root, "workflows/document_analysis.yaml"), "utf8")));
  });

  test("shows a workflow that nests another, and both run", async () => {
    const [, outer = "", inner = ""] = blocks("yaml");
    const [two, letter] = [parse(outer) as Workflow, parse(inner) as Workflow];
    const runtime = createRuntime({ store: createMemoryStore(), workflows: libraryOf(two, letter) });
    const documents = [{ name: "ferry.md", text }];
    const params = { other: "Everything broke. It was a terrible, sad day." };
    const result = await runtime.run({ workflow: "two_letters", documents, params });
    expect(result).toMatchObject({
      status: "completed",
      output: { summary: expect.any(String), tones: ["positive", "negative"] },
    });
    const one = await runtime.run({ workflow: "two_letters", documents, params: { other: "" } });
    expect(one.steps.filter(({ status }) => status === "unmet").map(({ id }) => id)).toEqual([
      "second_tone",
      "second_summary",
    ]);
    await runtime.close();
  });

  test("shows code that runs", async () => {
    const [code = ""] = blocks("ts");
    const folder = tempFolder();
    writeFileSync(
      join(folder, "example.ts"),
      code.replace('from "planwright"', `from ${JSON.stringify(join(root, "src/index.ts"))}`),
    );
    const { stdout } = await promisify(execFile)(process.execPath, [join(folder, "example.ts")], { cwd: folder });
    expect(stdout).toMatch(/^completed digest \S.*\n$/);
  });

  test("names commands that work, also in the README", async () => {
    const cwd = tempFolder();
    symlinkSync(join(root, "samples"), join(cwd, "samples"));
    writeFileSync(join(cwd, "letter.md"), text);
    writeFileSync(join(cwd, "my-workflow.yaml"), readFileSync(join(root, "workflows/document_analysis.yaml")));
    const { id } = (await call(["run", "Summarise this", "-d", "letter.md", "--json"], { cwd })).json() as {
      id: string;
    };
    const named = [...commands(page), ...commands(readFileSync(join(root, "README.md"), "utf8"))];
    expect(named.length).toBeGreaterThanOrEqual(9);
    for (const [place, words] of named.entries()) {
      const args = words.map((word) => (word === "RUN" ? id : word === "examples/plan.json" ? join(root, word) : word));
      // Two of them write the same file, which is never written over.
      const own = args.map((word) => (word === "mine.yaml" && args[0] === "promote" ? `mine${place}.yaml` : word));
      if (args[0] === "apply" && args[1] === "mine.yaml") own[1] = `mine${place - 1}.yaml`;
      const called = await call(own, { cwd });
      expect(called.code, `${words.join(" ")}\n${called.err}`).toBe(0);
    }
  });

  test("names the fields that there are", () => {
    const fields = Object.keys(workflowOf([{ id: "a", tool: "b" }]));
    for (const field of fields) expect(page).toContain(`\`${field}\``);
  });
});

test("the example of a module is a workflow that branches", async () => {
  const runtime = createRuntime({ store: createMemoryStore() });
  const good = await runtime.run({
    workflow: letterDigest,
    documents: [{ name: "ferry.md", text }],
    params: { sentences: 1 },
  });
  expect(good).toMatchObject({ status: "completed", output: { tone: "positive", answer: expect.any(String) } });
  const sad = "Ada Lovelace wrote a terrible, sad and hopeless letter. Everything was awful.";
  const bad = await runtime.run({ workflow: letterDigest, documents: [{ name: "sad.md", text: sad }] });
  expect(bad).toMatchObject({
    output: { tone: "negative", answer: [expect.objectContaining({ text: "Ada Lovelace" })] },
  });
  await runtime.close();
});
