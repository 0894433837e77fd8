/** Expressions of schemas: what the linear engine answers is what the language would answer, in time that stays small. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { linearPattern } from "../../src/tool/linear-pattern.ts";
import { processorMs } from "../setup/processor-time.ts";

const PIECES = [
  ...["a", "b", "\\.", ".", "\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\b", "\\B", "\\n", "\\t", "\\x41", "\\u00e9"],
  ...["\\u{1f600}", "\\ud83d\\ude00", "\\p{L}", "\\P{Lu}", "\\/", "\\[", "\\\\", "é", "😀", " ", "-", ":", "&&"],
  ...[
    "[ab]",
    "[^ab]",
    "[\\s]",
    "[^\\s]",
    "[\\S]",
    "[^\\S]",
    "[\\w-]",
    "[a-f\\d]",
    "[.]",
    "[[]",
    "[\\]]",
    "[^]",
    "[]",
    "[\\b]",
  ],
  ...[
    "[\\ud83d\\ude00-\\ud83d\\ude05]",
    "[\\u{1f600}-\\u{1f605}]",
    "[$^]",
    "[:al:]",
    "[a&&b]",
    "\\cJ",
    "\\0",
    "\\f",
    "\\v",
  ],
];
const QUANTIFIERS = ["", "", "", "*", "+", "?", "*?", "+?", "{2}", "{1,3}", "{2,}"];
const WRAPPERS = [(text: string) => `(${text})`, (text: string) => `(?:${text})`, (text: string) => `${text}|b`];
const LETTERS = [..."ab.-:/[]\\ \n\r\t\v\f\b\0A1é😀&$^", "\u2028", "\u00a0", "\ufeff", "\u180e", "\u3000", "\ud83d"];

const part = fc.tuple(fc.constantFrom(...PIECES), fc.constantFrom(...QUANTIFIERS)).map((pair) => pair.join(""));
const source = fc
  .tuple(
    fc.boolean(),
    fc.array(part, { maxLength: 4 }),
    fc.array(fc.constantFrom(...WRAPPERS), { maxLength: 2 }),
    fc.boolean(),
  )
  .map(([atStart, parts, wrappers, atEnd]) => {
    const inner = wrappers.reduce((text, wrap) => wrap(text), parts.join(""));
    return `${atStart ? "^" : ""}${inner}${atEnd ? "$" : ""}`;
  });
const text = fc.array(fc.constantFrom(...LETTERS), { maxLength: 8 }).map((letters) => letters.join(""));

const isValid = (expression: string): boolean => {
  try {
    return new RegExp(expression, "u").source !== "";
  } catch {
    return false;
  }
};

describe("an expression of a schema", () => {
  test("means what it means in ECMAScript", () => {
    fc.assert(
      fc.property(source.filter(isValid), fc.array(text, { minLength: 5, maxLength: 20 }), (expression, texts) => {
        const pattern = linearPattern(expression);
        const native = new RegExp(expression, "u");
        for (const one of texts)
          expect([expression, one, pattern.test(one)]).toEqual([expression, one, native.test(one)]);
      }),
      { numRuns: 1_000 },
    );
  });

  test("every character alone is in the same classes", () => {
    const classes = ["\\s", "\\S", "[\\s]", "[\\S]", "[^\\s]", "[^\\S]", "\\d", "\\w", ".", "[^.]", "\\b"];
    for (const one of classes) {
      const [pattern, native] = [linearPattern(`^${one}`), new RegExp(`^${one}`, "u")];
      for (let code = 0; code <= 0xffff; code++) {
        const letter = String.fromCharCode(code);
        if (pattern.test(letter) !== native.test(letter)) expect([one, code]).toBe("the same in both engines");
      }
    }
  });

  test.each(["^(a+)+$", "^(a|aa)+$", "^(?:a*)*$", "(a*)*b"])(
    "%s takes no time that grows with its guesses",
    (hostile) => {
      const text = `${"a".repeat(100_000)}!`;
      expect(processorMs(() => expect(linearPattern(hostile).test(text)).toBe(false))).toBeLessThan(2_000);
    },
  );

  test.each([
    ["(?=a)b", "looks ahead or behind"],
    ["(?<!a)b", "looks ahead or behind"],
    ["(?i:a)", "sets flags"],
    ["(a)\\1", "invalid escape"],
    ["(?<n>a)\\k<n>", "refers back"],
    ["a{1,2000}", "repeat count"],
    ["(?:a{500}){500}", "repeat count"],
    ["(?:(?:abcdefgh){99}){9}", "too many states"],
    ["(", "Unterminated group"],
  ])("%s is refused: it %s", (expression, why) => {
    expect(() => linearPattern(expression)).toThrow(why);
  });

  test("Zod's own formats are taken, though some of them look ahead", () => {
    for (const schema of [
      z.email(),
      z.uuid(),
      z.iso.datetime(),
      z.iso.duration(),
      z.hostname(),
      z.base64(),
      z.ipv6(),
    ]) {
      const { pattern } = z.toJSONSchema(schema) as { pattern?: string };
      if (pattern !== undefined) expect(() => linearPattern(pattern)).not.toThrow();
    }
    expect(linearPattern(z.regexes.email.source).test("a@example.org")).toBe(true);
  });

  test("a text that is too long for the expression is refused, not tried", () => {
    const large = linearPattern("^(?:x{0,300}y){3}$");
    expect(() => large.test("x".repeat(200_000))).toThrow("too long");
  });
});
