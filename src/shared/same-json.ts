/** Whether two JSON values are the same to Planwright. Owns: the comparison that builds no text, whatever the size. */

/** True exactly where the canonical texts are equal: keys in any order, `undefined` fields left out, -0 is 0. */
export function isSameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, place) => isSameJson(item, right[place]));
  }
  return hasSameFields(left as Fields, right as Fields);
}

type Fields = Record<string, unknown>;

function hasSameFields(left: Fields, right: Fields): boolean {
  const keys = definedKeys(left);
  if (keys.length !== definedKeys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSameJson(left[key], right[key]));
}

function definedKeys(fields: Fields): string[] {
  return Object.keys(fields).filter((key) => fields[key] !== undefined);
}
