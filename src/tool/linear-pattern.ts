/**
 * Regular expressions of JSON Schemas, which are other people's: carried out by an engine without backtracking, in time
 * that grows with the text alone (SAFETY, security rule 7). Owns: which expressions it takes and that they mean what
 * ECMAScript says. Must not: hand an expression of somebody's own to the engine of the language.
 */
import { createRequire } from "node:module";
import { regexes } from "zod";

/** What ajv needs of an expression. */
export interface Pattern {
  test(text: string): boolean;
  /** The expression itself: ajv keeps patterns apart by it. */
  toString(): string;
}

/** States of the automaton; the time for a text is at worst its length times these. */
const MOST_STATES = 4_096;
/** Some 10 s at the very worst, where every state is alive at every character; by far most texts take 1/100 of it. */
const MOST_STEPS = 100_000_000;

const LINE_END = String.raw`\n\r\x{2028}\x{2029}`;
const SPACE = String.raw`\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`;
const NO_SPACE = String.raw`\x{0}-\x{8}\x{e}-\x{1f}!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`;

const INSIDE: Readonly<Record<string, string>> = {
  "[": String.raw`\[`,
  [String.raw`\b`]: String.raw`\x08`,
  [String.raw`\s`]: SPACE,
  [String.raw`\S`]: NO_SPACE,
};
const OUTSIDE: Readonly<Record<string, string>> = {
  ".": `[^${LINE_END}]`,
  [String.raw`\s`]: `[${SPACE}]`,
  [String.raw`\S`]: `[^${SPACE}]`,
};

/** Zod writes these for its own formats; some look ahead, none of them takes long. */
let knownSources: ReadonlySet<string> | null = null;

/** Loads the engine, which is otherwise done by the first pattern. */
export function loadEngine(): typeof import("re2js") {
  return createRequire(import.meta.url)("re2js") as typeof import("re2js");
}

/** Throws a SyntaxError whose message completes "the expression …". */
export function linearPattern(source: string): Pattern {
  const known = new RegExp(source, "u"); // says what is wrong in the words of the language; nothing runs yet
  if (isKnown(source)) return known;
  const { RE2JS } = loadEngine();
  const compiled = translated(source, (text) => RE2JS.compile(RE2JS.translateRegExp(text)));
  const states = compiled.programSize();
  if (states > MOST_STATES) throw refused(source, "stands for too many states");
  return {
    test(text) {
      if (text.length * states > MOST_STEPS) throw new RangeError("is too long for a regular expression of this size");
      return compiled.test(text);
    },
    toString: () => source,
  };
}

function isKnown(source: string): boolean {
  knownSources ??= new Set(
    Object.values(regexes).flatMap((one: unknown) => (one instanceof RegExp ? [one.source] : [])),
  );
  return knownSources.has(source);
}

function translated<T>(source: string, compile: (text: string) => T): T {
  const text = translate(source);
  try {
    return compile(text);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message.replace(/^error parsing regexp: /, "") : String(thrown);
    throw refused(source, why);
  }
}

function refused(source: string, why: string): SyntaxError {
  return new SyntaxError(`the regular expression ${JSON.stringify(source.slice(0, 100))} can't be used: ${why}`);
}

/** The few things that mean something else to the engine: lines, white space, brackets in classes, pairs of escapes. */
function translate(source: string): string {
  let isInClass = false;
  return source.replace(PARTS, (part) => {
    if (part === "[" && !isInClass) isInClass = true;
    else if (part === "]") isInClass = false;
    else if (part === String.raw`\k` && !isInClass) throw refused(source, "it refers back to a group");
    else if (part === "(?" && !isInClass) throw refused(source, "it looks ahead or behind, or sets flags");
    else return rewritten(part, isInClass);
    return part;
  });
}

/** Plain groups and names are let through as they are; an escaped pair of surrogates is one character. */
const PARTS = /\(\?(?::|<[^=!])|\(\?|\\u[dD][89abAB][\dA-Fa-f]{2}\\u[dD][c-fC-F][\dA-Fa-f]{2}|\\[\s\S]|[[\].]/gu;

function rewritten(part: string, isInClass: boolean): string {
  const other = (isInClass ? INSIDE : OUTSIDE)[part];
  if (other !== undefined) return other;
  if (part.length <= 2 || part.startsWith("(")) return part;
  const [high, low] = [part.slice(2, 6), part.slice(8, 12)].map((digits) => Number.parseInt(digits, 16));
  return String.raw`\x{${String.fromCharCode(high ?? 0, low ?? 0)
    .codePointAt(0)
    ?.toString(16)}}`;
}
