import fc from "fast-check";
import { expect, test } from "vitest";
import { cutText } from "../../src/shared/cut-text.ts";

test("a text that fits stays as it is", () => {
  expect(cutText("abcd", 4)).toBe("abcd");
});

test("a longer one ends in … within the limit", () => {
  expect(cutText("abcde", 4)).toBe("abc…");
});

test("a character of two code units is left out as a whole", () => {
  expect(cutText("ab😀cd", 4)).toBe("ab…");
  expect(cutText("ab😀cd", 5)).toBe("ab😀…");
});

test("a well-formed text stays well-formed and within the limit", () => {
  const text = fc.string({ unit: "grapheme-composite", maxLength: 30 });
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 20 }), (whole, mostChars) => {
      const cut = cutText(whole, mostChars);
      expect(cut.length).toBeLessThanOrEqual(mostChars);
      expect(cut.isWellFormed()).toBe(true);
      expect(whole.startsWith(cut.replace(/…$/, ""))).toBe(true);
    }),
  );
});
