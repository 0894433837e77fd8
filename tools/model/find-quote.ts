/**
 * Finds what a model quotes in the text that it was given. Owns: what counts as the same words. Must not: be generous:
 * white space, quotation marks and dashes may differ, words may not.
 */

export interface FoundQuote {
  /** Exactly as it stands in the text. */
  text: string;
  /** UTF-16 code units from the start of the text. */
  offset: number;
}

/** Shorter ones would be found by chance. */
const SHORTEST_QUOTE = 8;

/**
 * A finder for one text, of which the model was shown a part (or all). Small differences are looked for in that part
 * alone, since a text may be very long.
 */
export function quoteFinder({ text, shown }: { text: string; shown: string }): (quote: string) => FoundQuote | null {
  let plain: Plain | null = null;
  const locate = (passage: string): FoundQuote | null => {
    const offset = passage === "" ? -1 : text.indexOf(passage);
    return offset < 0 ? null : { text: passage, offset };
  };
  return (quote) => {
    const wanted = quote.trim().replace(/^["“„«]|["”»]$/gu, "");
    if (wanted.length < SHORTEST_QUOTE && !/\S\s+\S/.test(wanted)) return null;
    const exact = locate(wanted);
    if (exact !== null) return exact;
    plain ??= plainText(shown);
    const folded = plainText(wanted).text;
    const place = folded === "" ? -1 : plain.text.indexOf(folded);
    if (place < 0) return null;
    const start = plain.offsets[place] ?? 0;
    const end = (plain.offsets[place + folded.length - 1] ?? start) + 1;
    return locate(shown.slice(start, end));
  };
}

interface Plain {
  text: string;
  /** For each code unit of `text` its place in the original. */
  offsets: number[];
}

const FOLDED: Readonly<Record<string, string>> = {
  "“": '"',
  "”": '"',
  "„": '"',
  "«": '"',
  "»": '"',
  "‘": "'",
  "’": "'",
  "–": "-",
  "—": "-",
  "‑": "-",
};

/** Runs of white space become one blank, marks their plainest form; code unit by code unit. */
function plainText(text: string): Plain {
  let plain = "";
  const offsets: number[] = [];
  for (let place = 0; place < text.length; place++) {
    const unit = text[place] ?? "";
    const isBlank = /\s/.test(unit);
    if (isBlank && (plain === "" || plain.endsWith(" "))) continue;
    plain += isBlank ? " " : (FOLDED[unit] ?? unit);
    offsets.push(place);
  }
  return plain.endsWith(" ") ? { text: plain.slice(0, -1), offsets } : { text: plain, offsets };
}
