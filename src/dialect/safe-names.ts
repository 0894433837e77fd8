/**
 * Names that every provider takes. Owns: which names are safe, and a safe unique one for each that is not.
 * Must not: know what the names are of.
 */
import { PROTOTYPE_KEYS } from "../plan/json-limits.ts";

/**
 * What Anthropic's Messages API demands of property keys and tool names ("Property keys should match pattern", an
 * error 400; seen 2026-11). OpenAI's function names allow the same but the dot; we send no tool names of our users.
 */
export const SAFE_NAME = /^[a-zA-Z0-9_.-]{1,64}$/;

/** Leaves room for `_` and a number behind it. */
const LONGEST_STEM = 58;

export function isSafeName(name: string): boolean {
  return SAFE_NAME.test(name) && !PROTOTYPE_KEYS.has(name);
}

/**
 * Name → safe name, different for different names. Safe ones stay as they are; which one the others get depends on
 * the set of names only, not on its order.
 */
export function safeNames(names: readonly string[]): Map<string, string> {
  const safe = new Map<string, string>();
  const taken = new Set<string>();
  for (const name of names.filter(isSafeName)) {
    safe.set(name, name);
    taken.add(name.toLowerCase());
  }
  for (const name of [...new Set(names)].filter((one) => !isSafeName(one)).sort()) {
    const free = freeName(stemOf(name), taken);
    safe.set(name, free);
    taken.add(free.toLowerCase());
  }
  return safe;
}

function stemOf(name: string): string {
  const plain = name.normalize("NFKD").replace(/\p{M}/gu, "");
  const stem = plain.replace(/[^a-zA-Z0-9_.-]+/g, "_").replace(/^_+|_+$/g, "");
  return stem.slice(0, LONGEST_STEM) || "name";
}

function freeName(stem: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? stem : `${stem}_${number}`;
    if (isSafeName(candidate) && !taken.has(candidate.toLowerCase())) return candidate;
  }
}
