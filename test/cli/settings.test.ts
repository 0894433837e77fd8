import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/cli/settings/read-settings.ts";
import { spreadToolFiles } from "../../src/cli/spread-tool-files.ts";
import { call, fakeTerminal, planFile, TOOLS, tempFolder } from "./fake-terminal.ts";

describe("settings: flags before environment before configuration before default", () => {
  test("of the store", async () => {
    const cwd = tempFolder();
    expect((await readSettings({}, fakeTerminal({ cwd }))).store).toBe(join(cwd, ".planwright"));
    writeFileSync(join(cwd, "planwright.config.json"), '{"store":"from-file"}');
    expect((await readSettings({}, fakeTerminal({ cwd }))).store).toBe(join(cwd, "from-file"));
    const env = { PLANWRIGHT_STORE: "from-env" };
    expect((await readSettings({}, fakeTerminal({ cwd, env }))).store).toBe(join(cwd, "from-env"));
    expect((await readSettings({ store: "from-flag" }, fakeTerminal({ cwd, env }))).store).toBe(join(cwd, "from-flag"));
  });

  test("of the planner, with the reason", async () => {
    const why = async (model: string | undefined, env: Record<string, string>) =>
      (await readSettings(model === undefined ? {} : { model }, fakeTerminal({ env }))).planner.why;
    expect(await why(undefined, {})).toBe("no model is configured");
    expect(await why("offline", { PLANWRIGHT_MODEL: "openai:x" })).toBe("--model says offline");
    expect(await why(undefined, { PLANWRIGHT_MODEL: "offline" })).toBe("PLANWRIGHT_MODEL says offline");
    expect(await why(undefined, { OPENAI_API_KEY: "k" })).toBe("OPENAI_API_KEY is set");
    expect(await why(undefined, { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k" })).toBe(
      "ANTHROPIC_API_KEY is set; OPENAI_API_KEY is set too and stays unused",
    );
    expect(await why("openai:x", { ANTHROPIC_API_KEY: "k" })).toBe("--model says so");
    expect(await why(undefined, { PLANWRIGHT_API_KEY: "k" })).toBe("no model is configured");
  });

  test("paths in a configuration start from its folder, and limits hold for runs", async () => {
    const cwd = tempFolder();
    mkdirSync(join(cwd, "conf"));
    writeFileSync(join(cwd, "conf", "my.mjs"), `export * from ${JSON.stringify(`file://${TOOLS}`)};`);
    const config = 'export default { store: "runs", tools: ["./my.mjs"], limits: { maxSteps: 7 } };';
    writeFileSync(join(cwd, "conf", "planwright.config.ts"), config);
    const args = ["apply", planFile(cwd, []), "--config", "conf/planwright.config.ts", "--json"];
    const called = await call(args, { cwd });
    expect(called.json()).toMatchObject({ budget: { maxSteps: 7, maxReplans: 8 } });
    expect((await call(["doctor"], { cwd, env: { PLANWRIGHT_CONFIG: "conf/planwright.config.ts" } })).out).toContain(
      join(cwd, "conf", "runs"),
    );
  });

  test.each([
    ["an unknown key", '{"stor":"x"}', "Did you mean 'store'?"],
    ["an unknown limit", '{"limits":{"maxStep":1}}', "Did you mean 'maxSteps'?"],
    ["a key of a later version", '{"mcpServers":{}}', "not supported in this version"],
    ["a price that is no price", '{"prices":{"openai:x":{"inputUsdPerMillion":-1}}}', "prices"],
    ["another view", '{"policy":{"visibility":"all"}}', "visibility"],
    ["a wrong type", '{"tools":"x.ts"}', "tools"],
    ["a list", "[]", "one object"],
    ["text that is not JSON", "{", "is not JSON"],
  ])("a configuration with %s is refused", async (_, text, says) => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "planwright.config.json"), text);
    const called = await call(["runs", "--json"], { cwd });
    expect([called.code, (called.json() as { code: string }).code]).toEqual([2, "CONFIG_INVALID"]);
    expect(called.out).toContain(says);
  });
});

describe("a model that cannot be opened", () => {
  test.each([
    ["anthropic:x", "ANTHROPIC_API_KEY"],
    ["openai:x", "OPENAI_API_KEY"],
    ["compatible:x", "compatible:NAME@URL"],
    ["ollama:x", "compatible:NAME@URL"],
    ["cassette:nowhere.jsonl", "nowhere.jsonl"],
  ])("%s: refused before anything runs, with what to do; runs can still be looked at", async (model, says) => {
    const cwd = tempFolder();
    const called = await call(["run", "Summarise", "--model", model, "--json"], { cwd });
    expect([called.code, (called.json() as { code: string }).code]).toEqual([2, "CONFIG_INVALID"]);
    expect(called.out).toContain(says);
    expect((await call(["runs", "--json"], { cwd, env: { PLANWRIGHT_MODEL: model } })).code).toBe(0);
  });

  test("never shows the key", async () => {
    const env = { OPENAI_API_KEY: "sk-planted secret with spaces" };
    const called = await call(["run", "Summarise", "--model", "openai:x"], { cwd: tempFolder(), env });
    expect([called.code, called.out + called.err]).toEqual([2, expect.not.stringContaining("planted")]);
  });
});

test("--tools takes along the scripts that follow it, and nothing else", () => {
  expect(spreadToolFiles(["tools", "--tools", "a.ts", "b.mjs", "--json"])).toEqual([
    "tools",
    "--tools",
    "a.ts",
    "--tools",
    "b.mjs",
    "--json",
  ]);
  expect(spreadToolFiles(["run", "--tools", "a.ts", "goal", "c.ts"])).toEqual([
    "run",
    "--tools",
    "a.ts",
    "goal",
    "c.ts",
  ]);
  expect(spreadToolFiles(["run", "--", "--tools", "a.ts", "b.ts"])).toEqual(["run", "--", "--tools", "a.ts", "b.ts"]);
});
