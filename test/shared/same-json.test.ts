import fc from "fast-check";
import { expect, test } from "vitest";
import { canonicalJson } from "../../src/shared/json.ts";
import { isSameJson } from "../../src/shared/same-json.ts";

test("two values are the same exactly where their canonical texts are", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof({ maxDepth: 3 }, fc.constantFrom(null, 0, -0, 1, "", "0", true, false), tie("list"), tie("map")),
    list: fc.array(tie("any"), { maxLength: 3 }),
    map: fc.dictionary(fc.constantFrom("a", "b", "__proto__"), fc.option(tie("any"), { nil: undefined }), {
      maxKeys: 3,
    }),
  })).any;
  fc.assert(
    fc.property(value, value, (left, right) => {
      expect(isSameJson(left, right)).toBe(canonicalJson(left) === canonicalJson(right));
      expect(isSameJson(left, structuredClone(left))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});
