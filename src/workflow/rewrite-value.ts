/**
 * Values and conditions of one file in terms of the plan: groups, nested workflows and their params give way to what
 * they stand for. Owns: that nothing else changes, and where each part came from. Must not: judge what stays as it is:
 * what isn't well formed is left for the plan checker.
 */
import { jsonPointer } from "../error/issue.ts";
import type { Path, Segment } from "../plan/compiled.ts";
import { formatPath, parsePath } from "../plan/path.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { type Expansion, FAILED, type Form, type Frame, locate, report, takeRoom } from "./expansion.ts";
import { type Forms, resolvePath, type Target } from "./resolve-path.ts";
import {
  mapTemplate,
  type Problem,
  refuseForm,
  type TemplatePart,
  templatePart,
  walkForm,
  withDefault,
} from "./walk-form.ts";

export interface Rewriting {
  expansion: Expansion;
  frame: Frame;
  forms: Forms;
  /** The step has a list of its own: `item`, `index` and `[index]` are its element's. */
  hasElement: boolean;
  /** Unknown names are refused here: the plan checker never sees them. */
  isStrict?: boolean;
  /** What the root `output` stands for in success criteria. */
  output?: Form;
  /** A nested workflow without an output has none for its criteria either. */
  lacksOutput?: boolean;
}

/** Where a value stands: in the frame's file, and in the plan; null for what is put into the plan at other places. */
export interface Place {
  file: string;
  plan: string | null;
}

export function below({ file, plan }: Place, ...keys: (string | number)[]): Place {
  const path = jsonPointer(keys);
  return { file: file + path, plan: plan === null ? null : plan + path };
}

/** Fields of a map that is no form itself, such as a step's input. */
export function rewriteFields(fields: JsonObject, place: Place, rewriting: Rewriting): JsonObject {
  const entries = Object.entries(fields).map(([key, field]): [string, JsonValue] => [
    key,
    rewriteValue(field, below(place, key), rewriting),
  ]);
  return Object.fromEntries(entries);
}

export function rewriteValue(value: JsonValue, place: Place, rewriting: Rewriting): JsonValue {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, at) => rewriteValue(item, below(place, at), rewriting));
  if (Object.hasOwn(value, "ref")) return rewriteReference(value, place, rewriting);
  const isSingle = Object.keys(value).length === 1;
  if (isSingle && typeof value.template === "string") return rewriteTemplate(value.template, place, rewriting);
  return isSingle && Object.hasOwn(value, "literal") ? value : rewriteFields(value, place, rewriting);
}

function rewriteReference(value: JsonObject, place: Place, rewriting: Rewriting): JsonValue {
  const isForm = Object.keys(value).every((key) => key === "ref" || key === "default");
  const parsed = typeof value.ref === "string" && isForm ? parsePath(value.ref) : null;
  if (parsed?.ok !== true) return value;
  const target = targetOf(parsed.path, rewriting);
  const told = { path: parsed.path, file: `${place.file}/ref` };
  if ("problem" in target) return tell(target, told, rewriting);
  const hasDefault = Object.hasOwn(value, "default");
  const fallback = hasDefault ? rewriteValue(value.default ?? null, below(place, "default"), rewriting) : undefined;
  if ("path" in target)
    return { ref: textOf(parsed.path, target.path), ...(fallback === undefined ? {} : { default: fallback }) };
  const form = fallback === undefined ? target.form : withDefault(target.form, fallback);
  if (form === undefined) {
    const hint = "Leave the default out: the object itself is always there. Or refer to one part of it.";
    const what = "what it stands for is put together from several parts, and takes no default";
    return tell(refuseForm("PLAN_BAD_FORM", what, hint), told, rewriting);
  }
  setSource(place, rewriting);
  return form;
}

export function textOf(before: Path, after: { root: string; segments: readonly Segment[] }): string {
  const isSame = before.root === after.root && before.segments === after.segments;
  return isSame ? before.text : formatPath(after);
}

function rewriteTemplate(text: string, place: Place, rewriting: Rewriting): JsonValue {
  const at = below(place, "template");
  let isChanged = false;
  const template = mapTemplate(text, (path) => {
    const part = partFor(path, at, rewriting);
    isChanged ||= !("path" in part) || formatPath(part.path) !== formatPath(path);
    return part;
  });
  if (!isChanged) return { template: text };
  const { expansion, frame } = rewriting;
  if (template !== null && takeRoom(expansion, template.length, { frame, pointer: at.file })) return { template };
  if (template !== null) return { template: "" };
  const message = "With the texts that take the places of its paths, the template can't be written.";
  const hint = "Put a space before the braces.";
  report(expansion, { frame, pointer: at.file, code: "PLAN_BAD_TEMPLATE", message, hint });
  return { template: "" };
}

function partFor(path: Path, at: Place, rewriting: Rewriting): TemplatePart {
  const target = targetOf(path, rewriting);
  if ("path" in target) return { path: { text: "", root: target.path.root, segments: [...target.path.segments] } };
  const part = "form" in target ? templatePart(target.form) : null;
  if (part !== null) return part;
  const hint = "Refer to one part of it; texts hold single values.";
  const problem =
    "problem" in target ? target : refuseForm("PLAN_BAD_TEMPLATE", "a text can't hold several values at once", hint);
  tell(problem, { path, file: at.file }, rewriting);
  return { source: "" };
}

export function targetOf(
  path: Path,
  { frame, forms, hasElement, output, isStrict = false, lacksOutput = false }: Rewriting,
): Target {
  const usesElement =
    path.root === "item" || path.root === "index" || path.segments.some(({ kind }) => kind === "here");
  if (usesElement && frame.isRepeated && !hasElement) {
    return refuseForm(
      "PLAN_BAD_SCOPE",
      "there is no list here whose element that would be",
      "Pass the element, or what is needed of it, as a param.",
    );
  }
  if (path.root === "output" && lacksOutput) {
    return refuseForm("PLAN_BAD_REF", "the workflow has no output", "Give it an output, or look at one of its steps.");
  }
  if (path.root === "output" && output === FAILED) return { form: null };
  if (path.root === "output" && output !== undefined && output !== FAILED) return walkForm(output, path.segments);
  return resolvePath(path, frame, { forms, isStrict });
}

/** Where a problem was told, something stands that says nothing more. */
export function tell({ problem }: Problem, { path, file }: { path: Path; file: string }, rewriting: Rewriting): null {
  const { expansion, frame } = rewriting;
  const { code, message, hint } = problem;
  report(expansion, {
    frame,
    pointer: file,
    code,
    message: `'${path.text.slice(0, 80)}' can't be used: ${message}.`,
    hint,
  });
  return null;
}

function setSource({ file, plan }: Place, { expansion, frame }: Rewriting): void {
  if (plan !== null) expansion.sources.set(plan, { location: locate(frame, file), isWhole: true });
}
