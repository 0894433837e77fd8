/**
 * Performs a selection: where, groupBy, orderBy, take, pick, in that order. Owns: what each of them does to the list.
 * Must not: change the elements it was given.
 */
import type { Segment } from "../../src/plan/compiled.ts";
import { elementCondition } from "../../src/plan/evaluate-condition.ts";
import { ABSENT, readPath } from "../../src/plan/path.ts";
import type { Scope } from "../../src/plan/scope.ts";
import { TRUSTED } from "../../src/policy/label.ts";
import { canonicalJson, type JsonValue } from "../../src/shared/json.ts";
import { compareForOrder } from "./compare-for-order.ts";
import type { Selection } from "./read-selection.ts";

export interface Selected {
  items: JsonValue[];
  /** Null where no item is left. */
  first: JsonValue;
  /** How many items there were before `take`; with groupBy, how many groups. */
  count: number;
}

/** Conditions of `select` hold no references: there is nothing to look up. */
const NOTHING: Scope = { read: () => ({ value: ABSENT, label: TRUSTED }), index: null, literalLabel: TRUSTED };

export function applySelection(list: readonly JsonValue[], selection: Selection): Selected {
  const { where, groupBy, orderBy, take, pick } = selection;
  let items = where === null ? [...list] : list.filter(elementCondition(where, NOTHING));
  if (groupBy !== null) items = groups(items, groupBy);
  if (orderBy.length > 0) items = ordered(items, orderBy);
  const count = items.length;
  if (take !== null) items = items.slice(0, take);
  if (pick !== null) items = items.map((item) => picked(item, pick));
  return { items, first: items[0] ?? null, count };
}

/** Groups in the order of their first elements; elements without the field are in the group of null. */
function groups(items: JsonValue[], field: Segment[]): JsonValue[] {
  const byKey = new Map<string, { key: JsonValue; items: JsonValue[] }>();
  for (const item of items) {
    const key = fieldOf(item, field);
    const text = canonicalJson(key);
    const group = byKey.get(text) ?? { key, items: [] };
    group.items.push(item);
    byKey.set(text, group);
  }
  return [...byKey.values()].map((group) => ({ ...group, count: group.items.length }));
}

/** Stable: elements that compare the same keep their order. */
function ordered(items: JsonValue[], orderBy: Selection["orderBy"]): JsonValue[] {
  const keyed = items.map((item) => ({ item, keys: orderBy.map(({ segments }) => fieldOf(item, segments)) }));
  keyed.sort((left, right) => {
    for (const [place, { isDescending }] of orderBy.entries()) {
      const order = compareForOrder(left.keys[place] ?? null, right.keys[place] ?? null, isDescending);
      if (order !== 0) return order;
    }
    return 0;
  });
  return keyed.map(({ item }) => item);
}

/** Every picked property is there, null where the element lacks it. */
function picked(item: JsonValue, pick: NonNullable<Selection["pick"]>): JsonValue {
  return Object.fromEntries(pick.map(([name, segments]) => [name, fieldOf(item, segments)]));
}

function fieldOf(item: JsonValue, segments: Segment[]): JsonValue {
  const value = readPath(item, segments, null);
  return value === ABSENT ? null : value;
}
