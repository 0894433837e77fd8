/**
 * A plan in the making. Owns: the steps so far, their ids, sharing of equal calls, and who depends on whom.
 * Must not: choose tools or inputs.
 */
import { ROOTS, STEP_ID } from "../../src/plan/decision.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";

export interface DraftStep {
  id: string;
  tool: ToolDescription;
  input: JsonObject;
  when: JsonObject | null;
  each: { items: JsonValue; max: number } | null;
  after: string[];
}

export interface Draft {
  steps: DraftStep[];
}

/** Adds a step, or gives the one that already makes the same call. */
export function addStep(draft: Draft, name: string, step: Omit<DraftStep, "id" | "after">): DraftStep {
  const same = draft.steps.find((other) => isSameCall(other, step));
  if (same !== undefined) return same;
  const added = { ...step, id: freeId(draft, name), after: [] };
  draft.steps.push(added);
  return added;
}

function isSameCall(left: Omit<DraftStep, "id" | "after">, right: Omit<DraftStep, "id" | "after">): boolean {
  if (left.tool.name !== right.tool.name) return false;
  const call = (step: Omit<DraftStep, "id" | "after">): string => canonicalJson([step.input, step.each, step.when]);
  return call(left) === call(right);
}

function freeId(draft: Draft, name: string): string {
  return numbered(validId(name), (id) => draft.steps.some((step) => step.id === id));
}

/** `name`, or `name_2`, `name_3` … : the first that is not taken. */
export function numbered(name: string, isTaken: (id: string) => boolean): string {
  for (let count = 1; ; count++) {
    const id = count === 1 ? name : `${name}_${count}`;
    if (!isTaken(id)) return id;
  }
}

/** A step id from any name: letters, digits and underscores, no root name. */
function validId(name: string): string {
  const plain = name
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^[^A-Za-z]+/, "")
    .slice(0, 56)
    .replace(/_+$/, "");
  const id = plain === "" ? "answer" : plain;
  const isRoot = (ROOTS as readonly string[]).includes(id);
  return isRoot || !STEP_ID.test(id) ? `${id}_step` : id;
}

/** Ids of the steps that this JSON refers to. */
function referredIds(value: JsonValue): Set<string> {
  const ids = new Set<string>();
  visitReferences(value, (root) => ids.add(root));
  return ids;
}

function visitReferences(value: JsonValue, visit: (root: string) => void): void {
  if (Array.isArray(value)) {
    for (const entry of value) visitReferences(entry, visit);
    return;
  }
  if (!isJsonObject(value) || "literal" in value) return;
  for (const [key, entry] of Object.entries(value)) {
    if (typeof entry !== "string") visitReferences(entry, visit);
    else for (const path of pathsIn(key, entry)) visit(rootOf(path));
  }
}

function pathsIn(key: string, text: string): string[] {
  if (key === "ref") return [text];
  return key === "template" ? [...text.matchAll(/\{\{([^{}]+)\}\}/g)].map((match) => match[1] ?? "") : [];
}

function rootOf(path: string): string {
  const text = path.trim();
  const inner = text.startsWith("status.") ? text.slice("status.".length) : text;
  return /^[A-Za-z0-9_]+/.exec(inner)?.[0] ?? inner;
}

/** Steps that must settle before this one, by data or order. */
function neededIds(step: DraftStep): Set<string> {
  const parts: JsonValue = [step.input, step.when, step.each === null ? null : step.each.items];
  return new Set([...referredIds(parts), ...step.after]);
}

/** True where `step` waits for `id`, directly or through others. */
export function dependsOn(draft: Draft, step: DraftStep, id: string): boolean {
  const byId = new Map(draft.steps.map((other) => [other.id, other]));
  const seen = new Set<string>();
  const open = [...neededIds(step)];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === id) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    const other = byId.get(next);
    if (other !== undefined) open.push(...neededIds(other));
  }
  return false;
}

/** Ids of steps that may have no output: conditional ones, and those that need them. */
export function maybeAbsent(draft: Draft): Set<string> {
  const absent = new Set(draft.steps.filter((step) => step.when !== null).map((step) => step.id));
  for (let before = -1; before !== absent.size; ) {
    before = absent.size;
    for (const step of draft.steps) {
      const parts: JsonValue = [step.input, step.each === null ? null : step.each.items];
      if ([...hardIds(parts)].some((id) => absent.has(id))) absent.add(step.id);
    }
  }
  return absent;
}

/** Ids referred to without a default. */
function hardIds(value: JsonValue): Set<string> {
  if (Array.isArray(value)) return new Set(value.flatMap((entry) => [...hardIds(entry)]));
  if (!isJsonObject(value) || "default" in value) return new Set();
  if (typeof value.ref === "string" || typeof value.template === "string") return referredIds(value);
  return new Set(Object.values(value).flatMap((entry) => [...hardIds(entry)]));
}

/** Path of a place in a step's output; every element's where the step runs for each of a list. */
export function outputPath(step: DraftStep, path: string): string {
  const start = step.each === null ? step.id : `${step.id}[*]`;
  return path === "" ? start : `${start}.${path}`;
}
