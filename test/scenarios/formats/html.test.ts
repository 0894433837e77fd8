import { describe, expect, test } from "vitest";
import { openDocument } from "../../../src/goal/open-document.ts";
import { HARBOUR_HTML, SENTENCES, TABLE, TITLE } from "../../fixtures/formats/harbour-report.ts";
import { problemOf } from "./document-problem.ts";

const read = (text: string, name = "a.html") => openDocument({ name, text });
const tablesOf = async (html: string) => (await read(`<html><body><p>Words.</p>${html}</body></html>`)).tables;

describe("a web page", () => {
  test("gives title, headings, lists and tables as Markdown, without menus, scripts and what is hidden", async () => {
    const document = await read(HARBOUR_HTML, "harbour.html");
    expect(document).toMatchObject({ type: "text/html", title: TITLE, language: "en", tables: [TABLE] });
    expect(document.text.split("\n\n")).toEqual([
      `# ${TITLE}`,
      "## Traffic",
      SENTENCES[0],
      expect.stringContaining("| Fourth | 99 | 1,380 t |"),
      "## The new quay",
      `${SENTENCES[1]} ${SENTENCES[2]}`,
      "- Write to Clara (clara.winther@lindholm.example) or call +45 32 10 55 77.",
    ]);
  });

  test("cells that span stand in every place they span; header rows join", async () => {
    const rows = `<tr><th rowspan=2>Town</th><th colspan=2>2025</th></tr><tr><th>In</th><th>Out</th></tr>
      <tr><td rowspan=2>Ulm<td>1<td>2<tr><td colspan=9>none</tr><tr><td>Bonn<td>5`;
    expect(await tablesOf(`<table>${rows}</table>`)).toMatchObject([
      {
        rows: [
          ["Ulm", "1", "2"],
          ["Ulm", "none", "none"],
          ["Bonn", "5", ""],
        ].map((row) => expect.arrayContaining(row)),
      },
    ]);
    const [table] = await tablesOf(`<table>${rows}</table>`);
    expect(table?.columns.slice(0, 3)).toEqual(["Town", "2025 In", "2025 Out"]);
  });

  test("tables that only lay out the page are text", async () => {
    expect(await tablesOf("<table><tr><td>Menu</td></tr><tr><td>Home</td></tr></table>")).toEqual([]);
    expect(await tablesOf("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>")).toEqual([]);
    const nested = "<table><tr><td>x<td><table><tr><th>k<th>v<tr><td>1<td>2</table></table>";
    expect(await tablesOf(nested)).toEqual([{ columns: ["k", "v"], rows: [["1", "2"]] }]);
  });

  test("an article in a crowded page is read without what surrounds it", async () => {
    const article = `${SENTENCES.join(" ")} `.repeat(12);
    const around = "<div class=sidebar>Buy now! <a href=/a>Offers</a></div>";
    const page = `<html><body>${around}<div class=content><h1>${TITLE}</h1><p>${article}</p><p>${article}</p></div><div class=footer>Imprint</div></body></html>`;
    const { text } = await read(page);
    expect(text).toContain(SENTENCES[1]);
    expect(text).not.toMatch(/Buy now|Imprint/);
  });

  test("charsets come from the mark, the declaration, the page, or are guessed as browsers do", async () => {
    const open = async (bytes: Uint8Array, type = "text/html") =>
      (await openDocument({ name: "a.html", type, bytes })).text;
    const page = (head: string): string => `<html><head>${head}</head><body>Gruß aus Köln</body></html>`;
    expect(await open(Buffer.from(page(""), "utf8"))).toBe("Gruß aus Köln");
    expect(await open(Buffer.from(page(""), "latin1"))).toBe("Gruß aus Köln");
    expect(await open(Buffer.from(page("<meta charset=iso-8859-1>"), "latin1"))).toBe("Gruß aus Köln");
    expect(await open(Buffer.from(page(""), "latin1"), "text/html; charset=windows-1252")).toBe("Gruß aus Köln");
    expect(await open(Buffer.from(`\uFEFF${page("<meta charset=ascii>")}`, "utf16le"))).toBe("Gruß aus Köln");
  });

  test("of ten thousand paragraphs is read whole", async () => {
    const body = Array.from({ length: 10_000 }, (_, place) => `<p>Paragraph ${place}.</p>`).join("");
    const { text } = await read(`<html><body>${body}</body></html>`);
    expect(text.split("\n\n")).toHaveLength(10_000);
  });

  test.each([
    ["nested without end", "<div>".repeat(200_000)],
    ["nested as deep as the first look lets pass", "<p>".concat("<b>".repeat(500), "x")],
    ["of nothing but brackets", "<".repeat(2_000_000)],
    ["of nothing but entities", "&amp;".repeat(600_000)],
    [
      "with one wide row above many short ones",
      `<table><tr>${"<td colspan=1000>x".repeat(400)}${"<tr><td>y<td>z".repeat(2_000)}</table>`,
    ],
    ["with many tables of wide spans", `<table>${"<tr><td colspan=1000>a<td>b</tr>".repeat(100)}</table>`.repeat(400)],
    ["with a table of endless spans", `<table>${"<tr><td colspan=1000 rowspan=65534>x".repeat(2_000)}</table>`],
  ])("%s is too large", async (_, body) => {
    expect((await problemOf({ name: "a.html", text: `<html><body>${body}` })).code).toBe("DOCUMENT_TOO_LARGE");
  });

  test("with scripts that never end, or with endless spaces, is read all the same", async () => {
    const scripts = `<html><body><p>Words.</p>${"<script ".repeat(400_000)}`;
    expect((await read(scripts)).text).toBe("Words.");
    const spaces = `<html><body><p>Words.</p><pre>x${" ".repeat(2_000_000)}y</pre>`;
    expect((await read(spaces)).text).toContain(`x${" ".repeat(200)}y`);
  });

  test("that scripts would fill is empty, and says so", async () => {
    const { code, hint } = await problemOf({
      name: "app.html",
      text: "<html><body><script>draw()</script></body></html>",
    });
    expect([code, hint]).toEqual(["DOCUMENT_EMPTY", expect.stringContaining("scripts")]);
  });
});
