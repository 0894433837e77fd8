/**
 * Puts untrusted text between fences (SAFETY, security rule 1). Owns: that no text can end its own frame.
 * Must not: change the text. A frame tells a model what is data; what data may do is decided by the policy alone.
 */

const SHORTEST_FENCE = 3;

/** The text between lines of backticks, more of them than it has anywhere in a row; the first line ends in `data`. */
export function frameData(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = "`".repeat(Math.max(SHORTEST_FENCE, longest + 1));
  return `${fence}data\n${text}\n${fence}`;
}
