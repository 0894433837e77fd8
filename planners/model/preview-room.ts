/**
 * How much of untrusted content a prompt shows. Owns: room in tokens, how it is shared out, where a text is cut.
 * Must not: know what the texts are.
 */

/** Bytes of UTF-8 per token, about: enough to share room out (reservations have their own, careful estimate). */
const BYTES_PER_TOKEN = 4;

/** A cut further back than this part of the text would waste room. */
const LEAST_KEPT = 0.7;

export interface PreviewRoom {
  /** Tokens of all documents together. */
  documents: number;
  /** Tokens of all step outputs and error messages together. */
  steps: number;
  /** Tokens of one of these. */
  step: number;
}

/**
 * The runtime's own previews have 800 characters, about 200 tokens: these limits cut only where there are more than
 * 20 documents or 52 steps with so much to show.
 */
export const PREVIEW_ROOM: PreviewRoom = { documents: 4_000, steps: 12_000, step: 220 };

export function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** Shares of one room: everybody gets what they want up to one level, the highest that there is room for. */
export function shareFairly(wants: readonly number[], room: number): number[] {
  const ascending = [...wants].sort((one, other) => one - other);
  let left = room;
  let level = Infinity;
  for (const [place, want] of ascending.entries()) {
    const even = Math.floor(left / (ascending.length - place));
    if (want > even) {
      level = even; // All that follow want at least as much.
      break;
    }
    left -= want;
  }
  return wants.map((want) => Math.min(want, level));
}

/**
 * Shares in order, each at most an eighth of what is left then: a later text never changes the share of an earlier
 * one, so that what was shown once is shown the same way again (and a provider's cache still knows it).
 */
export function shareInOrder(wants: readonly number[], { steps, step }: PreviewRoom): number[] {
  let left = steps;
  return wants.map((want) => {
    const share = Math.min(want, step, Math.floor(left / 8));
    left -= share;
    return share;
  });
}

/** The beginning of the text in at most so many tokens, cut after a paragraph, a line, a sentence or a word. */
export function cutToTokens(text: string, tokens: number): string {
  if (tokensOf(text) <= tokens) return text;
  const fitting = beginning(text, tokens * BYTES_PER_TOKEN);
  const least = fitting.length * LEAST_KEPT;
  for (const boundary of ["\n\n", "\n", ". ", " "]) {
    const place = fitting.lastIndexOf(boundary);
    if (place >= least) return fitting.slice(0, place + boundary.length).trimEnd();
  }
  return fitting;
}

/** Never half a character. */
function beginning(text: string, bytes: number): string {
  let left = bytes;
  let end = 0;
  for (const character of text) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    end += character.length;
  }
  return text.slice(0, end);
}
