/** Scopes for tests: roots with values, labelled by their own names. */
import { ABSENT } from "../../src/plan/path.ts";
import type { Scope } from "../../src/plan/scope.ts";
import { TRUSTED, trusted, untrusted } from "../../src/policy/label.ts";
import type { JsonValue } from "../../src/shared/json.ts";

/** Every root is untrusted with its name as origin, but `goal`; literals are trusted with origin `literal`. */
export function scopeOf(roots: Record<string, JsonValue>, index: number | null = null): Scope {
  return {
    read(root) {
      if (!Object.hasOwn(roots, root)) return { value: ABSENT, label: TRUSTED };
      return { value: roots[root] ?? null, label: root === "goal" ? trusted("goal") : untrusted(root) };
    },
    index,
    literalLabel: trusted("literal"),
  };
}

export const literalScope: Scope = {
  read: () => ({ value: ABSENT, label: TRUSTED }),
  index: null,
  literalLabel: TRUSTED,
};
