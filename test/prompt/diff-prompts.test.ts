import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { diffLines } from "../../src/prompt/diff-prompts.ts";

const SIGNS = { same: " ", removed: "-", added: "+" };
const shown = (before: string, after: string) =>
  diffLines(before, after).map(({ kind, line }) => `${SIGNS[kind]}${line}`);

describe("the difference of two texts", () => {
  test("keeps the lines that both have", () => {
    expect(shown("a\nb\nc\nd", "a\nc\nx\nd")).toEqual([" a", "-b", " c", "+x", " d"]);
  });

  test("puts what was removed before what came in its place", () => {
    expect(shown("a\nold\nz", "a\nnew\nz")).toEqual([" a", "-old", "+new", " z"]);
  });

  test("of equal texts is none", () => expect(shown("a\nb", "a\nb")).toEqual([" a", " b"]));

  test("leads from each text to the other, whatever they are", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 12 }).map((lines) => lines.join("\n"));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const lines = diffLines(before, after);
        const without = (left: string) => lines.filter(({ kind }) => kind !== left).map(({ line }) => line);
        expect(without("added").join("\n")).toBe(before);
        expect(without("removed").join("\n")).toBe(after);
        expect(lines.length).toBeLessThanOrEqual(before.split("\n").length + after.split("\n").length);
      }),
    );
  });

  test("of texts of very many lines is given without comparing all of them", () => {
    const before = Array.from({ length: 30_000 }, (_, n) => `a${n}`).join("\n");
    const after = Array.from({ length: 30_000 }, (_, n) => `b${n}`).join("\n");
    expect(diffLines(before, after)).toHaveLength(60_000);
  });
});
