/** Holds the layers of DESIGN.md and the limits of STYLE.md, and shows for each rule that breaking it is seen. */
import { describe, expect, test } from "vitest";
import { layerOf, whyForbidden } from "./layers.ts";
import {
  emptyNames,
  filesWithoutLayer,
  filesWithoutOpeningComment,
  forbiddenImports,
  forbiddenUses,
  importCycles,
  oversizedFiles,
  oversizedTests,
  silencedChecks,
} from "./rules.ts";
import { parseSourceFile, readSourceFiles } from "./source-file.ts";

describe("the source tree", () => {
  const files = readSourceFiles(["src", "planners", "tools", "evals"]);
  const tests = readSourceFiles(["test"]);

  test("is not empty", () => expect(files.length).toBeGreaterThan(15));
  test("gives every file a layer", () => expect(filesWithoutLayer(files)).toEqual([]));
  test("imports only from its own or a lower layer", () => expect(forbiddenImports(files)).toEqual([]));
  test("has no import cycles", () => expect(importCycles(files)).toEqual([]));
  test("takes time, chance and the outside only from their suppliers", () => expect(forbiddenUses(files)).toEqual([]));
  test("silences no check", () => expect(silencedChecks([...files, ...tests])).toEqual([]));
  test("keeps files within 250 code lines", () => expect(oversizedFiles(files)).toEqual([]));
  test("keeps test files within 400 lines", () => expect(oversizedTests(tests)).toEqual([]));
  test("names files by their concept", () => expect(emptyNames(files)).toEqual([]));
  test("opens every file with its purpose", () => expect(filesWithoutOpeningComment(files)).toEqual([]));
});

describe("a planted violation is seen:", () => {
  const plant = (path: string, text: string) => [parseSourceFile(path, text)];

  test("a file that the table does not name", () => {
    expect(filesWithoutLayer(plant("src/run/somewhere-new.ts", ""))).toHaveLength(1);
    expect(filesWithoutLayer(plant("src/extra.ts", ""))).toHaveLength(1);
  });

  test.each([
    ["src/error/issue.ts", 'import { z } from "../plan/decision.ts";'],
    ["src/error/issue.ts", 'import type { Decision } from "../plan/decision.ts";'],
    ["src/plan/parse.ts", 'export { x } from "../run/run-driver.ts";'],
    ["src/plan/parse.ts", 'const load = () => import("../run/run-driver.ts");'],
    ["src/plan/parse.ts", 'type X = import("../run/run-driver.ts").X;'],
    ["src/run/run-driver.ts", 'import "../create-runtime.ts";'],
    ["src/create-runtime.ts", 'import "./cli/main.ts";'],
    ["src/cli/main.ts", 'import "../index.ts";'],
    ["src/run/run-driver.ts", 'import "../../tools/summarize.ts";'],
    ["src/run/run-driver.ts", 'import "../../test/conformance/store-suite.ts";'],
    ["tools/summarize.ts", 'import "../src/run/run-driver.ts";'],
    ["tools/summarize.ts", 'import "../planners/rule/rule-planner.ts";'],
  ])("%s with %s", (path, text) => expect(forbiddenImports(plant(path, text))).toHaveLength(1));

  test.each([
    ["src/create-runtime.ts", 'import "../tools/summarize.ts";'],
    ["tools/summarize.ts", 'import "../src/tool/tool.ts"; import "./sentences.ts";'],
    ["src/cli/main.ts", 'import manifest from "../../package.json" with { type: "json" };'],
    ["src/run/run-driver.ts", 'import "./run-machine.ts"; import "zod";'],
  ])("but %s may say %s", (path, text) => expect(forbiddenImports(plant(path, text))).toEqual([]));

  test("a cycle, also one of types and through a third file", () => {
    const files = [
      ...plant("src/plan/a.ts", 'import type { B } from "./b.ts";'),
      ...plant("src/plan/b.ts", 'import { c } from "./c.ts";'),
      ...plant("src/plan/c.ts", 'export { a } from "./a.ts";'),
    ];
    expect(importCycles(files)).toEqual(["src/plan/a.ts → src/plan/b.ts → src/plan/c.ts → src/plan/a.ts"]);
  });

  test.each([
    "Date.now()",
    'Date["now"]()',
    "new Date()",
    "performance.now()",
    "Math.random()",
    "setTimeout(f, 1)",
    "globalThis.setTimeout(f, 1)",
    "crypto.randomUUID()",
    'import { randomUUID } from "node:crypto"',
    'console.log("x")',
    "const x: any = 1",
    "process.env.HOME",
    'export * from "zod"',
    'import "node:fs"',
    'import "node:fs/promises"',
    'import { setTimeout } from "node:timers/promises"',
    "AbortSignal.timeout(1)",
    "try { f() } catch { }",
  ])("%s in the core", (text) => expect(forbiddenUses(plant("src/run/run-driver.ts", text))).toHaveLength(1));

  test.each([
    ["src/shared/clock.ts", "Date.now()"],
    ["src/cli/main.ts", 'console.log("x")'],
    ["src/run/run-driver.ts", "new Date(1).toISOString()"],
    ["src/run/run-driver.ts", "try { f() } catch { /* why it does not matter */ }"],
    ["src/run/run-driver.ts", '"Date.now() in a text"; // and setTimeout(f) in a comment'],
  ])("but %s may say %s", (path, text) => expect(forbiddenUses(plant(path, text))).toEqual([]));

  test("a silenced check", () => {
    expect(silencedChecks(plant("src/plan/a.ts", `// @ts${"-"}ignore\nconst a = 1;`))).toHaveLength(1);
  });

  test("a file of 251 code lines, where comments and blank lines do not count", () => {
    const text = (lines: number) => `/* one\n two */\n\n${"// why\nf();\n".repeat(lines)}`;
    expect(oversizedFiles(plant("src/plan/a.ts", text(251)))).toHaveLength(1);
    expect(oversizedFiles(plant("src/plan/a.ts", text(250)))).toEqual([]);
  });

  test("a file named after nothing", () => {
    expect(emptyNames(plant("src/plan/utils.ts", ""))).toHaveLength(1);
    expect(emptyNames(plant("src/index.ts", ""))).toEqual([]);
  });

  test("a file without an opening comment", () => {
    expect(filesWithoutOpeningComment(plant("src/plan/a.ts", "const a = 1;"))).toHaveLength(1);
  });
});

test("layers are as the table says", () => {
  expect(layerOf("src/run/run-machine.ts")).toBe(2);
  expect(layerOf("src/run/run-driver.ts")).toBe(3);
  expect(whyForbidden("src/run/run-machine.ts", "src/run/run-driver.ts")).toContain("layer 2");
});
