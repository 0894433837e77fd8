/**
 * What somebody meant by a condition that isn't one: operators of other languages, several operators at once,
 * `{op, value}`. Owns: the words and patches. Must not: accept anything; the compiler refuses first.
 */
import type { Issue } from "../error/issue.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { isJsonObject, type JsonObject } from "../shared/json.ts";
import { COMBINATORS, OPERATORS, QUANTIFIERS } from "./decision.ts";

const OTHER_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    is: "= == === eq equals equal equalto isequal",
    not: "!= !== <> ne neq notequals notequal isnot",
    gt: "> greaterthan greater above over after",
    gte: ">= ge greaterorequal greaterthanorequal atleast min",
    lt: "< lessthan less below under before",
    lte: "<= le lessorequal lessthanorequal atmost max",
    in: "oneof isin isoneof among",
    contains: "includes has include contain",
    startsWith: "startwith beginswith prefix",
    endsWith: "endwith suffix",
    exists: "exist isset present defined notnull",
    empty: "isempty blank",
    all: "and allof &&",
    any: "or anyof oneofthese ||",
    none: "noneof nor nand !",
    some: "anywhere somewhere",
    every: "each foreach",
  }).flatMap(([name, others]) => others.split(" ").map((other): [string, string] => [other, name])),
);

const ALL_NAMES: readonly string[] = [...OPERATORS, ...QUANTIFIERS, ...COMBINATORS];
const NAMES: ReadonlySet<string> = new Set(ALL_NAMES);

const LIST_OF_OPERATORS = `Operators: ${OPERATORS.join(", ")}; over lists: ${QUANTIFIERS.join(", ")}; of conditions: ${COMBINATORS.join(", ")}.`;

type Words = Pick<Issue, "message" | "hint" | "fix">;

/** The operator that a foreign or mistyped name stands for, or null. */
export function operatorMeant(key: string): string | null {
  return OTHER_NAMES.get(key.toLowerCase().replace(/[_\- ]/g, "")) ?? didYouMean(key, ALL_NAMES);
}

/** Words for a condition object whose keys don't make one condition. */
export function describeBadKeys(condition: JsonObject, pointer: string, subjectKey: string): Words {
  const keys = Object.keys(condition).filter((key) => key !== "ref" && key !== "field");
  const known = keys.filter((key) => NAMES.has(key));
  const isNegation =
    known.length === 1 && known[0] === "not" && isJsonObject(condition.not) && subjectOf(condition) === null;
  if (isNegation) return negation(condition, pointer);
  if (keys.length === 0) return noOperator(subjectKey);
  const spelled = spelledOut(condition, pointer);
  if (spelled !== null) return spelled;
  const unknown = keys.find((key) => !NAMES.has(key));
  if (unknown !== undefined) return unknownKey(condition, unknown, pointer);
  if (known.length > 1) return severalOperators(condition, known, pointer);
  return { message: "This is not a condition.", hint: LIST_OF_OPERATORS, fix: null };
}

function subjectOf(condition: JsonObject): JsonObject | null {
  if (Object.hasOwn(condition, "ref")) return { ref: condition.ref ?? null };
  return Object.hasOwn(condition, "field") ? { field: condition.field ?? null } : null;
}

function noOperator(subjectKey: string): Words {
  const example = `{"${subjectKey}": "…", "is": true} or {"${subjectKey}": "…", "exists": true}`;
  return {
    message: "The condition has no operator.",
    hint: `Say what to compare, such as ${example}. ${LIST_OF_OPERATORS}`,
    fix: null,
  };
}

function negation(condition: JsonObject, path: string): Words {
  return {
    message: "'not' means 'is not equal' and can't negate a condition.",
    hint: "Write none with a list of conditions to negate.",
    fix: [{ op: "replace", path, value: { none: [condition.not ?? null] } }],
  };
}

/** `{"ref": "a", "op": "gt", "value": 3}` and its like. */
function spelledOut(condition: JsonObject, path: string): Words | null {
  const named = condition.op ?? condition.operator ?? condition.comparison;
  if (typeof named !== "string") return null;
  const name = NAMES.has(named) ? named : operatorMeant(named);
  const operand = condition.value ?? condition.operand;
  const fix =
    name === null || operand === undefined
      ? null
      : [{ op: "replace" as const, path, value: { ...subjectOf(condition), [name]: operand } }];
  const hint = `Write {"ref": "…", "${name ?? "is"}": …}. ${LIST_OF_OPERATORS}`;
  return { message: "A condition's operator is its key, not a value.", hint, fix };
}

function unknownKey(condition: JsonObject, key: string, pointer: string): Words {
  const meant = operatorMeant(key);
  const message = `'${key}' is no operator of a condition.`;
  if (meant === null) return { message, hint: LIST_OF_OPERATORS, fix: null };
  const others = Object.keys(condition).filter((other) => other !== key && other !== "ref" && other !== "field");
  const operand = condition[key] ?? null;
  const value = { ...subjectOf(condition), [meant]: operand };
  const fix = others.length > 0 ? null : [{ op: "replace" as const, path: pointer, value }];
  return { message, hint: `Did you mean '${meant}'? ${LIST_OF_OPERATORS}`, fix };
}

function severalOperators(condition: JsonObject, known: readonly string[], path: string): Words {
  const subject = subjectOf(condition);
  const parts = known.map((key): JsonObject => ({ ...subject, [key]: condition[key] ?? null }));
  return {
    message: `A condition has exactly one operator; this one has ${known.map((key) => `'${key}'`).join(", ")}.`,
    hint: "Put each into a condition of its own, joined by all or any.",
    fix: [{ op: "replace", path, value: { all: parts } }],
  };
}
