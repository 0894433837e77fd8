/**
 * Reads further into a value of the plan language without running anything: what `{"ref": "inner.a.b"}` means where
 * `inner` stands for a value that holds references itself. Owns: that reading, and changing a value's paths.
 * Must not: know steps or workflows.
 */
import type { Issue } from "../error/issue.ts";
import { compileTemplate } from "../plan/compile-template.ts";
import { compileValue } from "../plan/compile-value.ts";
import type { Path, Segment } from "../plan/compiled.ts";
import { ABSENT, formatPath, parsePath, readPath } from "../plan/path.ts";
import { renderInTemplate } from "../plan/render-template.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";

export interface Problem {
  problem: { code: Issue["code"]; message: string; hint: string };
}

export type Walked = { form: JsonValue } | Problem;

export function refuseForm(code: Issue["code"], message: string, hint: string): Problem {
  return { problem: { code, message, hint } };
}

/** What a reference with these segments finds in a form. */
export function walkForm(form: JsonValue, segments: readonly Segment[]): Walked {
  const [first, ...rest] = segments;
  if (first === undefined) return { form };
  const constant = constantOf(form);
  if (constant !== null) {
    const found = readPath(constant.value, segments, null);
    return found === ABSENT ? missing(constant.value, first) : { form: asForm(found) };
  }
  if (isJsonObject(form) && typeof form.ref === "string") return walkReference(form, segments);
  const part = partOf(form, first);
  if (part === ABSENT) return missing(form, first);
  if (part !== null) return walkForm(part.form, rest);
  const hint = "Refer to one part by its key or place, or give the workflow's output another entry for it.";
  return refuseForm("PLAN_BAD_PATH", "the path goes on where the value is put together only when the run ends", hint);
}

/** The part at a segment, ABSENT where there is none; null where the form has no parts of that kind. */
function partOf(form: JsonValue, segment: Segment): { form: JsonValue } | typeof ABSENT | null {
  if (segment.kind === "at" && Array.isArray(form)) {
    const item = form[segment.index];
    return item === undefined ? ABSENT : { form: item };
  }
  if (segment.kind !== "key" || !isJsonObject(form) || Object.hasOwn(form, "template")) return null;
  return Object.hasOwn(form, segment.key) ? { form: form[segment.key] ?? null } : ABSENT;
}

function missing(value: JsonValue, segment: Segment): Problem {
  const keys = isJsonObject(value) ? Object.keys(value) : [];
  const key = segment.kind === "key" ? segment.key : null;
  const guess = key === null ? "" : meantName(didYouMean(key, keys));
  const list = keys.length === 0 ? "Refer to the whole value." : `It has: ${keys.join(", ")}.`;
  return refuseForm("PLAN_BAD_REF", `there is no ${key === null ? "such place" : `'${key}'`} in it${guess}`, list);
}

function walkReference(form: JsonObject, segments: readonly Segment[]): Walked {
  const parsed = parsePath(String(form.ref));
  if (!parsed.ok) return refuseForm("PLAN_BAD_PATH", "it stands for something that is no path", parsed.hint);
  const { root, segments: own } = parsed.path;
  const ref = formatPath({ root, segments: [...own, ...segments] });
  if (!Object.hasOwn(form, "default")) return { form: { ref } };
  const fallback = walkForm(form.default ?? null, segments);
  // Where the default has nothing at that place, the value is absent as well.
  return { form: "form" in fallback ? { ref, default: fallback.form } : { ref } };
}

/** The JSON that a form always gives, or null where it depends on the run. */
export function constantOf(form: JsonValue): { value: JsonValue } | null {
  const { value } = compileValue(form, "");
  return value.kind === "constant" ? { value: value.value } : null;
}

/** Data as a form: wrapped where it would be taken for one. */
export function asForm(data: JsonValue): JsonValue {
  const { value, issues } = compileValue(data, "");
  const isItself = issues.length === 0 && value.kind === "constant" && Object.is(value.value, data);
  return isItself ? data : { literal: data };
}

