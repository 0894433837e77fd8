import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/shared/json.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";
import { runTextTool } from "./run-text-tool.ts";

const analyses = builtInTools.filter((tool) => Object.hasOwn(tool.inputSchema.properties as object, "text"));

/** Texts that have broken text tools before: empty, unbroken, other scripts, nothing but marks. */
const AWKWARD: Record<string, string> = {
  empty: "",
  "white space": " \n\t\f ",
  "one word": "Hi",
  emoji: "😀🎉 👩‍👩‍👧 ".repeat(120),
  "unbroken emoji": "😀".repeat(5_000),
  Japanese: "東京は日本の首都です。人口は多い。".repeat(60),
  Arabic: "القاهرة هي عاصمة مصر. ".repeat(120),
  "one line": "word Alpha ".repeat(3_000),
  "one long word": "a".repeat(300_000),
  marks: "# - > | ` * _ [ ( ".repeat(1_000),
  "table rows": "|a|b|\n|-|-|\n".repeat(600),
  abbreviations: "A. ".repeat(4_000),
  "half a character": "\ud83d broken \udc00 text.",
  JSON: JSON.stringify({ a: [1, { b: "Some text here." }] }, null, 2),
};

function inputFor(name: string, text: string): JsonValue {
  if (name === "answer_question") return { text, question: "What text has the word 東京?" };
  return name === "search_document" ? { text, query: "text word 東京" } : { text };
}

describe("built-in tools", () => {
  test("all of them are pure reads, and those on texts say to planners how people ask for them", () => {
    for (const tool of builtInTools) {
      expect(tool, tool.name).toMatchObject({ effect: "read", idempotency: "pure", schemaTrust: "exact", uses: [] });
    }
    for (const tool of analyses) {
      expect(tool.derive, tool.name).toBe("inputs");
      expect(tool.planning?.intents.length, tool.name).toBeGreaterThanOrEqual(8);
    }
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
      const first = await runTextTool(tool, input);
      if (key.length < 10) expect(await runTextTool(tool, input)).toEqual(first);
    }
  });

  test("long work stops when its signal aborts", async () => {
    const text = "Anna Berg went home to Lisbon. ".repeat(6_000);
    for (const tool of analyses.filter(({ name }) => name !== "outline")) {
      const abort = new AbortController();
      const running = runTextTool(tool, inputFor(tool.name, text), abort.signal);
      abort.abort(new Error("stopped"));
      await expect(running, tool.name).rejects.toThrow("stopped");
    }
  });
});
