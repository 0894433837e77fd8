/**
 * Light stemming for matching goals to tools. Owns: which spellings and word forms count as the same word.
 * Must not: know any tool. The rules strip common English endings (a short form of M. F. Porter, "An algorithm
 * for suffix stripping", 1980) after folding British spelling into American.
 */

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ["people", "person"],
  ["analysis", "analyz"],
  ["analyses", "analyz"],
  ["comparison", "compar"],
  ["comparisons", "compar"],
  ["sold", "sell"],
  ["sent", "send"],
  ["found", "find"],
  ["bought", "buy"],
  ["paid", "pay"],
]);

const BRITISH: readonly [RegExp, string][] = [
  [/isation/, "ization"],
  [/(?<=[a-z]{3})is(e|es|ed|er|ers|ing)$/, "iz$1"],
  [/lys(e|es|ed|er|ing)$/, "lyz$1"],
  [/(col|hon|fav|lab|behavi|neighb|flav|hum|rum)our/, "$1or"],
  [/tre(s?)$/, "ter$1"],
  [/logue(s?)$/, "log$1"],
];

/** Words in -ise that are no British spelling of -ize. */
const KEEPS_ISE: ReadonlySet<string> = new Set([
  "precise",
  "concise",
  "advise",
  "revise",
  "exercise",
  "promise",
  "premise",
  "expertise",
  "otherwise",
  "surprise",
  "supervise",
  "enterprise",
  "franchise",
  "raise",
  "praise",
]);

const DERIVED = /^(.{4,}?)(?:ization|izing|ized|izer|ize|ation|ating|ated|ator|ate)$/;

/** The stem of one lower-case word; words of three letters or fewer, and words with digits, stay as they are. */
export function stemOf(word: string): string {
  const bare = word.replace(/['’]s$/, "").replace(/['’]/g, "");
  const irregular = IRREGULAR.get(bare);
  if (irregular !== undefined) return irregular;
  if (bare.length <= 3 || !/^[a-z]+$/.test(bare)) return bare;
  const american = KEEPS_ISE.has(bare) ? bare : BRITISH.reduce((text, [from, to]) => text.replace(from, to), bare);
  return stripEnding(singular(american));
}

function singular(word: string): string {
  if (/(ss|us|is)$/.test(word)) return word;
  if (word.endsWith("ies") && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(sses|shes|ches|xes)$/.test(word)) return word.slice(0, -2);
  return word.endsWith("s") ? word.slice(0, -1) : word;
}

function stripEnding(word: string): string {
  const derived = DERIVED.exec(word);
  if (derived?.[1] !== undefined) return trim(derived[1]);
  const noun = /^(.{4,}[st])ion$/.exec(word);
  if (noun?.[1] !== undefined && noun[1].length >= 5) return trim(noun[1]);
  const verb = /^(.{2,}[aeiouy].*|.{3,})(?:ing|ed|ly)$/.exec(word);
  if (verb?.[1] !== undefined && verb[1].length >= 3 && /[aeiouy]/.test(verb[1])) return trim(verb[1]);
  return trim(word);
}

/** Drops a last e or y and halves a doubled last consonant, so that all forms of a word meet. */
function trim(stem: string): string {
  const open = stem.length > 3 ? stem.replace(/[ey]$/, "") : stem;
  return open.length > 3 ? open.replace(/([bdfglmnprstz])\1$/, "$1") : open;
}
