import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/shared/json.ts";
import { compileReport } from "../../tools/compile-report.ts";
import { runTextTool } from "./run-text-tool.ts";

async function report(content: JsonValue, title = "T"): Promise<string> {
  const { markdown } = await runTextTool<{ markdown: string }>(compileReport, {
    title,
    sections: [{ title: "S", content }],
  });
  return markdown;
}
const body = async (content: JsonValue): Promise<string> =>
  (await report(content)).replace("# T\n\n## S\n\n", "").trimEnd();

describe("compile_report", () => {
  test("each shape of JSON gets its form", async () => {
    expect(await body("One\nline.\n\nTwo.")).toBe("One line.\n\nTwo.");
    expect(await body(["a", 2, null])).toBe("- a\n- 2\n- —");
    expect(
      await body([
        { name: "A", n: 1 },
        { name: "B|C", tags: ["x", "y"] },
      ]),
    ).toBe("| name | n | tags |\n| --- | --- | --- |\n| A | 1 | — |\n| B\\|C | — | x, y |");
    expect(await body({ label: "good", parts: [{ a: 1, b: 2 }], deep: { x: null } })).toBe(
      "- **label:** good\n- **parts:**\n  - **a:** 1; **b:** 2\n- **deep:**\n  - **x:** —",
    );
    for (const empty of [null, "", [], {}]) expect(await body(empty)).toBe("—");
    expect(await body(true)).toBe("true");
  });

  test.each([
    ["# forged", "\\# forged"],
    ["text\n\n## forged", "text\n\n\\## forged"],
    ["a\n===", "a ==="],
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ["[x](javascript:y)", "\\[x\\](javascript:y)"],
    ["```\ncode", "\\`\\`\\` code"],
    ["- item", "\\- item"],
    ["1. item", "1\\. item"],
    ["&lt;b&gt;", "&amp;lt;b&amp;gt;"],
    ["a\u202eb\u0007c", "abc"],
  ])("hostile text %j stays text", async (text, expected) => {
    expect(await body(text)).toBe(expected);
  });

  test("rows of unlike fields are a list where their table would be far larger than they are", async () => {
    const text = await report(Array.from({ length: 1_000 }, (_, place) => ({ [`field${place}`]: place })));
    expect(text.length).toBeLessThan(50_000);
    expect(text).toContain("- **field999:** 999");
  });

  test("titles can't forge headings, and empty ones have a stand-in", async () => {
    const { markdown } = await runTextTool<{ markdown: string }>(compileReport, {
      title: "a\n# b",
      sections: [{ title: " ", content: "x" }],
    });
    expect(markdown).toBe("# a # b\n\n## Untitled\n\nx\n");
  });

  test("whatever the content, the report has exactly its own headings and no HTML", async () => {
    const nasty = fc.oneof(
      fc.string(),
      fc.constantFrom("\n# x", "<b>", "\n\n===", "\r\n## y", "|", "\n---\n", "\u2028# z"),
    );
    const text = fc.array(nasty, { maxLength: 5 }).map((parts) => parts.join(""));
    const { tree } = fc.letrec<{ tree: JsonValue }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.constant(null),
        fc.integer(),
        fc.array(tie("tree"), { maxLength: 3 }),
        fc.dictionary(text, tie("tree"), { maxKeys: 3 }),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(tree, async (content) => {
        const lines = (await report(content)).split(/[\n\r\u2028\u2029]/);
        expect(lines.filter((line) => /^\s*#{1,6}(\s|$)/.test(line))).toEqual(["# T", "## S"]);
        expect(lines.filter((line) => /^\s*(=+|-{3,})\s*$|<\/?[a-z!]/i.test(line))).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
