/**
 * Placeholders for personal data. Owns: what is looked for besides contacts, which finding wins where two overlap, and
 * the numbers of the placeholders. A person's last and first name are replaced wherever they stand alone as well.
 */
import { findContacts } from "./find-contacts.ts";
import { inTurns } from "./in-turns.ts";

export const PERSONAL_KINDS = ["person", "email", "phone", "iban", "card", "ip"] as const;
type PersonalKind = (typeof PERSONAL_KINDS)[number];

interface Finding {
  kind: PersonalKind;
  start: number;
  end: number;
  /** The same for the same person or number. */
  key: string;
}

export interface RedactedItem {
  kind: PersonalKind;
  placeholder: string;
  count: number;
}

const IBAN = /(?<![\p{L}\p{N}])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?(?![\p{L}\p{N}])/gu;
const CARD = /(?<![\p{L}\p{N}.,])\d(?:[ -]?\d){12,18}(?![\p{L}\p{N}])/gu;
const IP = /(?<![\p{L}\p{N}.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\p{L}\p{N}.]?\d)/gu;
const WORD = /\p{L}[\p{L}\p{M}'’-]*/gu;

export async function redactText(
  text: string,
  { people, signal }: { people: readonly string[]; signal: AbortSignal },
): Promise<{ text: string; items: RedactedItem[] }> {
  const findings = [
    ...matches(text, IBAN, "iban").filter((finding) => isIban(finding.key)),
    ...matches(text, CARD, "card").filter((finding) => hasLuhnSum(finding.key)),
    ...matches(text, IP, "ip"),
    ...(await contactFindings(text, signal)),
    ...(await personFindings(text, { people, signal })),
  ];
  return replaceAll(text, withoutOverlaps(findings));
}

function matches(text: string, pattern: RegExp, kind: PersonalKind): Finding[] {
  return [...text.matchAll(pattern)].map((match) => ({
    ...{ kind, start: match.index, end: match.index + match[0].length },
    key: match[0].replace(/[ -]/g, ""),
  }));
}

async function contactFindings(text: string, signal: AbortSignal): Promise<Finding[]> {
  const contacts = await findContacts(text, signal);
  return contacts.flatMap(({ kind, value, offset }) => {
    if (kind === "url") return [];
    const key = kind === "phone" ? value.replace(/\D/g, "") : value.toLowerCase();
    return [{ kind, start: offset, end: offset + value.length, key }];
  });
}

/** Words that stand in names but are no part of them. */
const TITLES = new Set("mr mrs ms mx dr prof sir dame lord lady the of and van von der de la le del".split(" "));

/** Runs of words of one name; a first name that two people share belongs to the one named first. */
async function personFindings(
  text: string,
  { people, signal }: { people: readonly string[]; signal: AbortSignal },
): Promise<Finding[]> {
  const owners = new Map<string, string>();
  for (const name of people) for (const word of nameWords(name)) if (!owners.has(word)) owners.set(word, name);
  const findings: Finding[] = [];
  await inTurns(text.matchAll(WORD), { signal, size: () => 10 }, (match) => {
    const word = match[0].replace(/['’]s$/, "");
    const owner = /^\p{Lu}/u.test(word) ? owners.get(word.toLowerCase()) : undefined;
    if (owner === undefined) return;
    const last = findings.at(-1);
    const end = match.index + word.length;
    const isNext = last !== undefined && /^[ \u00a0\n]?$|^\.? $/.test(text.slice(last.end, match.index));
    if (isNext && people.some((name) => holds(name, [last.key, word]))) last.end = end;
    else findings.push({ kind: "person", start: match.index, end, key: owner });
  });
  return findings;
}

function nameWords(name: string): string[] {
  const words = name.match(WORD) ?? [];
  return words.map((word) => word.toLowerCase()).filter((word) => word.length > 1 && !TITLES.has(word));
}

function holds(name: string, [known, word]: [string, string]): boolean {
  return name === known && nameWords(name).includes(word.toLowerCase());
}

/** The longer one wins; of equal ones the first kind. */
function withoutOverlaps(findings: Finding[]): Finding[] {
  const longest = [...findings].sort((left, right) => left.start - right.start || right.end - left.end);
  const kept: Finding[] = [];
  for (const finding of longest) {
    const last = kept.at(-1);
    if (last === undefined || finding.start >= last.end) kept.push(finding);
    else if (finding.end - finding.start > last.end - last.start) kept.splice(-1, 1, finding);
  }
  return kept;
}

function replaceAll(text: string, findings: readonly Finding[]): { text: string; items: RedactedItem[] } {
  const items = new Map<string, RedactedItem>();
  const numbers = new Map<PersonalKind, number>();
  const parts: string[] = [];
  let from = 0;
  for (const { kind, start, end, key } of findings) {
    const id = `${kind} ${key}`;
    let item = items.get(id);
    if (item === undefined) {
      const number = (numbers.get(kind) ?? 0) + 1;
      numbers.set(kind, number);
      item = { kind, placeholder: `[${kind.toUpperCase()}_${number}]`, count: 0 };
      items.set(id, item);
    }
    item.count++;
    parts.push(text.slice(from, start), item.placeholder);
    from = end;
  }
  return { text: parts.join("") + text.slice(from), items: [...items.values()] };
}

/** ISO 13616: letters as numbers from 10, the first four places at the end, remainder 1 by 97. */
function isIban(text: string): boolean {
  const moved = text.slice(4) + text.slice(0, 4);
  let rest = 0;
  for (const place of moved)
    for (const digit of String(Number.parseInt(place, 36))) rest = (rest * 10 + Number(digit)) % 97;
  return rest === 1;
}

/** ISO/IEC 7812-1, annex B. */
function hasLuhnSum(digits: string): boolean {
  let sum = 0;
  for (const [place, digit] of [...digits].reverse().entries()) {
    const double = place % 2 === 0 ? Number(digit) : Number(digit) * 2;
    sum += double > 9 ? double - 9 : double;
  }
  return sum % 10 === 0 && /[1-9]/.test(digits);
}
