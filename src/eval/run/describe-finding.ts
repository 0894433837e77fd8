/**
 * What a schema found wrong with a suite or a case, in words. Owns: which finding is told where a value fits none of
 * several shapes, and guesses at what was meant. Must not: read files.
 */
import { z } from "zod";
import { kindInWords } from "../../plan/known-fields.ts";
import { didYouMean } from "../../shared/did-you-mean.ts";
import { isJsonObject } from "../../shared/json.ts";

type Finding = z.core.$ZodIssue;
type Keys = readonly (string | number)[];

export interface Described {
  /** Where: keys from the value's root; an unknown field is the last of them. */
  keys: Keys;
  /** Half a sentence, without an end. */
  problem: string;
}

/** The first finding, of the shape that the value comes closest to. */
export function describeFinding(
  error: z.ZodError,
  { schema, value }: { schema: z.ZodType; value: unknown },
): Described {
  const found = closest(error.issues, []);
  if (found === null) return { keys: [], problem: "it can't be read" };
  const { finding, keys } = found;
  if (finding.code === "unrecognized_keys") {
    const [key = ""] = finding.keys;
    const fields = [...new Set(fieldsAt(schema, keys))];
    const meant = didYouMean(key, fields);
    const list = fields.length === 0 ? "" : `; the fields are ${fields.join(", ")}`;
    const guess = meant === null ? list : `; did you mean '${meant}'?`;
    return { keys: [...keys, key], problem: `there is no such field${guess}` };
  }
  return { keys, problem: problemOf(finding, valueAt(value, keys)) };
}

function problemOf(finding: Finding, value: unknown): string {
  if (finding.code === "invalid_type") {
    return value === undefined ? "it is missing" : `it is ${shown(value)}, not ${kindInWords(finding.expected)}`;
  }
  if (finding.code === "invalid_value") {
    const choices = finding.values.map(String);
    const meant = typeof value === "string" ? didYouMean(value, choices) : null;
    const what =
      value === undefined ? "it is missing" : `it is ${shown(value)}, which is none of ${choices.join(", ")}`;
    return meant === null ? what : `${what}; did you mean '${meant}'?`;
  }
  if (value === undefined) return "it is missing";
  if (finding.code === "invalid_union") return `${shown(value)} is nothing that may stand here`;
  return finding.message.slice(0, 300);
}

interface Closest {
  finding: Finding;
  keys: Keys;
}

/** Goes into the alternatives of a union; the one that got furthest before it failed was meant. */
function closest(findings: readonly Finding[], before: Keys): Closest | null {
  const [finding] = findings;
  if (finding === undefined) return null;
  const keys = [...before, ...finding.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  if (finding.code !== "invalid_union") return { finding, keys };
  const inside = finding.errors
    .map((alternative) => ({ found: closest(alternative, keys), count: alternative.length }))
    .filter((one): one is { found: Closest; count: number } => one.found !== null && !isOtherKind(one.found, keys));
  inside.sort((one, other) => other.found.keys.length - one.found.keys.length || one.count - other.count);
  return inside[0]?.found ?? { finding, keys };
}

/** The value as a whole is of another kind than this alternative: it was not meant. */
function isOtherKind({ finding, keys }: Closest, whole: Keys): boolean {
  return keys.length === whole.length && (finding.code === "invalid_type" || finding.code === "custom");
}

/** Of all shapes that a value at this place may have. */
function fieldsAt(schema: unknown, keys: Keys): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return fieldsAt(schema.unwrap(), keys);
  }
  if (schema instanceof z.ZodExactOptional) return fieldsAt(schema.unwrap(), keys);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => fieldsAt(option, keys));
  const [key, ...rest] = keys;
  if (schema instanceof z.ZodArray) return key === undefined ? [] : fieldsAt(schema.element, rest);
  if (schema instanceof z.ZodRecord) return key === undefined ? [] : fieldsAt(schema.valueType, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  return key === undefined ? Object.keys(schema.shape) : fieldsAt(schema.shape[String(key)], rest);
}

function valueAt(root: unknown, keys: Keys): unknown {
  let current = root;
  for (const key of keys) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string | number, unknown>)[key];
  }
  return current;
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return isJsonObject(value) ? "an object" : (JSON.stringify(value) ?? typeof value).slice(0, 60);
}

/** Which case, variant or judge of a suite the place is in, such as `case 'c1'`; null for the suite itself. */
export function partOf(suite: unknown, [list, place]: Keys): string | null {
  const name = { cases: "case", variants: "variant", judges: "judge", gates: "gate" }[String(list)];
  if (name === undefined || typeof place !== "number") return null;
  const id = valueAt(suite, [String(list), place, "id"]);
  return typeof id === "string" && id !== "" ? `${name} '${id.slice(0, 64)}'` : `${name} ${place + 1}`;
}
