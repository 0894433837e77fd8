/**
 * Text of documents, tools and models made safe to print (SAFETY, security rule 9): what could steer a terminal or
 * reorder what a person reads is shown as `<U+001B>`. Owns: which characters those are.
 */

/** C0 and C1 controls but tab and line feed, DEL, line separators, bidi marks, invisible joiners and tags. */
const HIDDEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;

/** The same text with every control character and bidi mark made visible; `\r\n` counts as a line feed. */
export function visibleText(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(HIDDEN, (character) => `<U+${codeOf(character)}>`);
}

/** On one line: line feeds and tabs become single spaces. */
export function visibleLine(text: string): string {
  return visibleText(text.replace(/\s+/g, " ").trim());
}

/** JSON text in which such characters stand as escapes: the same value, safe on a terminal. */
export function visibleJson(value: unknown, indent?: number): string {
  return (JSON.stringify(value, null, indent) ?? "null").replace(HIDDEN, escapeUnits);
}

function escapeUnits(character: string): string {
  let escaped = "";
  for (let place = 0; place < character.length; place++) {
    escaped += `\\u${character.charCodeAt(place).toString(16).padStart(4, "0")}`;
  }
  return escaped;
}

function codeOf(character: string): string {
  return (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
}
