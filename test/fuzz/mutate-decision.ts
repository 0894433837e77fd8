/** Every small change of a decision: each node dropped, doubled, renamed, retyped, or replaced by another part. */
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { HOSTILE_JSON, HOSTILE_OTHERS, HUGE_VALUES } from "./hostile-values.ts";

export interface Mutant {
  /** What was done, for the message of a failure. */
  how: string;
  make(): unknown;
}

interface Node {
  keys: (string | number)[];
  value: JsonValue;
}

const NAMES = [
  "",
  "ref",
  "literal",
  "template",
  "__proto__",
  "constructor",
  "toString",
  "Kind",
  "x".repeat(300),
  "a/~b",
];

function nodesOf(value: JsonValue, keys: (string | number)[] = []): Node[] {
  if (typeof value !== "object" || value === null) return [{ keys, value }];
  const below = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [{ keys, value }, ...below.flatMap(([key, part]) => nodesOf(part, [...keys, key]))];
}

type Container = Record<string | number, unknown>;

/** A copy of the decision in which `change` has been done to what holds the node. */
function changed(decision: JsonObject, keys: Node["keys"], change: (holder: Container, key: string | number) => void) {
  const root = { decision: structuredClone(decision) } as unknown as Container;
  const path = ["decision", ...keys];
  const last = path.pop()!;
  let holder = root;
  for (const key of path) holder = holder[key] as Container;
  change(holder, last);
  return root["decision"];
}

function drop(holder: Container, key: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
}

function double(holder: Container, key: string | number): void {
  if (Array.isArray(holder)) holder.splice(Number(key), 0, holder[key]);
  else holder[`${key}2`] = holder[key];
}

function setOwn(holder: Container, key: string | number, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

/** All mutants of a decision, in a fixed order. */
export function mutantsOf(decision: JsonObject): Mutant[] {
  const nodes = nodesOf(decision);
  const mutants: Mutant[] = [];
  for (const [number, { keys }] of nodes.entries()) {
    const at = `/${keys.join("/")}`;
    const add = (how: string, change: (holder: Container, key: string | number) => void): void => {
      mutants.push({ how: `${how} ${at}`, make: () => changed(decision, keys, change) });
    };
    add("drop", drop);
    add("double", double);
    const huge = number % 9 === 4 ? HUGE_VALUES : [];
    for (const [place, make] of [...HOSTILE_JSON, ...HOSTILE_OTHERS, ...huge].entries()) {
      add(`replace by hostile ${place}`, (holder, key) => setOwn(holder, key, make()));
    }
    for (const [place, other] of nodes.entries()) {
      if (place % 7 !== keys.length % 7) continue;
      add(`replace by node ${place}`, (holder, key) => setOwn(holder, key, structuredClone(other.value)));
    }
    for (const name of NAMES) {
      add(`rename to '${name.slice(0, 12)}'`, (holder, key) => {
        const value = holder[key];
        drop(holder, key);
        setOwn(holder, name, value);
      });
    }
    add("rename by a letter", (holder, key) => {
      const value = holder[key];
      drop(holder, key);
      setOwn(holder, `${String(key)}x`, value);
    });
  }
  return mutants;
}
