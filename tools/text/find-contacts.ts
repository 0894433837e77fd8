/**
 * E-mail addresses, telephone numbers and web addresses in a text, all mentions. Owns: the patterns; each of them reads
 * a text in linear time.
 */
import { inTurns } from "./in-turns.ts";

export interface Contact {
  kind: "email" | "phone" | "url";
  value: string;
  offset: number;
}

const EMAIL =
  /(?<![\w.+-])[\w+-](?:[\w.+-]{0,63})@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})\.){1,8}\p{L}{2,24}(?![\p{L}\p{N}])/gu;
const URL_START = /(?<![\p{L}\p{N}@.])(?:https?:\/\/|www\.)[^\s<>"'`{}|\\^]{3,2000}/giu;
/** Digits in groups, with an optional country code; what else it may be is looked at afterwards. */
const PHONE =
  /(?<![\p{L}\p{N}.,/#-]|\d )(?:\+|\(?0|\(\d{3}\)|\d{3}[-. ]\d{3}[-. ]\d{4}(?!\d))[\d ()./\u00a0-]{0,24}(?<=\d)(?![\p{L}\d])/gu;
const LINES_A_PART = 40;

/** In the order of the text; none lies within another. */
export async function findContacts(text: string, signal: AbortSignal): Promise<Contact[]> {
  signal.throwIfAborted();
  const found: Contact[] = [];
  await inTurns(partsOf(text), { signal, size: (part) => part.text.length }, (part) => {
    found.push(...contactsIn(part.text).map((contact) => ({ ...contact, offset: contact.offset + part.offset })));
  });
  return found;
}

function* partsOf(text: string): Generator<{ text: string; offset: number }> {
  let from = 0;
  let lines = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
    lines++;
    if (lines % LINES_A_PART !== 0) continue;
    yield { text: text.slice(from, at), offset: from };
    from = at;
  }
  yield { text: text.slice(from), offset: from };
}

function contactsIn(text: string): Contact[] {
  const found: Contact[] = [];
  const add = (kind: Contact["kind"], value: string, offset: number): void => {
    const end = offset + value.length;
    const isFree = found.every((other) => end <= other.offset || offset >= other.offset + other.value.length);
    if (isFree) found.push({ kind, value, offset });
  };
  for (const match of text.matchAll(URL_START)) add("url", withoutTail(match[0]), match.index);
  if (text.includes("@")) for (const match of text.matchAll(EMAIL)) add("email", match[0], match.index);
  for (const match of text.matchAll(PHONE)) if (isPhone(match[0])) add("phone", match[0], match.index);
  return found.sort((left, right) => left.offset - right.offset);
}

/** Marks at the end belong to the sentence; a closing bracket does unless the address opens one. */
function withoutTail(address: string): string {
  let end = address.length;
  for (;;) {
    const last = address[end - 1] ?? "";
    const isStrayBracket = last === ")" && !address.slice(0, end).includes("(");
    if (end === 0 || !(/[.,;:!?*_\]…]/.test(last) || isStrayBracket)) return address.slice(0, end);
    end--;
  }
}

/** Seven to fifteen digits (ITU-T E.164), and neither a date, a decimal number nor a network address. */
function isPhone(text: string): boolean {
  const digits = text.replace(/\D/g, "").length;
  if (digits < 7 || digits > 15) return false;
  const isDate = /^\(?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}$/.test(text.trim());
  const isNumber = /^\d+[.,]\d+$/.test(text);
  const isNetwork = /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text);
  const open = text.split("(").length;
  return !isDate && !isNumber && !isNetwork && open === text.split(")").length && open <= 2;
}
