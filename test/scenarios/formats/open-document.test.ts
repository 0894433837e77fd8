import { describe, expect, test } from "vitest";
import { readInWorker } from "../../../src/goal/formats/read-in-worker.ts";
import { loadDocumentFromStream } from "../../../src/goal/load-document.ts";
import { openDocument } from "../../../src/goal/open-document.ts";
import { createManualClock } from "../../../src/testing/manual-clock.ts";
import { HARBOUR_HTML, harbourDocx, harbourPdf } from "../../fixtures/formats/harbour-report.ts";
import { problemOf } from "./document-problem.ts";

const PDF = "application/pdf";
const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("the format of a document", () => {
  test("is what its content shows, whatever its name and type say", async () => {
    const typeOf = async (name: string, bytes: Uint8Array, type?: string): Promise<string> =>
      (await openDocument({ name, bytes, ...(type === undefined ? {} : { type }) })).type;
    const [pdf, docx] = [await harbourPdf(), await harbourDocx()];
    expect(await typeOf("report", pdf)).toBe(PDF);
    expect(await typeOf("report.docx", pdf, "text/plain")).toBe(PDF);
    expect(await typeOf("report.pdf", docx, PDF)).toBe(DOCX);
    expect(await typeOf("report.pdf", bytesOf(HARBOUR_HTML))).toBe("text/html");
    expect(await typeOf("stdin", bytesOf(HARBOUR_HTML))).toBe("text/html");
    expect(await typeOf("page.md", bytesOf("<html> is how a page starts"))).toBe("text/markdown");
    expect(await typeOf("report.pdf", bytesOf("Only words."), PDF)).toBe("text/plain");
    expect(await typeOf("report.docx", bytesOf('{"a": [1]}'))).toBe("application/json");
  });

  test("that a name claims and the content is not, nor text, is a broken document", async () => {
    for (const name of ["a.pdf", "a.docx"]) {
      expect((await problemOf({ name, bytes: new Uint8Array([1, 0, 2, 0, 255]) })).code).toBe("DOCUMENT_UNREADABLE");
    }
    expect((await problemOf({ name: "a.png", bytes: new Uint8Array([0x89, 0x50, 0x4e, 0x47]) })).code).toBe(
      "DOCUMENT_UNSUPPORTED",
    );
  });

  test("is found in a stream, and the application keeps its bytes", async () => {
    const bytes = await harbourPdf();
    async function* halves(): AsyncGenerator<Uint8Array> {
      yield bytes.subarray(0, 500);
      yield bytes.subarray(500);
    }
    expect(await loadDocumentFromStream(halves())).toMatchObject({ name: "stdin", type: PDF });
    await openDocument({ name: "a.pdf", bytes });
    expect(bytes.length).toBeGreaterThan(500);
  });

  test("languages are told apart, also in plain text", async () => {
    const german = "Der Hafen war in diesem Jahr voller Schiffe, und die Stadt hat einen neuen Kai beschlossen.";
    expect((await openDocument({ name: "a.txt", text: german })).language).toBe("de");
    expect((await openDocument({ name: "a.txt", text: "Zu kurz." })).language).toBeNull();
  });
});

describe("the worker", () => {
  test("answers at the deadline, whatever it is doing", async () => {
    const clock = createManualClock();
    const reading = problemOf({ name: "slow.html", text: HARBOUR_HTML }, { clock, readMs: 5_000 });
    while (clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(5_001);
    expect((await reading).message).toBe("'slow.html' takes longer than 5 s to read.");
  });

  test("without room for its heap is refused as too large, and the process goes on", async () => {
    const html = `<html><body>${"<p>word</p>".repeat(100_000)}`;
    const { code } = await problemOf({ name: "big.html", text: html }, { heapMib: 24 });
    expect(code).toBe("DOCUMENT_TOO_LARGE");
    expect((await openDocument({ name: "a.html", text: HARBOUR_HTML })).language).toBe("en");
  });

  test("reads large CSV, refuses it in the same words, and leaves the application its bytes", async () => {
    const rows = `Ulm;${"Bonn ".repeat(20)}\nBern\n`.repeat(1_000);
    const bytes = new TextEncoder().encode(`Town;Next\n${rows}`);
    const document = await openDocument({ name: "towns.csv", bytes });
    expect(document).toMatchObject({ type: "text/csv", title: "towns.csv", chars: bytes.length });
    expect(document.tables[0]).toMatchObject({ columns: ["Town", "Next"], rows: { length: 2_000, 1: ["Bern", ""] } });
    const wide = `${"a,".repeat(40_000)}\n${"b\n".repeat(20)}`;
    const { message } = await problemOf({ name: "wide.csv", text: wide });
    expect(message).toBe("'wide.csv' holds more than 500000 table cells.");
    expect((await problemOf({ name: "broken.csv", text: `${rows}"` })).message).toMatch(
      /^'broken.csv' is not valid CSV at line/,
    );
    const never = { readMs: 5_000, clock: createManualClock() };
    const reading = problemOf({ name: "slow.csv", bytes }, never);
    while (never.clock.timers === 0) await new Promise((resolve) => setImmediate(resolve));
    never.clock.advance(5_001);
    expect((await reading).message).toBe("'slow.csv' takes longer than 5 s to read.");
  });

  test("reads many documents, two at a time, each with its own answer", async () => {
    const ask = (place: number) =>
      readInWorker({ format: "html", charset: "utf-8", bytes: new TextEncoder().encode(`<p>Number ${place}</p>`) });
    const contents = await Promise.all(Array.from({ length: 6 }, (_, place) => ask(place)));
    expect(contents.map(({ pages }) => pages[0])).toEqual([0, 1, 2, 3, 4, 5].map((place) => `Number ${place}`));
  });
});
