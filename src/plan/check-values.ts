/**
 * Does a value of the plan fit where it stands? Owns: walking a value and a schema side by side, so that a finding
 * names the smallest part that is wrong. Must not: know codes; the passes give findings their code and subject.
 */
import { jsonPointer, type PatchOperation } from "../error/issue.ts";
import type { JsonSchema } from "../shared/json.ts";
import type { Reader, Typing } from "./check-typing.ts";
import { isAdvisoryValue, schemaOfValue, typeOfPath } from "./check-typing.ts";
import type { CompiledValue, Path } from "./compiled.ts";
import { formatPath } from "./path.ts";
import { renameReference } from "./rename-reference.ts";
import { schemaOfView } from "./schema-compose.ts";
import { describeView } from "./schema-describe.ts";
import { expandView, isNothing, viewOf } from "./schema-expand.ts";
import { type ArrayLeaf, type ObjectLeaf, propertyView, type SchemaView } from "./schema-leaf.ts";
import { explainMismatch, onlyEmptyListFits, relate } from "./schema-relation.ts";
import { extraField, findMisfits, type Misfit, missingField } from "./schema-value.ts";

export interface ValueFinding {
  /** `constant`: JSON in the plan does not fit; `type`: what a reference or text gives cannot fit. */
  kind: "constant" | "type";
  pointer: string;
  /** The end of a sentence that starts with the place. */
  reason: string;
  hint: string;
  fix: PatchOperation[] | null;
  /** One of the schemas is hearsay. */
  isAdvisory: boolean;
}

export interface Walk {
  typing: Typing;
  reader: Reader;
  /** As in the output of a plan: what is absent becomes null. */
  nullIfAbsent: boolean;
  findings: ValueFinding[];
}

/** Findings of one walk; further ones help nobody. */
const MOST_FINDINGS = 50;

/** Adds a finding for every part of the value that cannot fit the view, up to 50. */
export function walkValue(value: CompiledValue, view: SchemaView, walk: Walk): void {
  if (view.parts.length === 0 || walk.findings.length >= MOST_FINDINGS) return;
  switch (value.kind) {
    case "constant":
      for (const misfit of findMisfits(value.value, view)) walk.findings.push(constantFinding(misfit, value.pointer));
      return;
    case "template":
      walkWhole(value, view, walk);
      return;
    case "ref":
      walkReference(value, view, walk);
      if (value.fallback !== null) walkValue(value.fallback, view, walk);
      return;
    case "list":
      walkList(value, view, walk);
      return;
    case "object":
      walkObject(value, view, walk);
  }
}

function constantFinding(misfit: Misfit, pointer: string): ValueFinding {
  const { kind, keys, reason } = misfit;
  const place = pointer + jsonPointer(kind === "missing" ? keys.slice(0, -1) : keys);
  const fix: PatchOperation[] | null = kind === "extra" ? [{ op: "remove", path: place }] : null;
  const hint = { missing: "Add the field.", extra: "Remove the field.", value: "Write a value that fits." }[kind];
  return { kind: "constant", pointer: place, reason, hint, fix, isAdvisory: false };
}

type CompiledReference = Extract<CompiledValue, { kind: "ref" }>;

function walkReference(value: CompiledReference, view: SchemaView, walk: Walk): void {
  const { found, root } = typeOfPath(value.path, walk.reader, walk.typing);
  if (found.kind === "missing") return; // reported where references are typed
  if (walk.nullIfAbsent && value.fallback === null && (root.isUncertain || found.mayBeAbsent)) {
    walkWhole(value, view, walk);
    return;
  }
  const target = schemaOfView(view);
  if (!cannotFit(found.schema, target)) return;
  const repair = suggestRepair(value.path, found.schema, target);
  const pointer = `${value.pointer}/ref`;
  walk.findings.push({
    kind: "type",
    pointer,
    reason: `is '${value.path.text}', which does not fit: ${explainMismatch(found.schema, target)}`,
    hint: repair.hint,
    fix:
      repair.path === null
        ? null
        : renameReference(walk.typing.examination.decision, pointer, { from: "", to: repair.path }),
    isAdvisory: root.isAdvisory,
  });
}

