/** The order of any two JSON values. Owns: the ranks of types. */
import { canonicalJson, type JsonValue } from "../../src/shared/json.ts";

/**
 * Numbers by size, then texts by code unit (so ISO dates by time), then false and true, then lists and objects by their
 * canonical JSON. Descending turns all of that round; null stays last either way.
 */
export function compareForOrder(left: JsonValue, right: JsonValue, isDescending: boolean): number {
  if (left === null || right === null) return Number(left === null) - Number(right === null);
  const order = rankOf(left) - rankOf(right) || compareSameRank(left, right);
  return isDescending ? -order : order;
}

function rankOf(value: JsonValue): number {
  return ["number", "string", "boolean", "object"].indexOf(typeof value);
}

function compareSameRank(left: JsonValue, right: JsonValue): number {
  if (typeof left === "number" && typeof right === "number") return Math.sign(left - right);
  if (typeof left === "boolean") return Number(left) - Number(right);
  const [one, other] = typeof left === "string" ? [left, right as string] : [canonicalJson(left), canonicalJson(right)];
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
