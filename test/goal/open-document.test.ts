import { describe, expect, test } from "vitest";
import { openDocument } from "../../src/goal/open-document.ts";
import { HARBOUR_HTML, harbourDocx, harbourPdf, SENTENCES, TABLE, TITLE } from "../fixtures/formats/harbour-report.ts";

/** Hostile, long and odd documents: test/scenarios/formats. */
describe("one report in three formats", () => {
  test.each([
    ["harbour.pdf", "application/pdf", harbourPdf],
    ["harbour.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", harbourDocx],
    ["harbour.html", "text/html", () => Promise.resolve(new TextEncoder().encode(HARBOUR_HTML))],
  ])("%s gives its title, text, table and language", async (name, type, build) => {
    const document = await openDocument({ name, bytes: await build() });
    expect(document).toMatchObject({ name, type, title: TITLE, language: "en", tables: [TABLE] });
    expect(document.text).toContain(`\n\n${SENTENCES[0]}\n\n`);
    expect(document.text).toContain("## The new quay");
  });
});
