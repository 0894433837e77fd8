import { describe, expect, test } from "vitest";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import type { DocumentInput } from "../../src/goal/document.ts";
import { readDocument } from "../../src/goal/read-document.ts";

function failure(input: DocumentInput): PlanwrightError {
  try {
    readDocument(input);
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) return thrown;
    throw thrown;
  }
  throw new Error("expected an error");
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("reading text", () => {
  test("plain text keeps its words, gets \\n line ends and its name as title", () => {
    const document = readDocument({ name: "a.txt", bytes: encode("one\r\ntwo\rthree") });
    expect(document).toMatchObject({
      type: "text/plain",
      text: "one\ntwo\nthree",
      title: "a.txt",
      chars: 13,
      tables: [],
    });
    expect(document.pages).toEqual(["one\ntwo\nthree"]);
  });

  test("a byte order mark is dropped, and UTF-16 is read in both byte orders", () => {
    expect(readDocument({ name: "a", bytes: bytes(0xef, 0xbb, 0xbf, 0x68, 0x69) }).text).toBe("hi");
    expect(readDocument({ name: "a", bytes: bytes(0xff, 0xfe, 0x68, 0, 0x69, 0) }).text).toBe("hi");
    expect(readDocument({ name: "a", bytes: bytes(0xfe, 0xff, 0, 0x68, 0, 0x69) }).text).toBe("hi");
  });

  test("a declared charset is used", () => {
    const document = readDocument({
      name: "a.txt",
      type: "text/plain; charset=windows-1252",
      bytes: bytes(0x63, 0x61, 0x66, 0xe9),
    });
    expect(document.text).toBe("café");
  });

  test("form feeds split pages", () => {
    expect(readDocument({ name: "a.txt", text: "one\ftwo\f\n" }).pages).toEqual(["one", "two"]);
  });

  test("English is told, anything else is left open", () => {
    const english =
      "The council met on Monday and agreed that the bridge is to be closed for the winter, with repairs paid by the state.";
    const german =
      "Der Rat traf sich am Montag und beschloss, die Brücke für den Winter zu schließen, was das Land bezahlen wird.";
    expect(readDocument({ name: "a", text: english }).language).toBe("en");
    expect(readDocument({ name: "a", text: german }).language).toBeNull();
    expect(readDocument({ name: "a", text: "the end" }).language).toBeNull();
  });

  test("the declared type beats the extension, which beats the look of the text", () => {
    expect(readDocument({ name: "a.md", type: "text/csv", text: "a,b\n1,2" }).type).toBe("text/csv");
    expect(readDocument({ name: "a.md", type: "text/plain", text: "x" }).type).toBe("text/markdown");
    expect(readDocument({ name: "a.txt", text: '{"a": 1}' }).type).toBe("text/plain");
    expect(readDocument({ name: "stdin", text: ' {"a": 1} ' }).type).toBe("application/json");
    expect(readDocument({ name: "stdin", text: "# Title\n\ntext" }).type).toBe("text/markdown");
    expect(readDocument({ name: "stdin", type: "application/octet-stream", text: "[see below]" }).type).toBe(
      "text/plain",
    );
  });
});

describe("reading Markdown, JSON and CSV", () => {
  test("front matter names the title, else the first heading of the highest level does", () => {
    expect(readDocument({ name: "a.md", text: '---\ntitle: "Minutes"\n---\n# Other' }).title).toBe("Minutes");
    expect(readDocument({ name: "a.md", text: "```\n# code\n```\n## Lower\n\nTop *one*\n===\n" }).title).toBe(
      "Top one",
    );
    expect(readDocument({ name: "a.md", text: "no heading" }).title).toBe("a.md");
  });

  test("pipe tables become tables, escaped pipes stay in their cells, code is no table", () => {
    const text = "# T\n\n| Who | Cost |\n|:---|---:|\n| A \\| B | 5 |\n| C |\n\n```\n| x | y |\n|---|---|\n```\n";
    expect(readDocument({ name: "a.md", text }).tables).toEqual([
      {
        columns: ["Who", "Cost"],
        rows: [
          ["A | B", "5"],
          ["C", ""],
        ],
      },
    ]);
  });

  test("CSV becomes one table; semicolons, quotes, line breaks in cells and ragged rows are read", () => {
    const document = readDocument({ name: "a.csv", text: 'name;note\nA;"x; y\nz"\nB;1;2\n' });
    expect(document.tables).toEqual([
      {
        columns: ["name", "note", "column 3"],
        rows: [
          ["A", "x; y\nz", ""],
          ["B", "1", "2"],
        ],
      },
    ]);
  });

  test("broken CSV and JSON are unreadable and say the line", () => {
    const csv = failure({ name: "a.csv", text: 'a,b\n1,"2\n3,4' });
    expect([csv.code, csv.message]).toEqual(["DOCUMENT_UNREADABLE", expect.stringMatching(/line \d/)]);
    const json = failure({ name: "a.json", text: '{\n  "a": 1,\n  b: 2\n}' });
    expect([json.code, json.message]).toEqual(["DOCUMENT_UNREADABLE", expect.stringContaining("line 3, column 3")]);
    expect(failure({ name: "a.json", text: '{"a":\n[1,' }).message).toMatch(/ends too early/);
  });
});

