/** Bytes of a web page to text (HTML Standard, 13.2.3). Owns: byte order mark, then declaration, then `<meta>`. */

const META_WITHIN = 1_024;

/** Pages that declare nothing are UTF-8 where they can be, else windows-1252, as browsers have it. */
export function decodeHtml(bytes: Uint8Array, declared: string | null): string {
  const charset = markedCharset(bytes) ?? known(declared) ?? known(metaCharset(bytes));
  if (charset !== null) return clean(new TextDecoder(charset).decode(bytes));
  try {
    return clean(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return clean(new TextDecoder("windows-1252").decode(bytes)); // Takes any byte.
  }
}

function markedCharset(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? "utf-8" : null;
}

function metaCharset(bytes: Uint8Array): string | null {
  const head = new TextDecoder("latin1").decode(bytes.subarray(0, META_WITHIN));
  return /<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{1,40})/i.exec(head)?.[1] ?? null;
}

function known(charset: string | null): string | null {
  if (charset === null) return null;
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    return null; // An invented name tells nothing.
  }
}

function clean(text: string): string {
  return text.replaceAll("\0", "").replace(/\r\n?/g, "\n").toWellFormed();
}
