/** Values that tend to break parsers, for every place of a decision. Functions, so that no two cases share one. */
import type { JsonValue } from "../../src/shared/json.ts";

/** Lists inside each other. */
export function nested(depth: number, innermost: unknown = 1): unknown {
  let value = innermost;
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
}

const withKey = (key: string): JsonValue => JSON.parse(`{${JSON.stringify(key)}: 1}`) as JsonValue;

/** What JSON can hold. */
export const HOSTILE_JSON: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -0,
  () => -1,
  () => 1.5,
  () => 2 ** 53 - 1,
  () => 2 ** 53 + 2,
  () => 1e308,
  () => 5e-324,
  () => "",
  () => " ",
  () => "plain",
  () => "goal",
  () => "\ud800",
  () => "🙂".repeat(70),
  () => "a\0b",
  () => "\uFEFFx\u2028\u202E",
  () => "__proto__",
  () => "constructor",
  () => "a".repeat(2_000),
  () => "{{goal}}",
  () => "{{",
  () => "[".repeat(500),
  () => [],
  () => ({}),
  () => [[]],
  () => [null],
  () => ["goal", 1, {}],
  () => withKey("__proto__"),
  () => withKey("constructor"),
  () => withKey("toString"),
  () => withKey(""),
  () => withKey("a/b~c"),
  () => withKey("🙂".repeat(40)),
  () => ({ ref: 5 }),
  () => ({ ref: "goal" }),
  () => ({ ref: "" }),
  () => ({ ref: "nothing.here" }),
  () => ({ ref: "item" }),
  () => ({ ref: "goal[index]" }),
  () => ({ ref: "status" }),
  () => ({ ref: "status.mood.x" }),
  () => ({ ref: `mood${".a".repeat(400)}` }),
  () => ({ ref: "🙂".repeat(60) }),
  () => ({ ref: "goal", default: { ref: "goal", default: { ref: "x" } } }),
  () => ({ ref: "goal", is: 1 }),
  () => ({ ref: "goal", extra: "🙂".repeat(60) }),
  () => ({ template: 1 }),
  () => ({ template: "{{}}" }),
  () => ({ template: "{{goal" }),
  () => ({ template: "{{goal + 1}} {{🙂}}" }),
  () => ({ template: "{{".repeat(200) }),
  () => ({ literal: { ref: 1 } }),
  () => ({ all: [] }),
  () => ({ all: {} }),
  () => ({ is: 1 }),
  () => ({ ref: "goal", gt: 1, lt: 2 }),
  () => ({ ref: "goal", some: { some: { is: 1 } } }),
  () => ({ ref: "goal", matches: ".*" }),
  () => nested(31),
  () => nested(40),
];

/** What it cannot, or only at a price. */
export const HOSTILE_OTHERS: readonly (() => unknown)[] = [
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => undefined,
  () => () => 1,
  () => Symbol("x"),
  () => 10n,
  () => new Date(0),
  () => new Map([[1, 2]]),
  () => Object.create({ inherited: 1 }) as unknown,
  () => Object.create(null) as unknown,
  () => new Array(5),
  () => ({ toJSON: () => "other" }),
  () => cyclic(),
  () => throwing(),
];

/** What takes time to make and to look at; a few places are enough. */
export const HUGE_VALUES: readonly (() => unknown)[] = [
  () => nested(10_000),
  () => new Array(2 ** 32 - 1),
  () => "x".repeat(300_000),
  () => Array.from({ length: 100_000 }, () => 0),
];

function cyclic(): unknown {
  const value: Record<string, unknown> = {};
  value["self"] = value;
  return value;
}

/** An object that throws when it is looked at. */
function throwing(): unknown {
  return {
    get trap(): never {
      throw new Error("a getter that throws");
    },
  };
}