/** Judges a value as a whole. */
function walkWhole(value: CompiledValue, view: SchemaView, walk: Walk): void {
  const { typing, reader, nullIfAbsent } = walk;
  const source = schemaOfValue(value, typing, { reader, nullIfAbsent });
  const target = schemaOfView(view);
  if (!cannotFit(source, target)) return;
  const isText = value.kind === "template";
  walk.findings.push({
    kind: "type",
    pointer: value.kind === "ref" ? `${value.pointer}/ref` : value.pointer,
    reason: isText
      ? `is a text, where ${describeView(view)} is needed`
      : `does not fit: ${explainMismatch(source, target)}`,
    hint: isText
      ? "Use a reference or a constant of that type instead of a template."
      : "Give a value of the type that is needed.",
    fix: null,
    isAdvisory: isAdvisoryValue(value, typing, reader),
  });
}

/** `no`, or a list of things of which none fits. */
function cannotFit(source: JsonSchema, target: JsonSchema): boolean {
  const fit = relate(source, target);
  return fit === "no" || (fit === "unknown" && onlyEmptyListFits(source, target));
}

function walkList(value: Extract<CompiledValue, { kind: "list" }>, view: SchemaView, walk: Walk): void {
  const lists = expandView(view).filter((leaf): leaf is ArrayLeaf => leaf.type === "array" && leaf.values === null);
  const only = lists.length === 1 ? lists[0]! : null;
  const count = value.items.length;
  if (only === null || count < only.minItems || count > only.maxItems) {
    walkWhole(value, view, walk);
    return;
  }
  for (const item of value.items) walkValue(item, only.items, walk);
}

function walkObject(value: Extract<CompiledValue, { kind: "object" }>, view: SchemaView, walk: Walk): void {
  const objects = expandView(view).filter((leaf): leaf is ObjectLeaf => leaf.type === "object" && leaf.values === null);
  const only = objects.length === 1 ? objects[0]! : null;
  if (only === null) {
    walkWhole(value, view, walk);
    return;
  }
  const given = new Set(value.fields.map(([key]) => key));
  for (const key of only.required) {
    if (given.has(key)) continue;
    walk.findings.push(constantFinding(missingField(key, only), value.pointer));
  }
  for (const [key, field] of value.fields) {
    if (!only.properties.has(key) && isNothing(only.additional)) {
      walk.findings.push(constantFinding(extraField(key), value.pointer));
      continue;
    }
    walkValue(field, propertyView(only, key), walk);
  }
}

/** A path close by whose type surely fits, and what to do. */
export function suggestRepair(
  path: Path,
  source: JsonSchema,
  target: JsonSchema,
): { path: string | null; hint: string } {
  const leaves = expandView(viewOf(source));
  const [leaf] = leaves;
  if (leaves.length === 1 && leaf?.type === "object") {
    const fitting = [...leaf.properties].filter(([, part]) => relate(schemaOfView(part), target) === "yes");
    const [field, ...others] = fitting;
    if (field !== undefined && others.length === 0) {
      const better = formatPath({ root: path.root, segments: [...path.segments, { kind: "key", key: field[0] }] });
      return { path: better, hint: `Use '${better}'.` };
    }
    const names = fitting.map(([key]) => `'${path.text}.${key}'`);
    if (names.length > 1) return { path: null, hint: `Use one of its fields: ${names.join(", ")}.` };
  }
  if (leaf?.type === "array" && relate(schemaOfView(leaf.items), target) !== "no") {
    const isMapped = path.segments.some((segment) => segment.kind === "each");
    const one = isMapped ? "the first of a select step" : `one element such as '${path.text}[0]'`;
    return { path: null, hint: `Use forEach over '${path.text}' with {"ref": "item"}, or ${one}.` };
  }
  const wanted = describeView(viewOf(target));
  return {
    path: null,
    hint: `Refer to something that is ${wanted}, or convert it with a step such as compute or select.`,
  };
}
