/**
 * Turns a condition (data with exactly one operator) into a tree. Owns: what is a condition.
 * Must not: know steps, roots or types; evaluate (`evaluate-condition.ts` does).
 */
import { type Issue, jsonPointer } from "../error/issue.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import { badPath, compileValue } from "./compile-value.ts";
import type { CompiledCondition, CompiledValue, Subject } from "./compiled.ts";
import { describeBadKeys } from "./condition-hints.ts";
import { COMBINATORS, type Combinator, OPERATORS, type Operator, QUANTIFIERS, type Quantifier } from "./decision.ts";
import { parseFieldPath, parsePath } from "./path.ts";

export interface ConditionOptions {
  /** `when`: the subject is `ref`. `element` (in quantifiers and `select`): it is `field`, `""` by default. */
  inside: "when" | "element";
  /**
   * `values` (default): operands may hold forms. `data`: operands are taken as they are; for conditions whose
   * forms have been resolved already, so that text out of a document can't become a reference.
   */
  operands?: "values" | "data";
}

interface Compilation {
  options: ConditionOptions;
  issues: Issue[];
}

/**
 * Compiles a condition that stands at `pointer`. Null exactly where there are issues (PLAN_BAD_CONDITION,
 * PLAN_BAD_PATH, and those of values). Empty lists of conditions are allowed: `all` and `none` of nothing hold,
 * `any` does not. Recursive: the parser has capped the depth.
 */
export function compileCondition(
  json: JsonValue,
  pointer: string,
  options: ConditionOptions,
): { condition: CompiledCondition | null; issues: Issue[] } {
  const compilation: Compilation = { options, issues: [] };
  const condition = compile(json, pointer, compilation);
  return { condition: compilation.issues.length > 0 ? null : condition, issues: compilation.issues };
}

function compile(json: JsonValue, pointer: string, compilation: Compilation): CompiledCondition | null {
  const subjectKey = compilation.options.inside === "when" ? "ref" : "field";
  if (!isJsonObject(json)) {
    const hint = `Write an object with one operator, such as {"${subjectKey}": "…", "is": true}.`;
    return refuse(compilation, pointer, { message: "A condition is an object.", hint, fix: null });
  }
  const keys = Object.keys(json).filter((key) => key !== "ref" && key !== "field");
  const only = keys.length === 1 ? keys[0] : undefined;
  if (isOneOf(COMBINATORS, only)) return compileCombination(json, only, { pointer, compilation });
  const isNegation = only === "not" && isJsonObject(json.not) && keys.length === Object.keys(json).length;
  if (isOneOf(OPERATORS, only) && !(isNegation && subjectKey === "ref")) {
    return compileComparison(json, only, { pointer, compilation });
  }
  if (isOneOf(QUANTIFIERS, only)) return compileQuantifier(json, only, { pointer, compilation });
  return refuse(compilation, pointer, describeBadKeys(json, pointer, subjectKey));
}

interface Place {
  pointer: string;
  compilation: Compilation;
}

function compileCombination(json: JsonObject, combinator: Combinator, place: Place): CompiledCondition | null {
  const { pointer, compilation } = place;
  const list = json[combinator] ?? null;
  const path = `${pointer}/${combinator}`;
  if (Object.keys(json).length > 1) {
    const message = `'${combinator}' joins conditions and has no subject of its own.`;
    const hint = "Give each condition in its list its own subject; for the elements of a list use some or every.";
    return refuse(compilation, pointer, { message, hint, fix: null });
  }
  if (!Array.isArray(list)) {
    const fix = isJsonObject(list) ? [{ op: "replace" as const, path, value: [list] }] : null;
    const message = `'${combinator}' takes a list of conditions.`;
    return refuse(compilation, path, { message, hint: `Write {"${combinator}": [ … ]}.`, fix });
  }
  const conditions = list.map((one, index) => compile(one, `${path}/${index}`, compilation));
  const compiled = conditions.filter((one) => one !== null);
  return { kind: "combine", combinator, conditions: compiled, pointer };
}

function compileComparison(json: JsonObject, operator: Operator, place: Place): CompiledCondition | null {
  const { pointer, compilation } = place;
  const subject = compileSubject(json, place);
  const operand = compileOperand(json[operator] ?? null, `${pointer}/${operator}`, compilation);
  const wrong = operand.kind === "constant" ? wrongOperand(operator, operand.value) : null;
  if (wrong !== null) refuse(compilation, `${pointer}/${operator}`, wrong);
  return subject === null ? null : { kind: "compare", subject, operator, operand, pointer };
}

