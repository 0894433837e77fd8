import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import { loadTools } from "../../src/tool/load-tools.ts";

const DIRECTORY = fileURLToPath(new URL("../fixtures/tool-files", import.meta.url));

async function refusal(loading: Promise<unknown>): Promise<PlanwrightError> {
  const thrown: unknown = await loading.then(
    () => null,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(PlanwrightError);
  const error = thrown as PlanwrightError;
  expect(error.code).toBe("CONFIG_INVALID");
  return error;
}

/** An import that fails as Node's own would. */
function failing(code: string, message: string) {
  return () => Promise.reject(Object.assign(new Error(message), { code }));
}

describe("a tool file", () => {
  test("may have one tool as its default export, in TypeScript", async () => {
    const tools = await loadTools("default-tool.ts", { directory: DIRECTORY });
    expect(tools.map((tool) => tool.name)).toEqual(["shout"]);
  });

  test("loads without a build in Node itself, whose errors are understood", async () => {
    const script = `
      import { loadTools } from "./src/tool/load-tools.ts";
      const directory = "test/fixtures/tool-files";
      const [tool] = await loadTools("default-tool.ts", { directory });
      const errors = [];
      for (const file of ["nowhere.ts", ".", "missing-import.mjs"]) {
        await loadTools(file, { directory }).catch((error) => errors.push(error.message.split(":")[0]));
      }
      process.stdout.write(JSON.stringify([await tool.execute({ text: "hi" }, {}), ...errors]));`;
    const root = fileURLToPath(new URL("../..", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: root,
    });
    expect(JSON.parse(stdout)).toEqual([
      { text: "HI" },
      "Tool file 'nowhere.ts' doesn't exist.",
      "Tool file '.' is a folder.",
      "Tool file 'missing-import.mjs' imports something that can't be found",
    ]);
  });

  test("may export tools by name, as plain objects too; the rest is left alone", async () => {
    const tools = await loadTools("named-tools.mjs", { directory: DIRECTORY });
    expect(tools.map((tool) => tool.name)).toEqual(["first", "second"]);
    expect(tools[0]?.checkInput({})).toEqual({ ok: true, value: {} });
  });

  test("may have a list as its default export, which goes before names", async () => {
    const [shout] = await loadTools("default-tool.ts", { directory: DIRECTORY });
    const importModule = () => Promise.resolve({ default: [shout], other: shout });
    expect(await loadTools("any.ts", { importModule })).toEqual([shout]);
  });

  test("is imported by its URL, seen from the given folder", async () => {
    const urls: string[] = [];
    const importModule = (url: string) => {
      urls.push(url);
      return Promise.resolve({});
    };
    await refusal(loadTools("my tools.ts", { directory: "/data", importModule }));
    expect(urls).toEqual(["file:///data/my%20tools.ts"]);
  });

  test("that doesn't exist is told apart from one whose imports don't", async () => {
    const missing = await refusal(loadTools("nowhere.mjs", { directory: DIRECTORY }));
    expect(missing.message).toMatch(/^Tool file 'nowhere.mjs' (doesn't exist|can't be loaded)/);
    const plain = failing("ERR_MODULE_NOT_FOUND", "Cannot find module '/data/a.ts' imported from /app/load.ts");
    expect((await refusal(loadTools("a.ts", { directory: "/data", importModule: plain }))).message).toBe(
      "Tool file 'a.ts' doesn't exist.",
    );
    const inner = failing("ERR_MODULE_NOT_FOUND", "Cannot find package 'left-pad' imported from /data/a.ts");
    const error = await refusal(loadTools("a.ts", { directory: "/data", importModule: inner }));
    expect(error.message).toContain("Cannot find package 'left-pad'");
    expect(error.hint).toContain("Install the package");
  });

  test.each([
    ["ERR_UNKNOWN_FILE_EXTENSION", 'Unknown file extension ".ts"', "Node 22.18"],
    ["ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX", "TypeScript enum is not supported", "avoid enums"],
    ["ERR_UNSUPPORTED_DIR_IMPORT", "Directory import is not supported", "Name a file"],
  ])("that fails with %s says what to do", async (code, message, hint) => {
    const error = await refusal(loadTools("a.ts", { importModule: failing(code, message) }));
    expect(error.hint).toContain(hint);
    expect(error.cause).toMatchObject({ code });
  });

  test("that throws while it loads says what it threw", async () => {
    const error = await refusal(loadTools("throws.mjs", { directory: DIRECTORY }));
    expect(error.message).toBe("Tool file 'throws.mjs' can't be loaded: no key configured.");
  });

  test.each(["no-tools.mjs"])("without a tool (%s) is refused", async (file) => {
    expect((await refusal(loadTools(file, { directory: DIRECTORY }))).message).toContain("exports no tool");
    expect(
      (await refusal(loadTools(file, { importModule: () => Promise.resolve({ default: [] }) }))).message,
    ).toContain("exports no tool");
  });

  test("with something else in its list is refused with the place", async () => {
    const error = await refusal(loadTools("mixed-list.mjs", { directory: DIRECTORY }));
    expect(error.message).toContain("'default[0]'");
  });

  test("with a tool that is not right says which field", async () => {
    const error = await refusal(loadTools("missing-effect.mjs", { directory: DIRECTORY }));
    expect(error.message).toContain("Tool 'careless': effect is missing");
  });
});