/** The path of a form that is nothing but a reference, without a default. */
export function pathOf(form: JsonValue): Path | null {
  if (!isJsonObject(form) || typeof form.ref !== "string" || Object.keys(form).length !== 1) return null;
  const parsed = parsePath(form.ref);
  return parsed.ok ? parsed.path : null;
}

/** The form with `fallback` where it is absent; undefined where that can't be said. */
export function withDefault(form: JsonValue, fallback: JsonValue): JsonValue | undefined {
  if (constantOf(form) !== null) return form;
  if (!isJsonObject(form) || typeof form.ref !== "string") return undefined;
  if (!Object.hasOwn(form, "default")) return { ...form, default: fallback };
  const inner = withDefault(form.default ?? null, fallback);
  return inner === undefined ? undefined : { ...form, default: inner };
}

/** What takes a path's place in a template: another path, or text in the template's own notation. */
export type TemplatePart = { path: Path } | { source: string };

/** The part for a form, or null where a text can't hold it. */
export function templatePart(form: JsonValue): TemplatePart | null {
  const path = pathOf(form);
  if (path !== null) return { path };
  if (isJsonObject(form) && typeof form.template === "string") return { source: form.template };
  const constant = constantOf(form);
  return constant === null ? null : { source: escapeTemplate(renderInTemplate(constant.value)) };
}

/** The text with `replace` applied to each of its paths; null where the parts can't stand side by side. */
export function mapTemplate(text: string, replace: (path: Path) => TemplatePart): string | null {
  const { parts, issues } = compileTemplate(text, "");
  if (issues.length > 0) return text;
  const wanted: string[] = [];
  const written = parts.map((part) => {
    if (typeof part === "string") return escapeTemplate(part);
    const next = replace(part);
    if ("path" in next) wanted.push(formatPath(next.path));
    else
      for (const inner of compileTemplate(next.source, "").parts)
        if (typeof inner !== "string") wanted.push(formatPath(inner));
    return "path" in next ? `{{${formatPath(next.path)}}}` : next.source;
  });
  const joined = written.join("");
  const check = compileTemplate(joined, "");
  const found = check.parts.filter((part) => typeof part !== "string").map(formatPath);
  return check.issues.length === 0 && found.join() === wanted.join() ? joined : null;
}

function escapeTemplate(text: string): string {
  return text.replaceAll("{{", "{{{{");
}

/** The form with every path replaced, in references, defaults and templates; null where one can't be (`replace` says). */
export function mapPaths(form: JsonValue, replace: (path: Path) => Path | null): JsonValue | undefined {
  if (typeof form !== "object" || form === null) return form;
  if (Array.isArray(form)) return allOf(form.map((item) => mapPaths(item, replace)));
  if (typeof form.ref === "string") return mapReference(form, replace);
  const keys = Object.keys(form);
  if (keys.length === 1 && Object.hasOwn(form, "literal")) return form;
  if (keys.length === 1 && typeof form.template === "string") {
    let isPossible = true;
    const template = mapTemplate(form.template, (path) => {
      const next = replace(path);
      if (next === null) isPossible = false;
      return { path: next ?? path };
    });
    return isPossible && template !== null ? { template } : undefined;
  }
  const fields = allOf(keys.map((key) => mapPaths(form[key] ?? null, replace)));
  return fields === undefined ? undefined : Object.fromEntries(keys.map((key, place) => [key, fields[place] ?? null]));
}

function mapReference(form: JsonObject, replace: (path: Path) => Path | null): JsonValue | undefined {
  const parsed = parsePath(String(form.ref));
  const next = parsed.ok ? replace(parsed.path) : null;
  if (next === null) return undefined;
  const ref = formatPath(next);
  if (!Object.hasOwn(form, "default")) return { ref };
  const fallback = mapPaths(form.default ?? null, replace);
  return fallback === undefined ? undefined : { ref, default: fallback };
}

function allOf(parts: readonly (JsonValue | undefined)[]): JsonValue[] | undefined {
  return parts.some((part) => part === undefined) ? undefined : (parts as JsonValue[]);
}
