import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import ownTool from "../../examples/own-tool.ts";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";

const root = join(import.meta.dirname, "../..");
const readme = readFileSync(join(root, "README.md"), "utf8");
const text = readFileSync(join(root, "samples/ferry-cooperative.md"), "utf8");
/** What a model is asked is no goal for rules. */
const commands = [...readme.matchAll(/^planwright (?:run|plan) "([^"]+)"(?!.*--model [a-z]+:)/gm)].map(
  (match) => match[1] ?? "",
);
const table = [...readme.matchAll(/^\| [^|]+ \| "([^"]+)" \|$/gm)].map((match) => match[1] ?? "");

describe("goals in the README", () => {
  const runtime = createRuntime({ store: createMemoryStore(), tools: [ownTool] });
  afterAll(() => runtime.close());

  test("are found", () => {
    expect(commands.length).toBeGreaterThanOrEqual(3);
    expect(table.length).toBeGreaterThanOrEqual(5);
  });

  test.each([...commands, ...table])("the rule planner plans: %s", async (goal) => {
    const dryRun = await runtime.plan({ goal, documents: [{ name: "ferry.md", text }] });
    expect(dryRun).toMatchObject({ valid: true, decision: { kind: "plan" }, repairs: 0 });
  });
});
