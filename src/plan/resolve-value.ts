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
import type { Found, Labelled, Scope } from "./scope.ts";
import { createMeter, type Meter, TEMPLATE_CHARS, takeValue } from "./value-size.ts";

/** `label` of an absent value: what was looked at to find that out. Too large: more than value-size.ts allows. */
export type Resolved =
  | ({ kind: "value" } & Labelled)
  | { kind: "absent"; ref: Path; label: Label }
  | { kind: "too-large"; label: Label };

/** A reference of an output that had no value: `path` is a JSON Pointer into the output (CONTRACTS 1). */
export interface MissingReference {
  path: string;
  ref: string;
}

type CompiledRef = Extract<CompiledValue, { kind: "ref" }>;

/**
 * Resolves a value. One absent reference without default makes the whole value absent (`ref` names the first).
 * The label joins every source read, the plan's literal label where a literal was used, the fallback's where one
 * stood in, and then also that of a source that lacked it. A map or list itself adds no label. Everything resolved
 * with one `meter` counts together.
 */
export function resolveValue(compiled: CompiledValue, scope: Scope, meter: Meter = createMeter()): Resolved {
  switch (compiled.kind) {
    case "constant":
      return { kind: "value", value: compiled.value, label: scope.literalLabel };
    case "ref":
      return resolveReference(compiled, scope, meter);
    case "template":
      return resolveTemplate(compiled.parts, scope, meter);
    case "list":
      return resolveParts(compiled.items, { scope, meter, build: (values) => values });
    case "object": {
      const { fields } = compiled;
      const build = (values: JsonValue[]): JsonValue => toObject(fields, values);
      return resolveParts(
        fields.map(([, field]) => field),
        { scope, meter, build },
      );
    }
  }
}

/** Reads one path: its value with its label, or what is known where it is absent. */
export function readReference(path: Path, scope: Scope): Found {
  const source = scope.read(path.root, path.segments);
  if (source.value === ABSENT) return source;
  return { value: readPath(source.value, path.segments, scope.index), label: source.label };
}

function resolveReference(compiled: CompiledRef, scope: Scope, meter: Meter): Resolved {
  const { value, label } = readReference(compiled.path, scope);
  if (value !== ABSENT) return takeValue(meter, value) ? { kind: "value", value, label } : { kind: "too-large", label };
  if (compiled.fallback === null) return { kind: "absent", ref: compiled.path, label };
  const fallback = resolveValue(compiled.fallback, scope, meter);
  return { ...fallback, label: joinLabels(label, fallback.label) };
}

function resolveTemplate(parts: readonly (string | Path)[], scope: Scope, meter: Meter): Resolved {
  let label = scope.literalLabel;
  if (meter.left < 0) return { kind: "too-large", label };
  let text = "";
  for (const part of parts) {
    if (typeof part === "string") {
      text += part;
      continue;
    }
    const read = readReference(part, scope);
    label = joinLabels(label, read.label);
    if (read.value === ABSENT) return { kind: "absent", ref: part, label };
    const added = renderWithin(read.value, text.length);
    if (added === null) return { kind: "too-large", label };
    text += added;
  }
  return takeValue(meter, text) ? { kind: "value", value: text, label } : { kind: "too-large", label };
}

/** The value as text; null where the template's text would become too long with it. */
function renderWithin(value: JsonValue, length: number): string | null {
  const chars = typeof value === "string" ? TEMPLATE_CHARS : TEMPLATE_CHARS * COUNTED_PER_RENDERED;
  if (!takeValue(createMeter(chars), value)) return null;
  const text = renderInTemplate(value);
  return length + text.length > TEMPLATE_CHARS ? null : text;
}

/** A list of short values reads as less than it counts. */
const COUNTED_PER_RENDERED = 4;

interface PartsOptions {
  scope: Scope;
  meter: Meter;
  build: (values: JsonValue[]) => JsonValue;
}

function resolveParts(parts: readonly CompiledValue[], { scope, meter, build }: PartsOptions): Resolved {
  let label = TRUSTED;
  const values: JsonValue[] = [];
  for (const part of parts) {
    const resolved = resolveValue(part, scope, meter);
    label = joinLabels(label, resolved.label);
    if (resolved.kind !== "value") return { ...resolved, label };
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
  meter: Meter;
}

/**
 * Resolves a decision's `output`: an absent reference becomes null (in a template: "") and is listed in `missing`,
 * in the order written; where a default is absent as well, the reference before it is named. What no longer fits is
 * left out (null), and `isTooLarge` says so.
 */
export function resolveOutput(compiled: CompiledValue, scope: Scope): ResolvedOutput {
  const resolution: OutputResolution = { scope, label: TRUSTED, missing: [], meter: createMeter() };
  const value = resolvePart(compiled, "", resolution);
  const { label, missing, meter } = resolution;
  return { value, label, missing, isTooLarge: meter.left < 0 };
}

type ResolvedOutput = Labelled & { missing: MissingReference[]; isTooLarge: boolean };

function resolvePart(compiled: CompiledValue, path: string, resolution: OutputResolution): JsonValue {
  if (resolution.meter.left < 0) return null;
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
    if (read.value !== ABSENT) return takeValue(resolution.meter, read.value) ? read.value : null;
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
    else text += renderWithin(read.value, text.length) ?? giveUp(resolution.meter);
  }
  return takeValue(resolution.meter, text) ? text : "";
}

function giveUp(meter: Meter): string {
  meter.left = -1;
  return "";
}
