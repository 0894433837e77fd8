/**
 * The XML parts of a ZIP container (PKWARE APPNOTE 6.3.10). Owns: that no more is unpacked than allowed, whatever the
 * container says about itself. Must not: unpack pictures and other attachments.
 */
import { crc32, inflateRawSync } from "node:zlib";
import { FormatError, tooLarge, unreadable } from "../format-content.ts";
import { MAX_PART_BYTES, MAX_UNPACKED_BYTES, MAX_ZIP_ENTRIES } from "../format-limits.ts";

const SAVE_ANEW = "Open the document in its own program and save it anew.";
const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const END_BYTES = 22;
const LONGEST_COMMENT = 0xffff;

interface Entry {
  name: string;
  method: number;
  crc: number;
  packedBytes: number;
  unpackedBytes: number;
  offset: number;
}

/** Entries whose name ends in .xml or .rels, by name. Throws FormatError. */
export function unzipXml(bytes: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts = new Map<string, Uint8Array>();
  let left = MAX_UNPACKED_BYTES;
  for (const entry of entriesOf(view)) {
    if (!/\.(?:xml|rels)$/i.test(entry.name) || entry.name.startsWith("customXml/")) continue;
    const part = unpack(view, entry, Math.min(left, MAX_PART_BYTES));
    left -= part.length;
    parts.set(entry.name, part);
  }
  return parts;
}

function entriesOf(view: DataView): Entry[] {
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count > MAX_ZIP_ENTRIES || at === 0xffffffff) throw tooLarge(`has more than ${MAX_ZIP_ENTRIES} parts`);
  const entries: Entry[] = [];
  for (let number = 0; number < count; number++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== ENTRY) throw broken("its list of parts is damaged");
    const flags = view.getUint16(at + 8, true);
    if ((flags & 1) === 1) {
      throw new FormatError(
        "DOCUMENT_ENCRYPTED",
        "is protected by a password",
        "Save a copy without one and pass that.",
      );
    }
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((place) => view.getUint16(at + place, true)) as [
      number,
      number,
      number,
    ];
    entries.push({
      name: textAt(view, at + 46, nameBytes),
      method: view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packedBytes: view.getUint32(at + 20, true),
      unpackedBytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at += 46 + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= 0 && at >= last - LONGEST_COMMENT; at--) if (view.getUint32(at, true) === END) return at;
  throw broken("it is cut off");
}

function textAt(view: DataView, start: number, length: number): string {
  if (start + length > view.byteLength) throw broken("its list of parts is damaged");
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + start, length));
}

function unpack(view: DataView, entry: Entry, mostBytes: number): Uint8Array {
  const { offset, method, packedBytes, unpackedBytes, crc, name } = entry;
  if (unpackedBytes > mostBytes) throw tooMuch();
  if (offset + 30 > view.byteLength || view.getUint32(offset, true) !== LOCAL) throw broken(`'${name}' is missing`);
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (start + packedBytes > view.byteLength) throw broken(`'${name}' is cut off`);
  const packed = new Uint8Array(view.buffer, view.byteOffset + start, packedBytes);
  const part = method === 0 ? packed : inflate(packed, { name, method, mostBytes });
  if (part.length > mostBytes) throw tooMuch();
  if (crc32(part) !== crc) throw broken(`'${name}' is damaged`);
  return part;
}

function inflate(packed: Uint8Array, about: { name: string; method: number; mostBytes: number }): Uint8Array {
  if (about.method !== 8) throw broken(`'${about.name}' is packed in an unknown way`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, about.mostBytes) });
  } catch (thrown) {
    if (thrown instanceof RangeError) throw tooMuch();
    throw broken(`'${about.name}' is damaged`);
  }
}

function tooMuch(): FormatError {
  return tooLarge(`unpacks to more than ${MAX_UNPACKED_BYTES / 1024 / 1024} MiB`);
}

function broken(why: string): FormatError {
  return unreadable(`is a broken document: ${why}`, SAVE_ANEW);
}
