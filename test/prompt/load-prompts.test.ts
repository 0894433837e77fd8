import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { loadPrompts } from "../../src/prompt/load-prompts.ts";
import { promptText } from "./prompt-text.ts";

/** A folder with these files, removed with its test. */
function folderOf(files: Record<string, string | Uint8Array>): string {
  const folder = mkdtempSync(join(tmpdir(), "planwright-prompts-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

const marks = (options: Parameters<typeof loadPrompts>[0]) =>
  loadPrompts(options)
    .list()
    .map(({ name, version }) => `${name}@${version}`);

describe("loading prompts", () => {
  const shipped = () => folderOf({ "greet/v1.md": promptText(), "greet/v10.md": promptText({ version: 10 }) });

  test("gives them by name and then by number, and the highest version where none is named", () => {
    const folder = folderOf({ "greet/v2.md": promptText({ version: 2 }), "ask/v1.md": promptText({ name: "ask" }) });
    const library = loadPrompts({ shipped: shipped(), folders: [folder] });
    expect(library.list().map(({ name, version }) => `${name}@${version}`)).toEqual([
      "ask@1",
      "greet@1",
      "greet@2",
      "greet@10",
    ]);
    expect(library.get("greet").version).toBe(10);
    expect(library.get("greet@2")).toMatchObject({ version: 2, source: join(folder, "greet/v2.md") });
  });

  test("lets a user's file stand for the shipped one, and tells so", () => {
    const folder = folderOf({ "greet/v1.md": promptText({ body: "--- user ---\nGood day" }) });
    const library = loadPrompts({ shipped: shipped(), folders: [folder] });
    expect(library.get("greet@1")).toMatchObject({
      text: "--- user ---\nGood day",
      source: join(folder, "greet/v1.md"),
    });
    expect(library.list()).toHaveLength(2);
  });

  test("counts a copy of a shipped file as shipped", () => {
    const folder = folderOf({ "greet/v1.md": promptText() });
    expect(loadPrompts({ shipped: shipped(), folders: [folder] }).get("greet@1").source).toBe("shipped");
  });

  test("leaves other files alone", () => {
    const folder = folderOf({
      "README.md": "About",
      "greet/notes.md": "Notes",
      "greet/v01.md": "x",
      "Big Ideas/v1.md": "x",
      "ask/v1.md": promptText({ name: "ask" }),
    });
    expect(marks({ shipped: folder })).toEqual(["ask@1"]);
  });

  test("of the package needs nothing to be said", () => {
    expect(marks({})).toEqual(expect.arrayContaining(["planning@1", "repair@1", "replanning@1"]));
  });
});

describe("what can't be loaded is refused:", () => {
  test("a folder that is not there", () => {
    expect(() => loadPrompts({ folders: ["/no/such/folder"] })).toThrow(
      "Prompt folder '/no/such/folder' can't be read",
    );
  });

  test("a file that is too large, without reading it", () => {
    const shipped = folderOf({ "greet/v1.md": new Uint8Array(64 * 1024 + 1) });
    expect(() => loadPrompts({ shipped })).toThrow("has 65537 bytes, more than 65536");
  });

  test("a file that is not UTF-8", () => {
    const shipped = folderOf({ "greet/v1.md": Uint8Array.of(0x2d, 0xff, 0xfe) });
    expect(() => loadPrompts({ shipped })).toThrow("is not UTF-8");
  });

  test("a folder in a file's place", () => {
    const shipped = folderOf({ "greet/v1.md/x": "" });
    expect(() => loadPrompts({ shipped })).toThrow("is not a file");
  });

  test("too many files", () => {
    const files = Array.from({ length: 501 }, (_, n) => [`greet/v${n + 1}.md`, ""]);
    expect(() => loadPrompts({ shipped: folderOf(Object.fromEntries(files)) })).toThrow("501 prompts, more than 500");
  });

  test.each([
    ["plannin", "Did you mean 'planning'?"],
    ["planning@99", "There is no prompt 'planning@99'"],
    ["planning@0", "There is no prompt 'planning@0'"],
    ["", "There is no prompt ''"],
  ])("a reference '%s'", (reference, says) => {
    expect(() => loadPrompts().get(reference)).toThrow(expect.objectContaining({ code: "PROMPT_NOT_FOUND" }));
    expect(() => loadPrompts().get(reference)).toThrow(says);
  });
});
