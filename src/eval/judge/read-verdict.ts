/** From a judge's answer to a label with a quotation. Owns: what can be used, and what a quotation is. */
import { z } from "zod";
import { readJson } from "../../plan/parse-json.ts";
import { cutText } from "../../shared/cut-text.ts";
import { ABSTAIN } from "./rubric.ts";

const verdictSchema = z.object({ quote: z.string(), reason: z.string(), label: z.string() });

export interface Verdict {
  label: string;
  quote: string;
  reason: string;
}

/** A finding is what the judge is told, if it is asked once more. */
export type ReadVerdict = { ok: true; verdict: Verdict } | { ok: false; cause: "answer" | "quote"; finding: string };

/** Shorter passages occur in any text. */
const LEAST_QUOTE = 8;
const LONGEST_QUOTE = 4_000;
const LONGEST_REASON = 1_000;

/** `texts`: what may be quoted. Never throws. */
export function readVerdict(
  answer: string,
  options: { labels: readonly string[]; texts: readonly string[] },
): ReadVerdict {
  const read = readJson(answer);
  if (!read.ok) return { ok: false, cause: "answer", finding: `${read.message} ${read.hint}` };
  const parsed = verdictSchema.safeParse(read.value);
  if (!parsed.success) {
    return {
      ok: false,
      cause: "answer",
      finding: 'The answer must have "quote", "reason" and "label", all of them texts.',
    };
  }
  const label = options.labels.find((one) => one.toLowerCase() === parsed.data.label.trim().toLowerCase());
  const reason = cutText(parsed.data.reason.trim(), LONGEST_REASON);
  if (label === undefined) {
    const list = options.labels.map((one) => `'${one}'`).join(", ");
    return { ok: false, cause: "answer", finding: `'${cutText(parsed.data.label, 60)}' is none of ${list}.` };
  }
  if (label === ABSTAIN) return { ok: true, verdict: { label, quote: "", reason } };
  const quote = findQuote(parsed.data.quote, options.texts);
  if (quote !== null) return { ok: true, verdict: { label, quote, reason } };
  const finding = "The quote is not in the text: copy a passage of at least a few words exactly, or abstain.";
  return { ok: false, cause: "quote", finding };
}

/** The passage as it stands in one of the texts; white space and the shape of quotation marks don't matter. */
function findQuote(quote: string, texts: readonly string[]): string | null {
  const wanted = quote.trim();
  if (wanted.length > LONGEST_QUOTE || !/[\p{L}\p{N}]/u.test(wanted)) return null;
  if (wanted.length < LEAST_QUOTE) return texts.find((text) => text.trim() === wanted) ?? null;
  const folded = fold(wanted).text;
  for (const original of texts) {
    const { text, places } = fold(original);
    const at = text.indexOf(folded);
    if (at >= 0) return original.slice(places[at], (places[at + folded.length - 1] ?? 0) + 1);
  }
  return null;
}

const QUOTATION_MARKS: ReadonlyMap<string, string> = new Map([
  ..."‘’".split("").map((mark) => [mark, "'"] as const),
  ..."“”„«»".split("").map((mark) => [mark, '"'] as const),
]);

/** White space as one blank, quotation marks as straight ones; and where each character of that stands in the text. */
function fold(original: string): { text: string; places: number[] } {
  const places: number[] = [];
  let text = "";
  for (let place = 0; place < original.length; place++) {
    const letter = original[place] ?? "";
    const isBlank = /\s/.test(letter);
    if (isBlank && text.endsWith(" ")) continue;
    text += isBlank ? " " : (QUOTATION_MARKS.get(letter) ?? letter);
    places.push(place);
  }
  return { text, places };
}
