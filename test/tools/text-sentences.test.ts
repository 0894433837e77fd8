import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findBlocks } from "../../tools/text/blocks.ts";
import { splitSentences } from "../../tools/text/sentences.ts";
import { stem } from "../../tools/text/stem.ts";
import { splitWords } from "../../tools/text/words.ts";

const split = (text: string): string[] => splitSentences(text).map((sentence) => sentence.text);

describe("sentences", () => {
  test("abbreviations, initials, decimals and quotations don't end a sentence", () => {
    const text =
      'Dr. A. B. Smith of Acme Ltd. said e.g. 3.5 is fine. The U.S. economy grew. "Really?" he asked. Yes! Done…';
    expect(split(text)).toEqual([
      "Dr. A. B. Smith of Acme Ltd. said e.g. 3.5 is fine.",
      "The U.S. economy grew.",
      '"Really?" he asked.',
      "Yes!",
      "Done…",
    ]);
  });

  test("a company's full stop may end a sentence", () => {
    expect(split("It was sold to Acme Ltd. The price is secret.")).toHaveLength(2);
  });

  test("other scripts have their own marks", () => {
    expect(split("日本語の文。次の文！")).toEqual(["日本語の文。", "次の文！"]);
    expect(split("هل هذا صحيح؟ نعم.")).toHaveLength(2);
  });

  test("wrapped lines are one sentence, deliberate breaks are not", () => {
    expect(split("This sentence is wrapped at the\nend of a line and goes on here.")).toHaveLength(1);
    expect(
      split("Jo Doe\nMain Street 5\nA line that is much longer than the others above it, so they are labels."),
    ).toHaveLength(3);
  });

  test("headings, code, tables, rules and front matter are no sentences; markers are no part of them", () => {
    const text =
      "---\ntitle: x\n---\n# Head\n\n- First item here.\n> Quoted words.\n\n| a | b |\n|---|---|\n\n```\ncode. here.\n```\n***\nINTRODUCTION\n\nText.";
    expect(split(text)).toEqual(["First item here.", "Quoted words.", "Text."]);
    expect(findBlocks(text).map((block) => block.kind)).toEqual([
      "heading",
      "item",
      "quote",
      "table",
      "code",
      "heading",
      "paragraph",
    ]);
  });

  test("every sentence is an exact, trimmed span, in order and without overlap, of any text", () => {
    const piece = fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(". ", "\n", "\n\n", "- ", "# ", "> ", "Mr. ", "! A", "|", "。", "x".repeat(1_500)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join("");
        let last = 0;
        for (const sentence of splitSentences(text, ["paragraph", "item", "quote", "heading", "table", "code"])) {
          expect(text.slice(sentence.start, sentence.end)).toBe(sentence.text);
          expect(sentence.text.trim()).toBe(sentence.text);
          expect(sentence.text).not.toBe("");
          expect(sentence.start).toBeGreaterThanOrEqual(last);
          last = sentence.end;
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe("words and stems", () => {
  test("words keep inner marks and know where they stand", () => {
    expect(splitWords("don’t re-use AT&T, ok.").map((word) => word.text)).toEqual(["don’t", "re-use", "AT&T", "ok"]);
    expect(splitWords("東京は首都です").length).toBeGreaterThan(2);
  });

  test.each([
    ["summaries", "summary"],
    ["running", "run"],
    ["councils", "council"],
    ["organisation", "organization"],
    ["planned", "plan"],
    ["pipes", "pipe"],
    ["quickly", "quick"],
  ])("%s and %s have one stem", (left, right) => {
    expect(stem(left)).toBe(stem(right));
  });

  test("different words keep different stems", () => {
    expect(new Set(["plan", "planet", "plant", "plenty"].map(stem)).size).toBe(4);
  });
});
