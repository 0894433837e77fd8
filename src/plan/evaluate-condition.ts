/**
 * Says whether a condition holds. Owns: what each operator means (KERNEL 9). Must not: throw, run code or patterns.
 *
 * On an absent subject or operand every operator is false, but `exists: false` and `empty: true`. Null is a value:
 * it exists and is empty. `is`, `not`, `in` and `contains` compare as canonical JSON would; `gt` and its like compare two
 * numbers, or two strings by code unit (so ISO dates compare right), and are false on anything else. `some` and
 * `every` are false on what is no list; of an empty list `every` holds and `some` doesn't.
 */
import { joinLabels, type Label, TRUSTED } from "../policy/label.ts";
import { canonicalJson, type JsonValue } from "../shared/json.ts";
import { isSameJson } from "../shared/same-json.ts";
import type { CompiledCondition, CompiledValue, Subject } from "./compiled.ts";
import type { Operator } from "./decision.ts";
import { ABSENT, readPath } from "./path.ts";
import { readReference, resolveValue } from "./resolve-value.ts";
import type { Scope } from "./scope.ts";
import { createMeter, type Meter } from "./value-size.ts";

type Maybe = JsonValue | typeof ABSENT;

export interface Verdict {
  holds: boolean;
  /** Joins everything the condition looks at, whether or not it decided the outcome. */
  label: Label;
}

interface Evaluation {
  scope: Scope;
  /** Operands are resolved once, also inside quantifiers. */
  operands: Map<CompiledValue, Maybe>;
  /** Lists in which an element was looked for; from the second time on by the canonical texts of their elements. */
  searched: Map<JsonValue[], Set<string> | null>;
  label: Label;
  /** What all operands together may take; one that no longer fits counts as absent. */
  meter: Meter;
}

/** Evaluates a step's `when`, or a success check. */
export function evaluateCondition(compiled: CompiledCondition, scope: Scope): Verdict {
  const evaluation = startEvaluation(scope);
  const holds = evaluate(compiled, ABSENT, evaluation);
  return { holds, label: evaluation.label };
}

/** For many elements: whether a condition holds whose `field`s name parts of the element. Its label is the caller's matter. */
export function elementCondition(compiled: CompiledCondition, scope: Scope): (element: JsonValue) => boolean {
  const evaluation = startEvaluation(scope);
  return (element) => evaluate(compiled, element, evaluation);
}

function startEvaluation(scope: Scope): Evaluation {
  return { scope, operands: new Map(), searched: new Map(), label: TRUSTED, meter: createMeter() };
}

function evaluate(condition: CompiledCondition, element: Maybe, evaluation: Evaluation): boolean {
  if (condition.kind === "combine") {
    // All of them are evaluated, so that the label doesn't depend on their order.
    const verdicts = condition.conditions.map((one) => evaluate(one, element, evaluation));
    if (condition.combinator === "all") return verdicts.every(Boolean);
    return condition.combinator === "any" ? verdicts.some(Boolean) : !verdicts.some(Boolean);
  }
  const subject = readSubject(condition.subject, element, evaluation);
  if (condition.kind === "compare") {
    const operand = resolveOperand(condition.operand, evaluation);
    return operand !== ABSENT && compare(condition.operator, { subject, operand }, evaluation);
  }
  const elements: JsonValue[] = Array.isArray(subject) ? subject : [];
  const verdicts = elements.map((one) => evaluate(condition.condition, one, evaluation));
  if (condition.quantifier === "some") return verdicts.some(Boolean);
  return Array.isArray(subject) && verdicts.every(Boolean);
}

function readSubject(subject: Subject, element: Maybe, evaluation: Evaluation): Maybe {
  if (subject.kind === "field") {
    return element === ABSENT ? ABSENT : readPath(element, subject.segments, evaluation.scope.index);
  }
  const read = readReference(subject.path, evaluation.scope);
  evaluation.label = joinLabels(evaluation.label, read.label);
  return read.value;
}

function resolveOperand(operand: CompiledValue, evaluation: Evaluation): Maybe {
  const known = evaluation.operands.get(operand);
  if (known !== undefined) return known;
  const resolved = resolveValue(operand, evaluation.scope, evaluation.meter);
  const value = resolved.kind === "value" ? resolved.value : ABSENT;
  evaluation.label = joinLabels(evaluation.label, resolved.label);
  evaluation.operands.set(operand, value);
  return value;
}

interface Compared {
  subject: Maybe;
  operand: JsonValue;
}

function compare(operator: Operator, { subject, operand }: Compared, { searched }: Evaluation): boolean {
  if (operator === "exists") return operand === (subject !== ABSENT);
  if (operator === "empty") return operand === (subject === ABSENT || isEmpty(subject));
  if (subject === ABSENT) return false;
  switch (operator) {
    case "is":
      return isSameJson(subject, operand);
    case "not":
      return !isSameJson(subject, operand);
    case "in":
      return Array.isArray(operand) && hasElement(operand, subject, searched);
    case "contains":
      return contains(subject, operand, searched);
    case "startsWith":
      return typeof subject === "string" && typeof operand === "string" && subject.startsWith(operand);
    case "endsWith":
      return typeof subject === "string" && typeof operand === "string" && subject.endsWith(operand);
    default:
      return isOrdered(operator, subject, operand);
  }
}

function isOrdered(operator: "gt" | "gte" | "lt" | "lte", left: JsonValue, right: JsonValue): boolean {
  const order = orderOf(left, right);
  if (order === null) return false;
  if (operator === "gt") return order > 0;
  if (operator === "gte") return order >= 0;
  return operator === "lt" ? order < 0 : order <= 0;
}

/** Negative, 0 or positive for two numbers or two strings (code unit order); null where there is no order. */
function orderOf(left: JsonValue, right: JsonValue): number | null {
  if (typeof left === "number" && typeof right === "number") return left - right;
  if (typeof left !== "string" || typeof right !== "string") return null;
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function hasElement(list: JsonValue[], wanted: JsonValue, searched: Evaluation["searched"]): boolean {
  const texts = searched.get(list);
  if (texts === undefined) {
    searched.set(list, null);
    return list.some((element) => isSameJson(element, wanted));
  }
  const known = texts ?? new Set(list.map(canonicalJson));
  searched.set(list, known);
  return known.has(canonicalJson(wanted));
}

function contains(subject: JsonValue, operand: JsonValue, searched: Evaluation["searched"]): boolean {
  if (Array.isArray(subject)) return hasElement(subject, operand, searched);
  return typeof subject === "string" && typeof operand === "string" && subject.includes(operand);
}

function isEmpty(value: JsonValue): boolean {
  if (value === null || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}
