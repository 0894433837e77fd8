/**
 * Declared phrases that a goal says word for word. Owns: when words and phrase are the same, whatever words they are.
 * Must not: score; a phrase is said or it isn't.
 */
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { documentNounAfter } from "./clause-roles.ts";
import { stemOf } from "./stem.ts";
import { isDocumentNoun, isStop, type Token, tokenize } from "./tokens.ts";
import { FILLER_WORDS, OPEN_VERBS, POINTING_WORDS } from "./vocabulary.ts";

/** A declared phrase that stands in these tokens. */
export interface Span {
  tool: ToolDescription;
  phrase: string;
  /** Words of the phrase. */
  length: number;
  /** Indices into the tokens, without gaps. */
  positions: number[];
}

export interface VerbatimIndex {
  /** Phrases of two words or more wherever they stand; one word only where little else is said. */
  spansIn(tokens: readonly Token[]): Span[];
}

interface Element {
  stem: string;
  first: number;
  last: number;
}

interface Entry {
  tool: ToolDescription;
  phrase: string;
  length: number;
}

/** Phrases by their words, one level a word, so that many tools that begin alike cost no more than one. */
interface Branch {
  next: Map<string, Branch>;
  entries: Entry[];
}

/**
 * Indexes the intents of all tools. For tools that only read, "this", "it" and "the contract" are the same word:
 * "what is it about" is also said by "What is this report about?".
 */
export function createVerbatimIndex(tools: readonly ToolDescription[]): VerbatimIndex {
  const plain: Branch = { next: new Map(), entries: [] };
  const pointing: Branch = { next: new Map(), entries: [] };
  for (const tool of tools) {
    for (const phrase of tool.planning?.intents ?? []) {
      const tokens = tokenize(phrase);
      grow(plain, elementsOf(tokens, false), { tool, phrase });
      if (tool.effect === "read") grow(pointing, elementsOf(tokens, true), { tool, phrase });
    }
  }
  return {
    spansIn(tokens) {
      const spans = [...spansFrom(plain, elementsOf(tokens, false)), ...spansFrom(pointing, elementsOf(tokens, true))];
      return spans.filter((span) => span.length > 1 || isAllSaid(span, tokens));
    },
  };
}

function grow(root: Branch, elements: readonly Element[], of: Omit<Entry, "length">): void {
  if (elements.length === 0 || elements.some((element) => element.stem === "")) return;
  let branch = root;
  for (const { stem } of elements) {
    const next: Branch = branch.next.get(stem) ?? { next: new Map(), entries: [] };
    branch.next.set(stem, next);
    branch = next;
  }
  branch.entries.push({ ...of, length: elements.length });
}

function spansFrom(root: Branch, elements: readonly Element[]): Span[] {
  return elements.flatMap(({ first }, start) => {
    const spans: Span[] = [];
    let branch = root.next.get(elements[start]?.stem ?? "");
    for (let at = start; branch !== undefined; branch = branch.next.get(elements[at]?.stem ?? "")) {
      const last = elements[at]?.last ?? first;
      const positions = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
      spans.push(...branch.entries.map((entry) => ({ ...entry, positions })));
      at += 1;
    }
    return spans;
  });
}

/** One word is said where it is not hidden and what stands around it asks for nothing. */
function isAllSaid(span: Span, tokens: readonly Token[]): boolean {
  return tokens.every((token, at) => {
    if (span.positions.includes(at)) return token.stem !== "";
    const isFiller = token.kind === "word" && (FILLER_WORDS.has(token.lower) || OPEN_VERBS.has(token.lower));
    return isStop(token) || isFiller || isDocumentNoun(token) || token.stem === "";
  });
}

/** Words by stem, contractions in full; words that were matched already (without spelling) equal nothing. */
function elementsOf(tokens: readonly Token[], isPointing: boolean): Element[] {
  const plain = tokens.map((token) => ({ ...token, stem: token.lower === "" ? "" : stemOf(token.lower) }));
  const elements: Element[] = [];
  for (let at = 0; at < plain.length; at++) {
    const last = isPointing ? pointedAt(plain, at) : -1;
    if (last >= 0) {
      elements.push({ stem: "it", first: at, last });
      at = last;
      continue;
    }
    for (const stem of stemsOf(plain[at])) elements.push({ stem, first: at, last: at });
  }
  return elements;
}

function stemsOf(token: Token | undefined): string[] {
  if (token === undefined) return [];
  if (token.lower === "&") return ["and"];
  const contracted = /^(what|who|where|how|it|that|there|here)['’]s$/.exec(token.lower);
  return contracted?.[1] === undefined ? [token.stem] : [contracted[1], "is"];
}

/** Last place of "this", "it" or "the annual report"; -1 for anything else. */
function pointedAt(tokens: readonly Token[], at: number): number {
  const word = tokens[at]?.lower ?? "";
  const noun = POINTING_WORDS.has(word) ? documentNounAfter(tokens, at) : -1;
  if (noun >= 0) return noun;
  return /^(it|this|that|these|those|they|them)$/.test(word) ? at : -1;
}