describe("refusing", () => {
  test.each([
    ["PDF", [0x25, 0x50, 0x44, 0x46, 0x2d, 0x31]],
    ["PNG", [0x89, 0x50, 0x4e, 0x47, 0x0d]],
    ["DOCX", [0x50, 0x4b, 3, 4, ...encode("....word/document.xml")]],
    ["binary", [0x68, 0, 1, 2, 0xff, 0xfe]],
    ["binary", [0x68, 0, 0x69]],
  ])("%s content is unsupported, with a hint at what is read", (word, content) => {
    const error = failure({ name: "a.txt", bytes: bytes(...content) });
    expect(error.code).toBe("DOCUMENT_UNSUPPORTED");
    expect(error.message).toContain(word);
    expect(error.hint).toContain("Markdown");
  });

  test("invalid UTF-8 is unreadable and says the byte and line", () => {
    const error = failure({ name: "a.txt", bytes: bytes(0x61, 0x0a, 0x62, 0xff, 0x63) });
    expect(error.code).toBe("DOCUMENT_UNREADABLE");
    expect(error.message).toContain("byte 3 (line 2)");
  });

  test("white space is empty, neither or both of text and bytes are invalid", () => {
    expect(failure({ name: "a", text: " \n\t" }).code).toBe("DOCUMENT_EMPTY");
    expect(failure({ name: "a", bytes: bytes() }).code).toBe("DOCUMENT_EMPTY");
    expect(failure({ name: "a" }).code).toBe("VALIDATION");
    expect(failure({ name: "a", text: "x", bytes: bytes(1) }).code).toBe("VALIDATION");
  });

  test("an unknown charset is unreadable", () => {
    expect(failure({ name: "a", type: "text/plain; charset=klingon", bytes: bytes(97) }).code).toBe(
      "DOCUMENT_UNREADABLE",
    );
  });

  const line = (cell: string): string => `|${`${cell}|`.repeat(1_000)}\n`;
  const table = (rows: number): string => `${line("a")}${line("-")}${"|b|\n".repeat(rows)}\n`;
  test.each([
    ["a table that filling in would make large", "a.csv", `${"a,".repeat(999)}\n${"b\n".repeat(500)}`],
    ["a row of too many cells", "a.csv", `a,b\n${"a,".repeat(500_000)}`],
    ["a Markdown table that filling in would make large", "a.md", table(500)],
    ["two tables that are too large together", "a.md", table(300) + table(200)],
  ])("%s is refused", (_, name, text) => {
    const { code, message } = failure({ name, text });
    expect([code, message]).toEqual(["DOCUMENT_TOO_LARGE", `'${name}' holds more than 500000 table cells.`]);
  });

  test("a table of as many cells as there may be is read, and delimiters in texts are no cells", () => {
    const full = `${"a,".repeat(999)}a\n`.repeat(500);
    expect(readDocument({ name: "a.csv", text: full }).tables[0]?.rows).toHaveLength(499);
    const quoted = `a,b\n"${",".repeat(600_000)}",c`;
    expect(readDocument({ name: "a.csv", text: quoted }).tables[0]?.rows).toHaveLength(1);
  });
});
