import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadWorkflowFile, loadWorkflows } from "../../src/workflow/load-workflows.ts";
import { tempFolder } from "../cli/fake-terminal.ts";

const TEXT = "name: mine\nversion: 2\nsteps: [{ id: a, tool: echo }]\n";

function folderWith(files: Record<string, string | Uint8Array>): string {
  const folder = tempFolder();
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

describe("a library of workflows", () => {
  test("holds the shipped ones and those of a folder, which take precedence", () => {
    const text = TEXT.replace("mine", "document_analysis");
    const folder = folderWith({
      "mine.yml": TEXT,
      "document_analysis.json": JSON.stringify({
        name: "document_analysis",
        version: 9,
        steps: [{ id: "a", tool: "b" }],
      }),
      "notes.txt": text,
    });
    const library = loadWorkflows({ folders: [folder] });
    expect(library.list().map(({ name, workflow }) => `${name}@${workflow?.version}`)).toEqual([
      "document_analysis@9",
      "mine@2",
    ]);
    expect(library.get("mine").source).toBe(join(folder, "mine.yml"));
  });

  test("lists what is not right with its issues, and finds the others all the same", () => {
    const folder = folderWith({
      "bad.yaml": "name: [\n",
      "other.yaml": TEXT,
      "mine.yaml": TEXT,
      "odd.yaml": "name: odd\nversion: 1\nsteps: 7\n",
    });
    const library = loadWorkflows({ folders: [folder] });
    expect(library.get("mine").issues).toEqual([]);
    expect(library.get("bad")).toMatchObject({ workflow: null, issues: [{ code: "PLAN_NOT_JSON" }] });
    expect(library.get("other")).toMatchObject({ workflow: null, issues: [{ code: "PLAN_BAD_VALUE", path: "/name" }] });
    expect(library.get("odd")).toMatchObject({ workflow: null, issues: [{ code: "PLAN_SCHEMA", path: "/steps" }] });
  });

  test("executes nothing: modules of a folder are left alone", () => {
    const folder = folderWith({ "mine.js": "throw new Error('executed');", "mine.ts": "throw new Error('executed');" });
    expect(loadWorkflows({ folders: [folder] }).list()).toHaveLength(1);
  });

  test("refuses a folder that is not there, and names that lead nowhere", () => {
    expect(() => loadWorkflows({ folders: [join(tempFolder(), "none")] })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
    expect(() => loadWorkflows().get("document_analyses")).toThrow(/Did you mean 'document_analysis'\?/);
  });
});

describe("a workflow file that was named", () => {
  test("may be YAML, JSON, or a module with a default or only export", async () => {
    const value = { name: "mine", version: 2, steps: [{ id: "a", tool: "echo" }] };
    const directory = folderWith({
      "a.yaml": TEXT,
      "b.json": JSON.stringify(value),
      "c.mjs": `export default ${JSON.stringify(value)};`,
      "d.ts": `export const mine: object = ${JSON.stringify(value)};\nexport const other: number = 1;`,
    });
    for (const file of ["a.yaml", "b.json", "c.mjs", "d.ts"]) {
      expect(await loadWorkflowFile(file, { directory }), file).toMatchObject({
        name: "mine",
        workflow: value,
        issues: [],
      });
    }
  });

  test.each([
    ["is not there", "none.yaml", "can't be read"],
    ["is no UTF-8", "latin.yaml", "can't be read"],
    ["is too large", "large.yaml", "too large"],
    ["fails when it is imported", "throws.mjs", "on purpose"],
    ["exports nothing", "empty.mjs", "exports 0 workflows"],
    ["exports two", "two.mjs", "exports 2 workflows"],
  ])("is refused where it %s", async (_, file, says) => {
    const directory = folderWith({
      "latin.yaml": new Uint8Array([0x6e, 0xe4]),
      "large.yaml": "#".repeat(5 * 2 ** 20),
      "throws.mjs": "throw new Error('on purpose');",
      "empty.mjs": "export const n = 1;",
      "two.mjs": "export const a = { steps: [] }; export const b = { steps: [] };",
    });
    const failure = { code: "CONFIG_INVALID", message: expect.stringContaining(says) };
    await expect(loadWorkflowFile(file, { directory })).rejects.toMatchObject(failure);
  });
});
