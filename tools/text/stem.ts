/**
 * Word stems, so that "summaries", "summary" and "summarised" count as one. Owns: a light English stemmer (plural, -ed,
 * -ing, -ly, after the first steps of M. F. Porter, "An algorithm for suffix stripping", 1980). Must not: be used
 * for display; stems are keys.
 */

const VOWEL = /[aeiouy]/;

/** Stem of a word; lower case. Words that are not Latin letters come back as they are. */
export function stem(word: string): string {
  const lower = word.toLowerCase().replace(/['’](?:s)?$/, "");
  if (lower.length <= 3 || !/^[a-z-]+$/.test(lower)) return lower;
  return stripEnding(stripPastOrIng(stripPlural(lower)));
}

function stripPlural(word: string): string {
  if (word.endsWith("sses")) return word.slice(0, -2);
  if (word.endsWith("ies")) return word.length > 4 ? `${word.slice(0, -3)}y` : word.slice(0, -1);
  if (/(?:x|ch|sh|zz)es$/.test(word)) return word.slice(0, -2);
  if (word.endsWith("s") && !/(?:ss|us|is)$/.test(word)) return word.slice(0, -1);
  return word;
}

function stripPastOrIng(word: string): string {
  const base = /^(.{3,})(?:ed|ing)$/.exec(word)?.[1];
  if (base === undefined || !VOWEL.test(base)) return word;
  if (/([^aeiouylsz])\1$/.test(base)) return base.slice(0, -1);
  return /(?:at|bl|iz|is|uc|v|rg|nc|us)$/.test(base) ? `${base}e` : base;
}

function stripEnding(word: string): string {
  const noAdverb = word.length > 5 && word.endsWith("ly") ? word.slice(0, -2) : word;
  const american = noAdverb.replace(/is(e|ation)$/, "iz$1");
  const verbal = american.replace(/ization$/, "ize").replace(/(.{3})(?:ement|ment|ness)$/, "$1");
  if (verbal.length > 4 && verbal.endsWith("e")) return verbal.slice(0, -1);
  return verbal.length > 3 && /[^aeiou]y$/.test(verbal) ? `${verbal.slice(0, -1)}i` : verbal;
}
