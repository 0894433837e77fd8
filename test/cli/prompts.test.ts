import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/cli/settings/read-settings.ts";
import { loadPrompts } from "../../src/prompt/load-prompts.ts";
import { promptText } from "../prompt/prompt-text.ts";
import { call, fakeTerminal, tempFolder } from "./fake-terminal.ts";

/** A folder with these prompts of the user's, in `prompts` by default. */
function projectWith(files: Record<string, string>, folder = "prompts"): string {
  const cwd = tempFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(cwd, folder, name, ".."), { recursive: true });
    writeFileSync(join(cwd, folder, name), content);
  }
  return cwd;
}

describe("planwright prompts", () => {
  test("lists the shipped prompts, for people and as JSON", async () => {
    const cwd = tempFolder();
    expect((await call(["prompts"], { cwd })).out).toMatch(/planning@1 +sha256:[0-9a-f]{12} +shipped/);
    const listed = (await call(["prompts", "list", "--json"], { cwd })).json() as { name: string }[];
    expect(listed).toHaveLength(loadPrompts().list().length);
    expect(listed.find(({ name }) => name === "repair")).toEqual({
      name: "repair",
      version: 1,
      hash: loadPrompts().get("repair").hash,
      description: expect.any(String),
      inputs: ["findings"],
      source: "shipped",
    });
  });

  test("lists a project's own beside them, from ./prompts or from where the configuration says", async () => {
    const cwd = projectWith({ "greet/v1.md": promptText() });
    expect((await call(["prompts"], { cwd })).out).toMatch(/greet@1 .*greet/);
    const other = projectWith({ "greet/v3.md": promptText({ version: 3 }) }, "texts");
    expect((await call(["prompts"], { cwd: other })).out).not.toContain("greet");
    writeFileSync(join(other, "planwright.config.json"), '{"prompts":"texts"}');
    expect((await call(["prompts"], { cwd: other })).out).toContain("greet@3");
  });

  test("shows one, with its inputs and its text", async () => {
    const cwd = projectWith({
      "greet/v1.md": promptText({ inputs: ["who: data"], body: "--- user ---\nDear {{who}}\u001b[2J" }),
    });
    const { out } = await call(["prompts", "show", "greet"], { cwd });
    expect(out).toContain("who (data)");
    expect(out).toContain("Dear {{who}}<U+001B>[2J");
    expect((await call(["prompts", "show", "greet@1", "--json"], { cwd })).json()).toMatchObject({
      name: "greet",
      version: 1,
      source: join(cwd, "prompts/greet/v1.md"),
      text: "--- user ---\nDear {{who}}\u001b[2J",
    });
  });

  test("shows how two differ, with a few lines around", async () => {
    const lines = Array.from({ length: 20 }, (_, n) => `Line ${n}.`);
    const body = (middle: string) => ["--- user ---", ...lines.slice(0, 10), middle, ...lines.slice(10)].join("\n");
    const cwd = projectWith({
      "greet/v1.md": promptText({ body: body("Be kind.") }),
      "greet/v2.md": promptText({ version: 2, body: body("Be brief.") }),
    });
    const { out } = await call(["prompts", "diff", "greet@1", "greet@2"], { cwd });
    expect(out).toContain("- Be kind.\n+ Be brief.\n  Line 10.\n");
    expect(out).toContain("…\n  Line 7.\n");
    expect(out).not.toContain("Line 6.");
    const asJson = (await call(["prompts", "diff", "greet@1", "greet@2", "--json"], { cwd })).json();
    expect(asJson).toMatchObject({ before: { version: 1 }, after: { version: 2 } });
    expect((asJson as { lines: object[] }).lines).toContainEqual({ kind: "added", line: "Be brief." });
    expect((await call(["prompts", "diff", "greet@1", "greet@1"], { cwd })).out).toContain("The texts are the same.");
  });

  test.each([
    [["prompts", "lits"], "VALIDATION", "planwright prompts takes one of list, show, diff"],
    [["prompts", "show", "plannin"], "PROMPT_NOT_FOUND", "Did you mean 'planning'?"],
    [["prompts", "diff", "planning@1", "planning@7"], "PROMPT_NOT_FOUND", "There are planning@1"],
  ])("%j is an error of the input", async (args, code, says) => {
    const called = await call([...args, "--json"], { cwd: tempFolder() });
    expect([called.code, (called.json() as { code: string }).code]).toEqual([2, code]);
    expect(called.out).toContain(says);
  });

  test("says which file of a project's is not right", async () => {
    const cwd = projectWith({ "greet/v1.md": promptText({ version: 2 }) });
    const called = await call(["prompts"], { cwd });
    expect(called.code).toBe(2);
    expect(called.err).toContain("v1.md', line 3: it says version 2");
  });

  test("says so where the configured folder is not there", async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "planwright.config.json"), '{"prompts":"nowhere"}');
    const called = await call(["prompts", "--json"], { cwd });
    expect([called.code, (called.json() as { code: string }).code]).toEqual([2, "CONFIG_INVALID"]);
  });
});

describe("settings of prompts", () => {
  test("hold the chosen versions by name, and repeat them for later calls", async () => {
    const settings = await readSettings({ prompt: ["planning@2", "repair@1", "repair@1"] }, fakeTerminal());
    expect(settings.prompts).toEqual({ folders: [], chosen: { planning: "planning@2", repair: "repair@1" } });
    expect(settings.flags.runtime).toEqual(expect.arrayContaining(["--prompt", "planning@2"]));
  });

  test.each([
    ["no version", ["planning"], "is not NAME@VERSION"],
    ["no name", ["@2"], "is not NAME@VERSION"],
    ["two versions of one", ["planning@1", "planning@2"], "asks for both planning@1 and planning@2"],
  ])("are refused with %s", async (_, prompt, says) => {
    await expect(readSettings({ prompt }, fakeTerminal())).rejects.toThrow(says);
  });
});
