import { describe, expect, test } from "vitest";
import { digestDocument } from "../../src/goal/digest-document.ts";
import { readDocument } from "../../src/goal/read-document.ts";

const SECRET = "Zanzibar";
const document = readDocument({
  name: "a.md",
  text: `# ${SECRET} one\n\n## ${SECRET} two\n\n${SECRET} `.padEnd(3_000, "😀"),
});

describe("document digest", () => {
  test("a preview shows title, headings and the start, never half a character", () => {
    const digest = digestDocument(document, { visibility: "preview" });
    expect(digest).toMatchObject({
      name: "a.md",
      title: `${SECRET} one`,
      headings: [`${SECRET} one`, `${SECRET} two`],
      pages: 1,
    });
    expect(digest.preview?.length).toBeGreaterThan(790);
    for (let previewChars = 60; previewChars < 64; previewChars++) {
      const { preview } = digestDocument(document, { visibility: "preview", previewChars });
      expect(preview?.isWellFormed()).toBe(true);
      expect(preview?.length).toBeLessThanOrEqual(previewChars);
    }
  });

  test("under shape visibility nothing of the content gets out", () => {
    const digest = digestDocument(document, { visibility: "shape" });
    expect(JSON.stringify(digest)).not.toContain(SECRET);
    expect(digest).toMatchObject({ title: null, headings: null, preview: null, chars: document.chars });
  });
});
