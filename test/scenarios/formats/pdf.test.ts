import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { openDocument } from "../../../src/goal/open-document.ts";
import { buildPdf, encryptedPdf, type PdfLine, rawPdf, rawText } from "../../fixtures/formats/build-pdf.ts";
import { harbourPdf, SENTENCES, TABLE, TITLE } from "../../fixtures/formats/harbour-report.ts";
import { problemOf } from "./document-problem.ts";

describe("a PDF document", () => {
  test("gives title, headings, paragraphs with divided words joined, and its table", async () => {
    const document = await openDocument({ name: "harbour.pdf", bytes: await harbourPdf() });
    expect(document).toMatchObject({ type: "application/pdf", title: TITLE, language: "en", tables: [TABLE] });
    expect(document.text.split("\n\n").slice(0, 3)).toEqual([`# ${TITLE}`, "## Traffic", SENTENCES[0]]);
    expect(document.text).toContain("| Second | 104 | 1,450 t |");
    expect(document.text).toContain(
      "## The new quay\n\nThe council approved a new quay on 3 March 2025, and Clara Winther",
    );
    expect(document.pages).toEqual([document.text]);
    expect(document.chars).toBe(document.text.length);
  });

  test("of many pages has each page's text, no page numbers, its header once, and sentences go over pages", async () => {
    const page = (number: number): PdfLine[] => [
      { text: "Port of Lindholm" },
      { text: `Chapter ${number} tells how the harbour grew, and how the`, gap: 40 },
      { text: "town beside it grew", gap: 15 },
      { text: `Page ${number} of 120`, gap: 600 },
    ];
    const pages = Array.from({ length: 120 }, (_, place) => page(place + 1));
    pages[1]![1] = { text: "together with it in chapter 2, and how the", gap: 40 };
    const document = await openDocument({ name: "long.pdf", bytes: await buildPdf(pages) });
    expect(document.pages).toHaveLength(120);
    expect(document.pages[76]).toBe("Chapter 77 tells how the harbour grew, and how the town beside it grew");
    expect(document.text).toContain("the town beside it grew together with it in chapter 2");
    expect(document.text.match(/Port of Lindholm/g)).toHaveLength(1);
    expect(document.text).not.toContain("of 120");
  });

  test("without metadata is named by its largest words; a file name in the metadata is no title", async () => {
    const lines = [
      { text: "Small print above" },
      { text: "The great flood", size: 24, gap: 40 },
      { text: "It rained.", gap: 40 },
    ];
    const body = Array.from({ length: 6 }, () => ({ text: "The river rose by two metres in one night in May." }));
    for (const title of [undefined, "Microsoft Word - flood_final2.docx", "untitled"]) {
      const bytes = await buildPdf([[...lines, ...body]], title);
      expect((await openDocument({ name: "flood.pdf", bytes })).title).toBe("The great flood");
    }
  });

  test("lines with aligned gaps are a table only where rows and columns are clear", async () => {
    const rows = (texts: string[][]): Promise<Uint8Array> => buildPdf([texts.map((text) => ({ text }))]);
    const tablesOf = async (texts: string[][]) =>
      (await openDocument({ name: "a.pdf", bytes: await rows(texts) })).tables;
    expect(
      await tablesOf([
        ["Name", "Age", "Town"],
        ["Ann", "40", "Ulm"],
        ["Ben", "", "Bonn"],
        ["Cid", "7", ""],
      ]),
    ).toEqual([
      {
        columns: ["Name", "Age", "Town"],
        rows: [
          ["Ann", "40", "Ulm"],
          ["Ben", "", "Bonn"],
          ["Cid", "7", ""],
        ],
      },
    ]);
    expect(
      await tablesOf([
        ["Name", "Age"],
        ["Ann", "40"],
      ]),
    ).toEqual([]);
  });

  test.each([
    ["with a password", "DOCUMENT_ENCRYPTED", encryptedPdf()],
    ["of garbage", "DOCUMENT_UNREADABLE", Buffer.from(`%PDF-1.7\n${"x".repeat(3_000)}`)],
    ["whose pages hold each other", "DOCUMENT_UNREADABLE", loopedPdf()],
    ["without text", "DOCUMENT_EMPTY", rawText("0 0 m 10 10 l S")],
    ["of nested arrays without end", "DOCUMENT_EMPTY", rawText("[".repeat(500_000))],
    [
      "of more pieces of text than a page has",
      "DOCUMENT_TOO_LARGE",
      rawText("BT /F1 9 Tf 50 700 Td (a) Tj 0 -20 Td ET\n".repeat(60_000)),
    ],
  ])("%s is refused as %s", async (_, code, bytes) => {
    expect((await problemOf({ name: "a.pdf", bytes })).code).toBe(code);
  });

  test("a scan is refused with the way to text recognition", async () => {
    const { hint, message } = await problemOf({ name: "scan.pdf", bytes: await buildPdf([[], []]) });
    expect(`${message} ${hint}`).toMatch(/2 pages are pictures or blank.*OCR/);
  });

  test("one that unpacks to gigabytes is left when the process has grown too much", async () => {
    const bomb = deflateSync(deflateSync(Buffer.alloc(300 * 1024 * 1024, 32)));
    const bytes = rawPdf(bomb, "/Filter [/FlateDecode /FlateDecode]");
    const { code, message } = await problemOf({ name: "bomb.pdf", bytes }, { growthBytes: 150 * 1024 * 1024 });
    expect([code, message]).toEqual(["DOCUMENT_TOO_LARGE", "'bomb.pdf' takes too much memory to read."]);
  });
});

/** The list of pages names itself as its page. */
function loopedPdf(): Uint8Array {
  const text = Buffer.from(rawText("BT ET")).toString("latin1");
  return Buffer.from(text.replace("/Kids [3 0 R]", "/Kids [2 0 R]"), "latin1");
}
