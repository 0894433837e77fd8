import { strToU8 } from "fflate";
import { describe, expect, test } from "vitest";
import { openDocument } from "../../../src/goal/open-document.ts";
import { buildDocx, docxWith, docxWithBody } from "../../fixtures/formats/build-docx.ts";
import { CONTACT, harbourDocx, SENTENCES, TABLE, TITLE } from "../../fixtures/formats/harbour-report.ts";
import { problemOf } from "./document-problem.ts";

const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const PARAGRAPH = "<w:p><w:r><w:t>word</w:t></w:r></w:p>";

describe("a DOCX document", () => {
  test("gives title, headings, lists and tables as Markdown", async () => {
    const document = await openDocument({ name: "harbour.docx", bytes: await harbourDocx() });
    expect(document).toMatchObject({ type: DOCX, title: TITLE, language: "en", tables: [TABLE] });
    expect(document.text.split("\n\n")).toEqual([
      `# ${TITLE}`,
      "## Traffic",
      SENTENCES[0],
      expect.stringMatching(/^\| Quarter \| Ships \| Cargo \|\n\| --- \| --- \| --- \|\n\| First \| 88 \|/),
      "## The new quay",
      `${SENTENCES[1]} ${SENTENCES[2]}`,
      `- ${CONTACT}`,
    ]);
    expect(document.pages).toEqual([document.text]);
  });

  test("of a thousand paragraphs and tables is read whole", async () => {
    const parts = Array.from({ length: 500 }, (_, place) => [
      { text: `Paragraph ${place} of the report.` },
      {
        rows: [
          ["Key", "Value"],
          [`k${place}`, String(place)],
        ],
      },
    ]).flat();
    const document = await openDocument({ name: "long.docx", bytes: await buildDocx(parts, "A long one") });
    expect([document.title, document.tables.length]).toEqual(["A long one", 500]);
    expect(document.tables[499]).toEqual({ columns: ["Key", "Value"], rows: [["k499", "499"]] });
    expect(document.text).toContain("Paragraph 499 of the report.");
  });

  test.each([
    ["unpacks to more than it may", "DOCUMENT_TOO_LARGE", () => docxWithBody(" ".repeat(70 * 1024 * 1024))],
    [
      "nests without end",
      "DOCUMENT_TOO_LARGE",
      () => docxWithBody("<w:ins>".repeat(20_000) + "</w:ins>".repeat(20_000)),
    ],
    ["has more parts than it may", "DOCUMENT_TOO_LARGE", () => docxWith(manyParts())],
    ["declares XML entities", "DOCUMENT_UNREADABLE", () => docxWithBody(PARAGRAPH, '<!DOCTYPE a [<!ENTITY b "ha">]>')],
    ["has broken XML", "DOCUMENT_UNREADABLE", () => docxWithBody("<w:p><w:r>")],
    ["is cut off", "DOCUMENT_UNREADABLE", async () => (await harbourDocx()).subarray(0, 3_000)],
    ["has a damaged part", "DOCUMENT_UNREADABLE", async () => damaged(await harbourDocx())],
    ["holds nothing", "DOCUMENT_EMPTY", () => docxWithBody("<w:p/>")],
    ["has a password inside", "DOCUMENT_ENCRYPTED", async () => withFlag(await harbourDocx())],
    ["has a password around", "DOCUMENT_ENCRYPTED", () => Promise.resolve(encryptedOffice())],
    ["is a workbook", "DOCUMENT_UNSUPPORTED", () => Promise.resolve(Buffer.from("PK\u0003\u0004xl/workbook.xml "))],
  ])("that %s is refused as %s", async (_, code, build) => {
    expect((await problemOf({ name: "a.docx", bytes: await build() })).code).toBe(code);
  });

  test("with a cell that claims to span two thousand million columns is refused or read in bounds", async () => {
    const row = `<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>${PARAGRAPH}</w:tc></w:tr>`;
    const bytes = await docxWithBody(`<w:tbl>${row.repeat(2_000)}</w:tbl>`);
    expect((await problemOf({ name: "wide.docx", bytes })).code).toBe("DOCUMENT_TOO_LARGE");
  });
});

function manyParts(): Record<string, Uint8Array> {
  return Object.fromEntries(Array.from({ length: 10_100 }, (_, place) => [`word/x${place}.xml`, strToU8("<a/>")]));
}

/** One byte of the packed text is another. */
function damaged(bytes: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf("word/document.xml") + 200;
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  return bytes;
}

/** Every entry of the list says that it is encrypted. */
function withFlag(bytes: Uint8Array): Uint8Array {
  const mark = Buffer.from([0x50, 0x4b, 1, 2]);
  const buffer = Buffer.from(bytes);
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + 1))
    buffer[at + 8] = (buffer[at + 8] ?? 0) | 1;
  return buffer;
}

function encryptedOffice(): Uint8Array {
  const head = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
  return Buffer.concat([head, Buffer.alloc(504), Buffer.from("EncryptedPackage", "utf16le"), Buffer.alloc(64)]);
}
