/** A ZIP container of parts as they are, unpacked: what the DOCX reader is given holds nothing that wasn't checked. */
import { crc32 } from "node:zlib";

export function storeZip(parts: ReadonlyMap<string, Uint8Array>): Buffer {
  const files: Buffer[] = [];
  const list: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of parts) {
    const title = Buffer.from(name);
    const facts = factsOf(content, title);
    const local = Buffer.concat([int32(0x04034b50), facts, title]);
    files.push(local, Buffer.from(content.buffer, content.byteOffset, content.byteLength));
    const place = Buffer.concat([Buffer.alloc(10), int32(offset)]);
    list.push(int32(0x02014b50), int16(20), facts, place, title);
    offset += local.length + content.length;
  }
  const directory = Buffer.concat(list);
  const count = int16(parts.size);
  const end = [int32(0x06054b50), int32(0), count, count, int32(directory.length), int32(offset), int16(0)];
  return Buffer.concat([...files, directory, ...end]);
}

/** Version, flags (names are UTF-8), method, time, checksum, sizes, lengths of name and extra field. */
function factsOf(content: Uint8Array, title: Buffer): Buffer {
  const size = int32(content.length);
  const head = [int16(20), int16(0x0800), int16(0), int32(0), int32(crc32(content))];
  return Buffer.concat([...head, size, size, int16(title.length), int16(0)]);
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
