/**
 * Which kind of document this is. Owns: media types, file name extensions and the look into the text.
 * Must not: parse; the reader does that by the type found here.
 */

/** Media types with a parser of their own; everything else that is text is read as plain text. */
export type ParsedType = "text/plain" | "text/markdown" | "application/json" | "text/csv" | "text/tab-separated-values";

const BY_EXTENSION: Record<string, string> = {
  txt: "text/plain",
  text: "text/plain",
  log: "text/plain",
  md: "text/markdown",
  markdown: "text/markdown",
  mdown: "text/markdown",
  mkd: "text/markdown",
  json: "application/json",
  csv: "text/csv",
  tsv: "text/tab-separated-values",
  tab: "text/tab-separated-values",
};

const ALIASES: Record<string, ParsedType> = {
  "text/x-markdown": "text/markdown",
  "text/json": "application/json",
  "application/x-json": "application/json",
  "application/csv": "text/csv",
  "text/x-csv": "text/csv",
};

/** Types that say nothing about the content. */
const MEANINGLESS = new Set([
  "",
  "application/octet-stream",
  "binary/octet-stream",
  "application/x-www-form-urlencoded",
]);

/** Declared type without parameters, in lower case, aliases resolved; "" where none was declared. */
export function declaredType(type: string | undefined): string {
  const bare = (type ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  const alias = Object.hasOwn(ALIASES, bare) ? ALIASES[bare] : undefined;
  return alias ?? (MEANINGLESS.has(bare) ? "" : bare);
}

/** Charset parameter of a declared type, in lower case, or null. */
export function declaredCharset(type: string | undefined): string | null {
  return /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type ?? "")?.[1]?.toLowerCase() ?? null;
}

/** Type by declaration, then by extension, then by looking at the text. A declared `text/plain` yields to the extension. */
export function textType(input: { name: string; type?: string; text: string }): string {
  const declared = declaredType(input.type);
  const extension = /\.([A-Za-z0-9]{1,12})$/.exec(input.name)?.[1]?.toLowerCase() ?? "";
  const byName = Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined;
  if (declared !== "" && !(declared === "text/plain" && byName !== undefined)) return declared;
  return byName ?? (declared === "" ? sniffText(input.text) : declared);
}

/** A cheap look at a text without a name or type that tells: JSON, Markdown or plain. Never guesses CSV. */
function sniffText(text: string): ParsedType {
  if (looksLikeJson(text)) return "application/json";
  const head = text.slice(0, 16 * 1024);
  const isMarkdown =
    /^---\n[\w-]+:/.test(head) ||
    /(?:^|\n)#{1,6} \S/.test(head) ||
    /\n\|? *:?-{3,}:? *\|/.test(head) ||
    /\n```/.test(head);
  return isMarkdown ? "text/markdown" : "text/plain";
}

function looksLikeJson(text: string): boolean {
  const first = /^\s*([[{])/.exec(text)?.[1];
  if (first === undefined) return false;
  const last = text.slice(-64).trimEnd().at(-1);
  if (last !== (first === "{" ? "}" : "]")) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
