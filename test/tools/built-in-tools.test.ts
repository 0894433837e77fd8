import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/shared/json.ts";
import { builtInTools } from "../../tools/index.ts";
import { runTool } from "./run-tool.ts";

const analyses = builtInTools.filter((tool) => Object.hasOwn(tool.inputSchema.properties as object, "text"));

/** Texts that have broken text tools before: empty, unbroken, other scripts, nothing but marks. */
const AWKWARD: Record<string, string> = {
  empty: "",
  "white space": " \n\t\f ",
  "one word": "Hi",
  emoji: "😀🎉 👩‍👩‍👧 ".repeat(2_000),
  "unbroken emoji": "😀".repeat(20_000),
  Japanese: "東京は日本の首都です。人口は多い。".repeat(300),
  Arabic: "القاهرة هي عاصمة مصر. ".repeat(500),
  "one line": "word Alpha ".repeat(20_000),
  "one long word": "a".repeat(300_000),
  marks: "# - > | ` * _ [ ( ".repeat(5_000),
  "table rows": "|a|b|\n|-|-|\n".repeat(3_000),
  abbreviations: "A. ".repeat(30_000),
  "half a character": "\ud83d broken \udc00 text.",
  JSON: JSON.stringify({ a: [1, { b: "Some text here." }] }, null, 2),
};

function inputFor(name: string, text: string): JsonValue {
  return name === "search_document" ? { text, query: "text word 東京" } : { text };
}

describe("built-in tools", () => {
  test("all of them are pure reads that say what they need to planners", () => {
    for (const tool of builtInTools) {
      expect(tool, tool.name).toMatchObject({ effect: "read", idempotency: "pure", schemaTrust: "exact", uses: [] });
      expect(tool.planning, tool.name).not.toBeNull();
    }
    for (const tool of analyses) expect(tool.derive, tool.name).toBe("inputs");
    expect(new Set(builtInTools.map((tool) => tool.name)).size).toBe(builtInTools.length);
  });

  test("outputs say how they were made", () => {
    for (const tool of [...analyses, builtInTools.find(({ name }) => name === "compile_report")!]) {
      expect(tool.outputSchema.required, tool.name).toEqual(expect.arrayContaining(["method", "confidence"]));
    }
  });

  test.each(Object.keys(AWKWARD))("awkward text (%s) gives a valid output, the same every time", async (key) => {
    for (const tool of analyses) {
      const input = inputFor(tool.name, AWKWARD[key] ?? "");
      const first = await runTool(tool, input);
      if (key.length < 10) expect(await runTool(tool, input)).toEqual(first);
    }
  });

  test("long work stops when its signal aborts", async () => {
    const text = "Anna Berg went home to Lisbon. ".repeat(20_000);
    for (const tool of analyses.filter(({ name }) => name !== "outline")) {
      const abort = new AbortController();
      const running = runTool(tool, inputFor(tool.name, text), abort.signal);
      abort.abort(new Error("stopped"));
      await expect(running, tool.name).rejects.toThrow("stopped");
    }
  });
});
