/** Finds the end of one JSON value in a text that comes in pieces. Owns: strings, escapes, brackets. Must not: judge it. */

export interface ValueScan {
  /** What it began with; null before its first character. */
  kind: "string" | "brackets" | "scalar" | null;
  depth: number;
  isInString: boolean;
  /** The last character was a backslash that escapes the next one. */
  isEscaping: boolean;
  isComplete: boolean;
}

export function createValueScan(): ValueScan {
  return { kind: null, depth: 0, isInString: false, isEscaping: false, isComplete: false };
}

/** Goes on at `from`, which is no white space at the start of a value; gives the place behind what belongs to it. */
export function scanValue(scan: ValueScan, text: string, from: number): number {
  let at = from;
  if (scan.kind === null) {
    const first = text[from]!;
    scan.kind = first === '"' ? "string" : first === "{" || first === "[" ? "brackets" : "scalar";
    if (scan.kind !== "scalar") scanCharacter(scan, first);
    at += 1;
  }
  if (scan.kind === "scalar") return scanScalar(scan, text, at);
  while (at < text.length && !scan.isComplete) {
    scanCharacter(scan, text[at]!);
    at += 1;
  }
  return at;
}

const SCALAR_END = /[\s,}\]]/g;

/** Numbers and words end where something else begins. */
function scanScalar(scan: ValueScan, text: string, from: number): number {
  SCALAR_END.lastIndex = from;
  const end = SCALAR_END.exec(text)?.index;
  scan.isComplete = end !== undefined;
  return end ?? text.length;
}

function scanCharacter(scan: ValueScan, character: string): void {
  if (scan.isEscaping) scan.isEscaping = false;
  else if (scan.isInString && character === "\\") scan.isEscaping = true;
  else if (character === '"') scan.isInString = !scan.isInString;
  else if (!scan.isInString) scan.depth += depthOf(character);
  scan.isComplete = scan.depth === 0 && !scan.isInString;
}

function depthOf(character: string): number {
  if (character === "{" || character === "[") return 1;
  return character === "}" || character === "]" ? -1 : 0;
}
