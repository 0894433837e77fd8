/**
 * What somebody probably meant by a text that is no path: habits from JSONPath, JavaScript, template languages.
 * Owns: those habits. Must not: accept anything; it only suggests texts that `isPath` accepts.
 */

const LONGEST = 400;

/** Each habit and what it is called here; applied in this order. */
const HABITS: readonly [pattern: RegExp, replacement: string][] = [
  [/^\s+|\s+$/g, ""],
  [/^\{\{\s*([^{}]*?)\s*\}\}$/, "$1"],
  [/^\$\{\s*([^{}]*?)\s*\}$/, "$1"],
  [/^[$@]\.?/, ""],
  [/^#\//, ""],
  [/\?\./g, "."],
  [/\['([^'"\\\]]*)'\]/g, '["$1"]'],
  [/\[\]/g, "[*]"],
  [/\.\*(?=[.[]|$)/g, "[*]"],
  [/\.([0-9]+)(?=[.[]|$)/g, "[$1]"],
  [/\/([0-9]+)(?=\/|$)/g, "[$1]"],
  [/\//g, "."],
  [/\.\.+/g, "."],
  [/\.\[/g, "["],
  [/^(?:steps|outputs)\.(?=[A-Za-z])/, ""],
  [/\.$/, ""],
];

/** A path close to `text`, or null where nothing likely parses. */
export function suggestPath(text: string, isPath: (candidate: string) => boolean): string | null {
  if (text === "" || text.length > LONGEST || !LOOKS_REPAIRABLE.test(text)) return null;
  let candidate = text;
  for (const [pattern, replacement] of HABITS) candidate = candidate.replace(pattern, replacement);
  return candidate !== text && candidate !== "" && isPath(candidate) ? candidate : null;
}

/** Anything beyond these characters is prose or an expression: guessing would mislead. */
const LOOKS_REPAIRABLE = /^[\s\p{L}\p{N}_$@{}.[\]"'*?/#-]+$/u;