function compileOperand(value: JsonValue, pointer: string, { options, issues }: Compilation): CompiledValue {
  if (options.operands === "data") return { kind: "constant", value, pointer };
  const compiled = compileValue(value, pointer);
  issues.push(...compiled.issues);
  // A part that could not be compiled is null, which would look like a wrong operand as well.
  if (compiled.issues.length > 0) return { kind: "list", items: [], pointer };
  return compiled.value;
}

function compileQuantifier(json: JsonObject, quantifier: Quantifier, place: Place): CompiledCondition | null {
  const { pointer, compilation } = place;
  const subject = compileSubject(json, place);
  const inner: Compilation = { options: { ...compilation.options, inside: "element" }, issues: compilation.issues };
  const condition = compile(json[quantifier] ?? null, `${pointer}/${quantifier}`, inner);
  if (subject === null || condition === null) return null;
  return { kind: "quantify", subject, quantifier, condition, pointer };
}

function compileSubject(json: JsonObject, { pointer, compilation }: Place): Subject | null {
  const isElement = compilation.options.inside === "element";
  const [key, other] = isElement ? (["field", "ref"] as const) : (["ref", "field"] as const);
  if (Object.hasOwn(json, other)) return refuse(compilation, pointer + jsonPointer([other]), wrongSubject(isElement));
  const text = isElement ? (json.field ?? "") : json.ref;
  if (typeof text !== "string") {
    const message =
      text === undefined ? "The condition doesn't say what it looks at." : `The '${key}' is not a string.`;
    return refuse(compilation, pointer, { message, hint: `Add "${key}": "a path in quotes".`, fix: null });
  }
  const parsed = isElement ? parseFieldPath(text) : parsePath(text);
  if (!parsed.ok) {
    compilation.issues.push(badPath(parsed, `${pointer}/${key}`));
    return null;
  }
  return "path" in parsed
    ? { kind: "ref", path: parsed.path }
    : { kind: "field", path: text, segments: parsed.segments };
}

function wrongSubject(isElement: boolean): Pick<Issue, "message" | "hint" | "fix"> {
  if (isElement) {
    const message = "Inside some, every and select a condition looks at the element, not at a reference.";
    const hint = 'Name the element\'s property with "field" ("" is the element itself); operands may hold references.';
    return { message, hint, fix: null };
  }
  const message = "'field' is only known inside some, every and select.";
  return { message, hint: 'Here the subject is a reference: "ref": "step.property".', fix: null };
}

const WANTED: Partial<Record<Operator, { wanted: string; fits: (value: JsonValue) => boolean }>> = {
  in: { wanted: "a list", fits: Array.isArray },
  startsWith: { wanted: "a string", fits: (value) => typeof value === "string" },
  endsWith: { wanted: "a string", fits: (value) => typeof value === "string" },
  gt: { wanted: "a number or a string", fits: isOrdered },
  gte: { wanted: "a number or a string", fits: isOrdered },
  lt: { wanted: "a number or a string", fits: isOrdered },
  lte: { wanted: "a number or a string", fits: isOrdered },
  exists: { wanted: "true or false", fits: (value) => typeof value === "boolean" },
  empty: { wanted: "true or false", fits: (value) => typeof value === "boolean" },
};

function isOrdered(value: JsonValue): boolean {
  return typeof value === "number" || typeof value === "string";
}

function wrongOperand(operator: Operator, value: JsonValue): Pick<Issue, "message" | "hint" | "fix"> | null {
  const rule = WANTED[operator];
  if (rule === undefined || rule.fits(value)) return null;
  const message = `'${operator}' takes ${rule.wanted}, not ${JSON.stringify(value).slice(0, 60)}.`;
  return { message, hint: `Write ${rule.wanted}, or a reference to one.`, fix: null };
}

function isOneOf<Name extends string>(names: readonly Name[], key: string | undefined): key is Name {
  return (names as readonly (string | undefined)[]).includes(key);
}

function refuse(compilation: Compilation, path: string, words: Pick<Issue, "message" | "hint" | "fix">): null {
  compilation.issues.push({ severity: "error", code: "PLAN_BAD_CONDITION", path, ...words });
  return null;
}
