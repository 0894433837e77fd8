import { expect, test } from "vitest";
import { readDocument } from "../../src/goal/read-document.ts";
import { fuzzDocuments } from "../fuzz/fuzz-documents.ts";

test("documents of any bytes, names and types are read or refused with a DOCUMENT code", () => {
  const { read } = fuzzDocuments({ seed: 21, count: 1_200 });
  expect(read).toBeGreaterThan(100);
});

test("found by fuzzing: a media type with the name of something that every object inherits threw a TypeError", () => {
  for (const type of ["__proto__", "constructor", "toString"]) {
    expect(readDocument({ name: "note", type, text: "words" })).toMatchObject({ type: type.toLowerCase() });
  }
});
