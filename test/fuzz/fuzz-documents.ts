/** Documents of any bytes, names and types: a document, or an error that a person can act on. */
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import { digestDocument } from "../../src/goal/digest-document.ts";
import { type Document, type DocumentInput, documentSchema } from "../../src/goal/document.ts";
import { readDocument } from "../../src/goal/read-document.ts";
import { type Dice, type Span, tryCases } from "./dice.ts";
import { ownTimeMs } from "./own-time.ts";

export interface DocumentTally {
  cases: number;
  read: number;
}

const TYPES = [
  undefined,
  "",
  "text/plain",
  "text/markdown",
  "application/json",
  "text/csv",
  "text/tab-separated-values",
  "application/pdf",
  "image/png",
  "text/plain; charset=utf-16le",
  "text/plain; charset=windows-1252",
  'text/plain; charset="',
  "text/plain; charset=no-such",
  "application/ld+json",
  "__proto__",
  "🙂/🙂",
  ";;;charset=;",
  "constructor",
];
const NAMES = [
  "a",
  "a.md",
  "a.json",
  "a.csv",
  "a.tsv",
  "a.pdf",
  "a.docx",
  "a.constructor",
  "",
  "../../x",
  "\0",
  "🙂.md",
  "x".repeat(500),
];
const PARTS = [
  "# Title\n",
  "---\ntitle: x\n---\n",
  "---\n",
  "| a | b |\n| --- | --- |\n| 1 | 2 |\n",
  "```\n",
  '{"title": "t"}',
  "[1,2",
  "{",
  'a,b,"c\n',
  "a;b\n1;2\n",
  '"',
  "\t",
  "\f\f",
  "\r\n",
  "\r",
  "\0",
  "\uFEFF",
  "\ud800",
  "\u202E",
  "🙂",
  " ",
  "\n\n",
  "word ",
  "é",
  "|".repeat(300),
  "#".repeat(20),
  "[".repeat(2_000),
  "%PDF-1.7",
  "PK\u0003\u0004",
];

export function fuzzDocuments(span: Span): DocumentTally {
  const tally: DocumentTally = { cases: 0, read: 0 };
  tally.cases = tryCases(span, (dice) => {
    const input = randomInput(dice);
    try {
      const started = ownTimeMs();
      if (readAndCheck(input)) tally.read += 1;
      if (ownTimeMs() - started > 1_000) throw new Error("took more than a second");
    } catch (cause) {
      const shown = { ...input, bytes: input.bytes === undefined ? undefined : [...input.bytes].slice(0, 200) };
      throw new Error(`${cause instanceof Error ? cause.message : cause} of ${JSON.stringify(shown).slice(0, 900)}`, {
        cause,
      });
    }
  });
  return tally;
}

function readAndCheck(input: DocumentInput): boolean {
  let document: Document;
  try {
    document = readDocument(input);
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError)) throw thrown;
    if (!/^DOCUMENT_/.test(thrown.code)) throw new Error(`code ${thrown.code}`);
    const hasWords = thrown.message !== "" && thrown.hint !== "" && !/\bundefined\b|\[object /.test(thrown.message);
    if (!hasWords) throw new Error(`words '${thrown.message}'`);
    return false;
  }
  documentSchema.parse(document);
  if (!document.text.isWellFormed() || document.text.trim() === "") throw new Error("a text that is none");
  const { preview, title } = digestDocument(document, { visibility: "preview" });
  if (!`${preview}${title}`.isWellFormed()) throw new Error("half a character in the digest");
  return true;
}

function randomInput(dice: Dice): DocumentInput {
  const type = dice.pick(TYPES);
  const about = { name: dice.pick(NAMES), ...(type === undefined ? {} : { type }) };
  if (dice.chance(0.3)) return { ...about, text: randomText(dice) };
  if (dice.chance(0.3))
    return { ...about, bytes: Uint8Array.from({ length: dice.number(400) }, () => dice.number(256)) };
  const bytes = Buffer.from(randomText(dice), dice.pick(["utf8", "utf16le", "latin1"] as const));
  for (let change = dice.number(4); change > 0 && bytes.length > 0; change--)
    bytes[dice.number(bytes.length)] = dice.number(256);
  return { ...about, bytes: dice.chance(0.3) ? bytes.subarray(0, dice.number(bytes.length + 1)) : bytes };
}

function randomText(dice: Dice): string {
  return Array.from({ length: dice.number(12) }, () => dice.pick(PARTS)).join("");
}
