/** The tools on two documents, a report read from DOCX and a letter in Markdown, with gold answers. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Document } from "../../src/goal/document.ts";
import { openDocument } from "../../src/goal/open-document.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { answerQuestion } from "../../tools/answer-question.ts";
import { compareDocuments } from "../../tools/compare-documents.ts";
import { detectLanguage } from "../../tools/detect-language.ts";
import { extractAmounts } from "../../tools/extract-amounts.ts";
import { extractContacts } from "../../tools/extract-contacts.ts";
import { extractDates } from "../../tools/extract-dates.ts";
import { extractTables } from "../../tools/extract-tables.ts";
import { measureReadability } from "../../tools/measure-readability.ts";
import { redactPersonalData } from "../../tools/redact-personal-data.ts";
import { harbourDocx, SENTENCES, TABLE } from "../fixtures/formats/harbour-report.ts";
import { runTextTool } from "./run-text-tool.ts";

const LETTER = `# Angebot

Sehr geehrte Frau Brandt, unser Angebot vom 5.11.2025 gilt bis zum 31. Dezember 2025. Die Anlage kostet
12.500,75 € und wiegt 1.250 kg; bei Zahlung in 14 Tagen geben wir 2,5 % Nachlass.

| Teil | Preis |
| --- | --- |
| Pumpe | 9.000,00 € |

Fragen beantwortet Jonas Weidner unter weidner@pumpen.example oder 030 555 01 99. Konto: DE89 3704 0044 0532 0130 00.
`;

interface Items extends JsonObject {
  items: JsonObject[];
  method: string;
}

let report: Document;
beforeAll(async () => {
  report = await openDocument({ name: "harbour.docx", bytes: await harbourDocx() });
});

const pick = ({ items }: Items, ...fields: string[]) => items.map((item) => fields.map((field) => item[field]));

describe("extract_dates", () => {
  const datesOf = (text: string) => runTextTool<Items>(extractDates, { text });

  test("gives dates as they stand and as ISO, as exact as the text is", async () => {
    expect(pick(await datesOf(report.text), "iso")).toEqual([["2025"], ["2025-03-03"], ["2026-06-30"]]);
    expect(pick(await datesOf(LETTER), "iso")).toEqual([["2025-11-05"], ["2025-12-31"], ["2026-01-19"]]);
    const found = await datesOf("It began in March 2024 and ran from 3 to 5 May 2025, then on 1 June 2025 at 14:30.");
    expect(pick(found, "iso", "end")).toEqual([
      ["2024-03", null],
      ["2025-05-03", "2025-05-05"],
      ["2025-06-01T14:30", null],
    ]);
  });

  test("counts relative dates from the time of the run", async () => {
    const context = await datesOf("We met yesterday and will meet again in two weeks.");
    expect(pick(context, "text", "iso")).toEqual([
      ["yesterday", "2026-01-04"],
      ["in two weeks", "2026-01-19"],
    ]);
  });

  test("reads 3/4 by what the other dates of the text show", async () => {
    expect(pick(await datesOf("It opens on 25/12/2025. It shuts on 03/04/2026."), "iso")[1]).toEqual(["2026-04-03"]);
    expect(pick(await datesOf("It opens on 12/25/2025. It shuts on 03/04/2026."), "iso")[1]).toEqual(["2026-03-04"]);
  });

  test("takes no verbs, times of day and versions for dates", async () => {
    expect((await datesOf("You may sit in the sun at 10:30 with version 2.3.1 of it.")).items).toEqual([]);
  });
});

describe("extract_amounts", () => {
  const amountsOf = (text: string) => runTextTool<Items>(extractAmounts, { text });

  test("gives values and units in the marks of the text's own language", async () => {
    const english = pick(await amountsOf(SENTENCES.join(" ")), "text", "value", "unit");
    expect(english).toEqual([
      ["8%", 8, "percent"],
      ["€1,250,000.50", 1_250_000.5, "EUR"],
    ]);
    const german = pick(await amountsOf(LETTER), "value", "unit");
    expect(german).toEqual([
      [12_500.75, "EUR"],
      [1_250, "kg"],
      [2.5, "percent"],
      [9_000, "EUR"],
    ]);
  });

  test.each([
    ["It costs $5 million.", [5_000_000, "USD"]],
    ["It costs US$ 2.5bn in all.", [2_500_000_000, "USD"]],
    ["It is 5 m long.", [5, "m"]],
    ["Fr. 1'234.50 CHF it is", [1_234.5, "CHF"]],
    ["about 1 234 567,89 EUR in total", [1_234_567.89, "EUR"]],
    ["₹12,34,567 were paid", [1_234_567, "INR"]],
    ["a loss of -3.5 %", [-3.5, "percent"]],
    ["The price is 1.234 EUR and 2.500,00 EUR.", [1_234, "EUR"]],
    ["The price is 1,234 USD and 2,500.00 USD.", [1_234, "USD"]],
  ])("%s", async (text, gold) => {
    expect(pick(await amountsOf(text), "value", "unit")[0]).toEqual(gold);
  });

  test("leaves out numbers without a unit, versions and telephone numbers", async () => {
    expect((await amountsOf("In 2025 we had 412 ships, version 2.3.1, call +45 32 10 55 77.")).items).toEqual([]);
  });
});

describe("extract_contacts", () => {
  test("gives addresses and numbers once each, without the marks around them", async () => {
    expect(pick(await runTextTool<Items>(extractContacts, { text: report.text }), "kind", "value")).toEqual([
      ["email", "clara.winther@lindholm.example"],
      ["phone", "+45 32 10 55 77"],
      ["url", "https://lindholm.example/quay"],
    ]);
    const twice = `${LETTER} (weidner@pumpen.example, 0305550199)`;
    expect(pick(await runTextTool<Items>(extractContacts, { text: twice }), "kind", "value")).toEqual([
      ["email", "weidner@pumpen.example"],
      ["phone", "030 555 01 99"],
    ]);
  });

  test("takes dates, decimals and network addresses for no telephone numbers", async () => {
    const text = "On 03/04/2025, 2025-03-04, 0.1234567, 010.20.30.40 and 12345678.";
    expect((await runTextTool<Items>(extractContacts, { text })).items).toEqual([]);
  });
});

describe("extract_tables", () => {
  test("gives the tables that reading found, and Markdown tables of plain text", async () => {
    const { name: _, ...document } = report;
    expect((await runTextTool<Items>(extractTables, { document })).items).toEqual([TABLE]);
    const letter = await runTextTool<Items>(extractTables, { document: { text: LETTER } });
    expect(letter).toMatchObject({
      items: [{ columns: ["Teil", "Preis"], rows: [["Pumpe", "9.000,00 €"]] }],
      method: "markdown-tables",
    });
  });
});

describe("detect_language and measure_readability", () => {
  test("tell the language, or that it can't be told", async () => {
    const codeOf = async (text: string) => (await runTextTool<{ code: string }>(detectLanguage, { text })).code;
    expect([await codeOf(report.text), await codeOf(LETTER), await codeOf("ok")]).toEqual(["en", "de", "und"]);
  });

  test("count words and sentences, and grade by the formula of the language", async () => {
    const measure = (text: string) => runTextTool<JsonObject>(measureReadability, { text });
    expect(
      await measure("The cat sat on the mat. The dog ran to the big red barn and sat there in the sun."),
    ).toMatchObject({
      words: 20,
      sentences: 2,
      method: "flesch-kincaid",
      grade: 0.1,
    });
    expect(await measure(LETTER)).toMatchObject({ method: "lix" });
    const hard = await measure(
      "The administration's interpretation of international environmental legislation notwithstanding, the municipality is reconsidering its infrastructural investments.",
    );
    expect(hard["grade"]).toBeGreaterThan(18);
  });
});

describe("answer_question", () => {
  const ask = (text: string, question: string) =>
    runTextTool<{ answer: string | null; evidence: { text: string; offset: number }[] }>(answerQuestion, {
      text,
      question,
    });

  test("answers with a sentence of the text, and shows where it stands", async () => {
    const { answer, evidence } = await ask(report.text, "When was the new quay approved by the council?");
    expect(answer).toBe(SENTENCES[1]);
    for (const { text, offset } of evidence) expect(report.text.slice(offset, offset + text.length)).toBe(text);
    expect((await ask(report.text, "How many ships did the harbour of Lindholm take?")).answer).toBe(SENTENCES[0]);
  });

  test("has no answer where the text tells none", async () => {
    expect(await ask(report.text, "Which football club won the cup?")).toMatchObject({ answer: null, evidence: [] });
  });
});

describe("compare_documents", () => {
  test("gives what was added and removed, wherever it stands, and how much is shared", async () => {
    const changed = report.text.replace("8% more", "9% more").replace("30 June 2026", "31 July 2026");
    const compared = await runTextTool<JsonObject>(compareDocuments, { before: report.text, after: changed });
    expect(compared).toMatchObject({
      removed: [SENTENCES[0], SENTENCES[2]],
      added: [SENTENCES[0]!.replace("8%", "9%"), SENTENCES[2]!.replace("30 June", "31 July")],
    });
    expect(compared["similarity"]).toBeGreaterThan(0.9);
    const moved = report.text.split("\n\n").reverse().join("\n\n");
    expect(await runTextTool(compareDocuments, { before: report.text, after: moved })).toMatchObject({
      similarity: 1,
      added: [],
      removed: [],
    });
    expect(await runTextTool<JsonObject>(compareDocuments, { before: LETTER, after: "Nothing alike." })).toMatchObject({
      similarity: 0,
    });
  });
});

describe("redact_personal_data", () => {
  const redact = (text: string) => runTextTool<Items & { text: string }>(redactPersonalData, { text });

  test("replaces names, addresses, numbers and accounts, the same by the same, and keeps the rest", async () => {
    const { text, items } = await redact(`${report.text}\n\nClara Winther thanks everyone. Winther will answer.`);
    expect(text).toContain("and [PERSON_1] will lead the work");
    expect(text).toContain("Write to [EMAIL_1] or call [PHONE_1]; see https://lindholm.example/quay");
    expect(text).toContain("[PERSON_1] thanks everyone. [PERSON_1] will answer.");
    expect(text).not.toMatch(/Winther|55 77/i);
    expect(items).toContainEqual({ kind: "person", placeholder: "[PERSON_1]", count: 3 });
    expect(JSON.stringify(items)).not.toMatch(/winther/i);
  });

  test("finds accounts and cards by their check digits", async () => {
    expect((await redact(LETTER)).text).toContain("Konto: [IBAN_1].");
    const { text } = await redact("Card 4111 1111 1111 1111, order 4111 1111 1111 1112, host 10.0.0.7.");
    expect(text).toBe("Card [CARD_1], order 4111 1111 1111 1112, host [IP_1].");
  });
});
