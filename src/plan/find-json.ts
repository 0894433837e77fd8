/**
 * Finds the JSON object of a decision in what a model wrote: in a fence, in prose, after thinking aloud.
 * Owns: which part of the text it is. One pass, so linear in the text. Must not: parse or repair.
 */

export interface Candidate {
  text: string;
  /** False where the text ends before the braces close: cut off. */
  isClosed: boolean;
  /** Where not closed: the end lies inside a string, so the quotes may be wrong rather than the end missing. */
  endsInString: boolean;
}

interface Span {
  start: number;
  end: number;
  isClosed: boolean;
  endsInString: boolean;
}

const LOOKS_LIKE_DECISION = /\b(?:kind|steps)\b\\?["'`]?\s*:/;
const DECISION_START = /\{\s*\\?["'`]?(?:kind|rationale|steps)\b/g;

/**
 * The last outermost `{…}` that looks like a decision, else the last one at all, or null. An answer comes after
 * the thinking and the examples, hence the last.
 */
export function findDecisionText(text: string): Candidate | null {
  const spans = scanSpans(text, 0);
  const last = spans.at(-1);
  if (last === undefined) return null;
  const likely = spans.findLast((span) => LOOKS_LIKE_DECISION.test(text.slice(span.start, span.end)));
  if (likely === undefined) return toCandidate(text, last);
  if (likely.isClosed) return toCandidate(text, likely);
  return toCandidate(text, searchInside(text, likely) ?? likely);
}

/** A stray brace in the prose may have swallowed the decision: look for one that starts further on. */
function searchInside(text: string, unclosed: Span): Span | null {
  DECISION_START.lastIndex = unclosed.start + 1;
  const start = DECISION_START.exec(text)?.index;
  if (start === undefined) return null;
  return scanSpans(text, start).find((span) => span.isClosed) ?? null;
}

function toCandidate(text: string, span: Span): Candidate {
  const { isClosed, endsInString } = span;
  return { text: text.slice(span.start, span.end).trim(), isClosed, endsInString };
}

/** Outermost braces with what is in them; quotes count only inside braces. */
function scanSpans(text: string, from: number): Span[] {
  const spans: Span[] = [];
  let position = text.indexOf("{", from);
  while (position !== -1) {
    const span = scanSpan(text, position);
    spans.push(span);
    position = text.indexOf("{", span.end);
  }
  return spans;
}

const TOKEN = /["\\{}[\]]/g;

function scanSpan(text: string, start: number): Span {
  let depth = 0;
  let isInString = false;
  TOKEN.lastIndex = start;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const character = token[0];
    if (character === "\\") TOKEN.lastIndex++;
    else if (character === '"') isInString = !isInString;
    else if (!isInString) depth += character === "{" || character === "[" ? 1 : -1;
    if (depth === 0) return { start, end: token.index + 1, isClosed: true, endsInString: false };
  }
  return { start, end: text.length, isClosed: false, endsInString: isInString };
}
