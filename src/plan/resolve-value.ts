/**
 * Gives compiled values their data: the reference resolver, the only place that joins labels (SAFETY, security 1).
 * Owns: what absent means. Must not: change or copy sources (results share structure with them), parse what it
 * resolved, or know where a scope gets its data.
 */
import { jsonPointer } from "../error/issue.ts";
import { joinLabels, type Label, TRUSTED } from "../policy/label.ts";
import type { JsonValue } from "../shared/json.ts";
import type { CompiledValue, Path } from "./compiled.ts";
import { ABSENT, readPath } from "./path.ts";
import { renderInTemplate } from "./render-template.ts";
import type { Labelled, Scope } from "./scope.ts";

/** `label` of an absent value: what was looked at to find that out. */
export type Resolved = ({ kind: "value" } & Labelled) | { kind: "absent"; ref: Path; label: Label };

/** A reference of an output that had no value: `path` is a JSON Pointer into the output (CONTRACTS 1). */
export interface MissingReference {
  path: string;
  ref: string;
}

type CompiledRef = Extract<CompiledValue, { kind: "ref" }>;

/**
 * Resolves a value. One absent reference without default makes the whole value absent (`ref` names the first).
 * The label joins every source read, the plan's literal label where a literal was used, the fallback's where one
 * stood in, and then also that of a source whose shape decided so. A map or list itself adds no label.
 */
export function resolveValue(compiled: CompiledValue, scope: Scope): Resolved {
  switch (compiled.kind) {
    case "constant":
      return { kind: "value", value: compiled.value, label: scope.literalLabel };
    case "ref":
      return resolveReference(compiled, scope);
    case "template":
      return resolveTemplate(compiled.parts, scope);
    case "list":
      return resolveParts(compiled.items, scope, (values) => values);
    case "object":
      return resolveParts(
        compiled.fields.map(([, field]) => field),
        scope,
        (values) => toObject(compiled.fields, values),
      );
  }
}

/** Reads one path: its value with its label, or what is known where it is absent. */
export function readReference(path: Path, scope: Scope): { value: JsonValue | typeof ABSENT; label: Label } {
  const source = scope.read(path.root, path.segments);
  if (source === ABSENT) return { value: ABSENT, label: TRUSTED };
  return { value: readPath(source.value, path.segments, scope.index), label: source.label };
}

function resolveReference(compiled: CompiledRef, scope: Scope): Resolved {
  const { value, label } = readReference(compiled.path, scope);
  if (value !== ABSENT) return { kind: "value", value, label };
  if (compiled.fallback === null) return { kind: "absent", ref: compiled.path, label };
  const fallback = resolveValue(compiled.fallback, scope);
  return { ...fallback, label: joinLabels(label, fallback.label) };
}

function resolveTemplate(parts: readonly (string | Path)[], scope: Scope): Resolved {
  let label = scope.literalLabel;
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const read = readReference(part, scope);
    label = joinLabels(label, read.label);
    if (read.value === ABSENT) return { kind: "absent", ref: part, label };
    text += renderInTemplate(read.value);
  }
  return { kind: "value", value: text, label };
}

function resolveParts(
  parts: readonly CompiledValue[],
  scope: Scope,
  build: (values: JsonValue[]) => JsonValue,
): Resolved {
  let label = TRUSTED;
  const values: JsonValue[] = [];
  for (const part of parts) {
    const resolved = resolveValue(part, scope);
    label = joinLabels(label, resolved.label);
    if (resolved.kind === "absent") return { ...resolved, label };
    values.push(resolved.value);
  }
  return { kind: "value", value: build(values), label };
}

/** `Object.fromEntries` defines own properties, so even `__proto__` would only be a key. */
function toObject(fields: readonly [string, CompiledValue][], values: readonly JsonValue[]): JsonValue {
  return Object.fromEntries(fields.map(([key], place) => [key, values[place] ?? null]));
}

interface OutputResolution {
  scope: Scope;
  label: Label;
  missing: MissingReference[];
}

/**
 * Resolves a decision's `output`: an absent reference becomes null (in a template: "") and is listed in `missing`,
 * in the order written; where a default is absent as well, the reference before it is named.
 */
export function resolveOutput(compiled: CompiledValue, scope: Scope): Labelled & { missing: MissingReference[] } {
  const resolution: OutputResolution = { scope, label: TRUSTED, missing: [] };
  const value = resolvePart(compiled, "", resolution);
  return { value, label: resolution.label, missing: resolution.missing };
}

function resolvePart(compiled: CompiledValue, path: string, resolution: OutputResolution): JsonValue {
  switch (compiled.kind) {
    case "constant":
      resolution.label = joinLabels(resolution.label, resolution.scope.literalLabel);
      return compiled.value;
    case "ref":
      return resolveOutputReference(compiled, path, resolution);
    case "template":
      return resolveOutputTemplate(compiled.parts, path, resolution);
    case "list":
      return compiled.items.map((item, place) => resolvePart(item, `${path}/${place}`, resolution));
    case "object": {
      const { fields } = compiled;
      return toObject(
        fields,
        fields.map(([key, field]) => resolvePart(field, path + jsonPointer([key]), resolution)),
      );
    }
  }
}

function resolveOutputReference(compiled: CompiledRef, path: string, resolution: OutputResolution): JsonValue {
  let current: CompiledValue = compiled;
  while (current.kind === "ref") {
    const read = readReference(current.path, resolution.scope);
    resolution.label = joinLabels(resolution.label, read.label);
    if (read.value !== ABSENT) return read.value;
    if (current.fallback === null) {
      resolution.missing.push({ path, ref: compiled.path.text });
      return null;
    }
    current = current.fallback;
  }
  return resolvePart(current, path, resolution);
}

function resolveOutputTemplate(parts: readonly (string | Path)[], path: string, resolution: OutputResolution): string {
  resolution.label = joinLabels(resolution.label, resolution.scope.literalLabel);
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const read = readReference(part, resolution.scope);
    resolution.label = joinLabels(resolution.label, read.label);
    if (read.value === ABSENT) resolution.missing.push({ path, ref: part.text });
    else text += renderInTemplate(read.value);
  }
  return text;
}
