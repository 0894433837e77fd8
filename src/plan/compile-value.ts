/**
 * Turns a value of the plan language (JSON that holds forms) into a tree that can be checked and resolved.
 * Owns: what is a form. Must not: know steps, roots or types; see data (so text in a document can't become a form).
 */
import { type Issue, jsonPointer } from "../error/issue.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { compileTemplate } from "./compile-template.ts";
import type { CompiledValue } from "./compiled.ts";
import { OPERATORS, QUANTIFIERS } from "./decision.ts";
import { parsePath } from "./path.ts";

export type CompiledObject = Extract<CompiledValue, { kind: "object" }>;

/**
 * Compiles a value that stands at `pointer`. A part without any form becomes one constant that shares the
 * original; a part with a `literal` in it does not, so that every pointer stays true. An object with `template`
 * or `literal` and further keys is a plain object; one with `ref` and other keys than `default` is PLAN_BAD_FORM.
 * What could not be compiled stands as a constant null, with an issue. Recursive: the parser has capped the depth.
 */
export function compileValue(value: JsonValue, pointer: string): { value: CompiledValue; issues: Issue[] } {
  const issues: Issue[] = [];
  return { value: compile(value, pointer, issues), issues };
}

/** Compiles a step's `input`: itself always a map, so an argument may be called `ref`; forms are below it. */
export function compileInput(input: JsonObject, pointer: string): { value: CompiledObject; issues: Issue[] } {
  const issues: Issue[] = [];
  const fields = compileFields(input, pointer, issues);
  return { value: { kind: "object", fields, pointer }, issues };
}

function compile(value: JsonValue, pointer: string, issues: Issue[]): CompiledValue {
  if (typeof value !== "object" || value === null) return { kind: "constant", value, pointer };
  if (Array.isArray(value)) return compileList(value, pointer, issues);
  const keys = Object.keys(value);
  if (Object.hasOwn(value, "ref")) return compileReference(value, pointer, issues);
  if (keys.length === 1 && keys[0] === "template") return compileText(value, pointer, issues);
  if (keys.length === 1 && keys[0] === "literal") {
    return { kind: "constant", value: value.literal ?? null, pointer: `${pointer}/literal` };
  }
  const fields = compileFields(value, pointer, issues);
  const isPlain = fields.every(([key, field]) => isSame(field, value[key]));
  return isPlain ? { kind: "constant", value, pointer } : { kind: "object", fields, pointer };
}

function compileList(list: JsonValue[], pointer: string, issues: Issue[]): CompiledValue {
  const items = list.map((item, place) => compile(item, `${pointer}/${place}`, issues));
  const isPlain = items.every((item, place) => isSame(item, list[place]));
  return isPlain ? { kind: "constant", value: list, pointer } : { kind: "list", items, pointer };
}

function compileFields(value: JsonObject, pointer: string, issues: Issue[]): [string, CompiledValue][] {
  return Object.keys(value).map((key) => [key, compile(value[key] ?? null, pointer + jsonPointer([key]), issues)]);
}

/** True where the compiled part is a constant that holds the very JSON it was made from. */
function isSame(compiled: CompiledValue, source: JsonValue | undefined): boolean {
  return compiled.kind === "constant" && Object.is(compiled.value, source);
}

function compileReference(value: JsonObject, pointer: string, issues: Issue[]): CompiledValue {
  const extra = Object.keys(value).filter((key) => key !== "ref" && key !== "default");
  const { ref } = value;
  if (extra.length > 0 || typeof ref !== "string") {
    issues.push(badForm(value, pointer, extra));
    return { kind: "constant", value: null, pointer };
  }
  const fallback = Object.hasOwn(value, "default")
    ? compile(value.default ?? null, `${pointer}/default`, issues)
    : null;
  const parsed = parsePath(ref);
  if (parsed.ok) return { kind: "ref", path: parsed.path, fallback, pointer };
  issues.push(badPath(parsed, `${pointer}/ref`));
  return { kind: "constant", value: null, pointer };
}

/** The issue for a text that is no path; with a fix where the meaning is plain. */
export function badPath(problem: { message: string; hint: string; suggestion: string | null }, pointer: string): Issue {
  const { message, hint, suggestion } = problem;
  const fix = suggestion === null ? null : [{ op: "replace" as const, path: pointer, value: suggestion }];
  return { severity: "error", code: "PLAN_BAD_PATH", path: pointer, message, hint, fix };
}

function compileText(value: JsonObject, pointer: string, issues: Issue[]): CompiledValue {
  const { template } = value;
  if (typeof template !== "string") {
    const message = "The template is not a text.";
    issues.push(
      literalIssue(value, pointer, { message, hint: "Write the text as a string, or wrap the object in literal." }),
    );
    return { kind: "constant", value: null, pointer };
  }
  const compiled = compileTemplate(template, `${pointer}/template`);
  issues.push(...compiled.issues);
  return { kind: "template", parts: compiled.parts, pointer };
}

const CONDITION_KEYS: ReadonlySet<string> = new Set([...OPERATORS, ...QUANTIFIERS]);

function badForm(value: JsonObject, pointer: string, extra: readonly string[]): Issue {
  if (extra.length === 0) {
    const message = "The ref of a reference is a path in quotes, and this one is not a string.";
    return literalIssue(value, pointer, {
      message,
      hint: "Write the path as a string, or wrap the object in literal.",
    });
  }
  const names = extra.map((key) => `'${key}'`).join(", ");
  const message = `An object with 'ref' is a reference and takes nothing else but 'default'; here are also ${names}.`;
  return literalIssue(value, pointer, { message, hint: formHint(extra) });
}

function formHint(extra: readonly string[]): string {
  if (extra.some((key) => CONDITION_KEYS.has(key))) {
    return "A condition is no value: put it into the step's when; in select's where it names a field, not a ref.";
  }
  const isFallback = extra.some((key) => didYouMean(key, ["default"]) !== null || /^(else|fallback|or)$/i.test(key));
  if (isFallback) return "The value that stands in for an absent source is called 'default'.";
  return "Remove the other keys, or wrap the object in literal if it is meant as it is.";
}

function literalIssue(value: JsonObject, path: string, words: { message: string; hint: string }): Issue {
  const fix = [{ op: "replace" as const, path, value: { literal: value } }];
  return { severity: "error", code: "PLAN_BAD_FORM", path, ...words, fix };
}
