import { describe, expect, test } from "vitest";
import { durationText } from "../../src/cli/render/duration.ts";
import { renderTable } from "../../src/cli/render/render-table.ts";
import { renderOutput } from "../../src/cli/render/render-value.ts";
import { PLAIN_STYLE } from "../../src/cli/render/style.ts";
import { cutToWidth, textWidth, wrapText } from "../../src/cli/render/text-width.ts";
import { visibleJson, visibleLine, visibleText } from "../../src/cli/render/visible-text.ts";

const plain = { style: PLAIN_STYLE, width: null };

describe("untrusted text", () => {
  test("controls, bidi marks and invisible characters become visible; tabs, line feeds and emoji stay", () => {
    expect(visibleText("a\u001b[2Jb\u0007c\u009dd\u202ee\u2066f\u200bg\rh")).toBe(
      "a<U+001B>[2Jb<U+0007>c<U+009D>d<U+202E>e<U+2066>f<U+200B>g<U+000D>h",
    );
    expect(visibleText("a\tb\nc\r\nd 👩‍🚀 é")).toBe("a\tb\nc\nd 👩‍🚀 é");
    expect(visibleText("x\u{e0041}")).toBe("x<U+E0041>");
    expect(visibleLine(" a\n b\u001b")).toBe("a b<U+001B>");
  });

  test("JSON stays the same value without any such character", () => {
    const value = { "k\u202e": "a\u009bb\u007f\ufeff\u{e0041}\u2028" };
    const text = visibleJson(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).toMatch(/^[\u0020-\u007e]+$/);
  });
});

describe("widths", () => {
  test("count what a terminal shows", () => {
    expect(["abc", "é", "e\u0301", "漢字", "👍"].map(textWidth)).toEqual([3, 1, 1, 4, 2]);
    expect(cutToWidth("abcdef", 4)).toBe("abc…");
    expect(cutToWidth("漢字漢字", 5)).toBe("漢字…");
  });

  test("wrapping keeps words, indents and lines, and breaks what is too long", () => {
    expect(wrapText("one two three\n  four five six", 10)).toEqual(["one two", "three", "  four", "  five six"]);
    expect(wrapText("abcdefghij", 4)).toEqual(["abcd", "efgh", "ij"]);
  });
});

describe("results", () => {
  test("parts are headed sections: text, bullets, tables, fields", () => {
    const output = {
      summary: "One.\nTwo.",
      key_points: ["a", 2, null, true],
      people: [
        { name: "Ann", count: 12 },
        { name: "Bob", count: 3 },
      ],
      tone: { label: "positive", parts: [] },
    };
    expect(renderOutput(output, plain)).toEqual([
      ...["Summary", "───────", "One.", "Two.", ""],
      ...["Key points", "──────────", "• a", "• 2", "• –", "• yes", ""],
      ...["People", "──────", "name  count", "Ann      12", "Bob       3", ""],
      ...["Tone", "────", "label: positive", "parts:", "  (none)"],
    ]);
  });

  test("bare values, nested lists and awkward rows do not get lost", () => {
    expect(renderOutput("text", plain)).toEqual(["text"]);
    expect(renderOutput([[1, 2], { a: { b: "c" } }], plain)).toEqual(["• • 1", "  • 2", "• a:", "    b: c"]);
    expect(renderOutput({ rows: [{ a: 1 }, { b: "x" }] }, plain)).toContain("a  b");
    expect(renderOutput({ empty: "", none: {}, list: [] }, plain)).toContain("(empty)");
  });

  test("a table fits its line by wrapping the widest column", () => {
    const table = { columns: ["n", "text"], rows: [["1", "some words that go on for a while and on"]] };
    const lines = renderTable(table, { style: PLAIN_STYLE, width: 24 });
    expect(lines.length).toBeGreaterThan(2);
    expect(Math.max(...lines.map(textWidth))).toBeLessThanOrEqual(24);
  });
});

test("durations read well", () => {
  expect([0, 12.4, 3_400, 125_000, 3_780_000].map(durationText)).toEqual([
    "0 ms",
    "12 ms",
    "3.4 s",
    "2 min 5 s",
    "1 h 3 min",
  ]);
});
