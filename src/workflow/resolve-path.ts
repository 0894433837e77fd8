/**
 * What a path of one file means in the plan. Owns: names of steps, groups, nested workflows and params. Must not: change
 * values (rewrite-value does), or judge what the plan checker judges as well: unknown steps of the file itself.
 */
import type { Path, Segment } from "../plan/compiled.ts";
import { ROOTS } from "../plan/decision.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { JsonValue } from "../shared/json.ts";
import { FAILED, type Form, type Frame } from "./expansion.ts";
import { mapPaths, type Problem, pathOf, refuseForm, type Walked, walkForm } from "./walk-form.ts";

export type Target = { path: { root: string; segments: readonly Segment[] } } | { form: JsonValue } | Problem;

/** Forms in terms of the plan, made when they are first needed; undefined where there are none. */
export interface Forms {
  output(frame: Frame): Form | undefined;
  param(frame: Frame, name: string): Form | undefined;
}

const NOTHING_MORE: Target = { form: null };

const ROOT_NAMES: ReadonlySet<string> = new Set(ROOTS);

export interface ResolveOptions {
  forms: Forms;
  /** Unknown names are refused here: the plan checker never sees them. */
  isStrict: boolean;
}

export function resolvePath(path: Path, frame: Frame, { forms, isStrict }: ResolveOptions): Target {
  const isChecked = !isStrict && frame.parent === null;
  const { root, segments } = path;
  if (root === "params" && frame.parent !== null) return resolveParam(segments, frame, forms);
  if (root === "status") return resolveStatus(path, frame, isChecked);
  if (ROOT_NAMES.has(root)) return { path };
  const id = frame.ids.get(root);
  if (id !== undefined) return { path: pathToStep(frame, id, segments) };
  const members = frame.groups.get(root);
  if (members !== undefined) return resolveGroup(path, frame, members);
  const child = frame.nested.get(root);
  if (child !== undefined) return resolveNested(child, segments, forms);
  return isChecked ? { path } : unknownName(root, frame);
}

/** Where steps run for each element of a list, they read the element's own. */
function pathToStep({ isRepeated }: Frame, root: string, segments: readonly Segment[]) {
  return { root, segments: isRepeated ? [{ kind: "here" } as const, ...segments] : segments };
}

function unknownName(name: string, frame: Frame): Problem {
  const known = [...frame.ids.keys(), ...frame.groups.keys(), ...frame.nested.keys()];
  const hint = `Refer to a step of this workflow: ${known.join(", ")}; what is outside comes in as a param.`;
  return refuseForm("PLAN_BAD_REF", `there is no step '${name}'${meantName(didYouMean(name, known))}`, hint);
}

function resolveGroup({ root, segments }: Path, frame: Frame, members: readonly string[]): Target {
  const [first, ...rest] = segments;
  if (first === undefined) {
    const fields = members.map((member): [string, JsonValue] => {
      const ref = pathToStep(frame, frame.ids.get(member) ?? member, []);
      return [member, { ref: `${ref.root}${ref.segments.length > 0 ? "[index]" : ""}`, default: null }];
    });
    return { form: Object.fromEntries(fields) };
  }
  const id = first.kind === "key" && members.includes(first.key) ? frame.ids.get(first.key) : undefined;
  if (id !== undefined) return { path: pathToStep(frame, id, rest) };
  const guess = first.kind === "key" ? meantName(didYouMean(first.key, members)) : "";
  const hint = `After a group's id comes one of its members: ${members.join(", ")}.`;
  return refuseForm("PLAN_BAD_REF", `group '${root}' has no such member${guess}`, hint);
}

function resolveStatus(path: Path, frame: Frame, isChecked: boolean): Target {
  const [first, ...rest] = path.segments;
  if (first?.kind !== "key") return { path };
  const { key } = first;
  const id = frame.ids.get(key);
  if (id !== undefined) return { path: { root: "status", segments: [{ kind: "key", key: id }, ...rest] } };
  const isMany = frame.groups.has(key) || frame.nested.has(key);
  const hint = `Write status.STEP for one of its steps${frame.groups.has(key) ? `: ${frame.groups.get(key)?.join(", ")}` : ""}.`;
  if (isMany) return refuseForm("PLAN_BAD_REF", `'${key}' is several steps, each with a status of its own`, hint);
  return isChecked ? { path } : unknownName(key, frame);
}

function resolveParam(segments: readonly Segment[], frame: Frame, forms: Forms): Target {
  const [first, ...rest] = segments;
  const declared = Object.keys(frame.workflow.params ?? {});
  if (first?.kind !== "key") {
    const hint = `Name one of the params of '${frame.workflow.name}': ${declared.join(", ") || "there are none"}.`;
    return refuseForm("PLAN_BAD_REF", "params of a nested workflow are read one by one", hint);
  }
  const form = forms.param(frame, first.key);
  if (form === FAILED) return NOTHING_MORE;
  if (form !== undefined) return walkForm(form, rest);
  const guess = meantName(didYouMean(first.key, declared));
  const hint = `Declare it under params of '${frame.workflow.name}'.`;
  return refuseForm("PLAN_BAD_REF", `there is no param '${first.key}'${guess}`, hint);
}

function resolveNested(child: Frame, segments: readonly Segment[], forms: Forms): Target {
  const form = forms.output(child);
  const name = child.workflow.name;
  if (form === FAILED) return NOTHING_MORE;
  if (form === undefined) {
    const hint = `Give workflow '${name}' an output, such as {"summary": {"ref": "summary.text"}}.`;
    return refuseForm("PLAN_BAD_REF", `workflow '${name}' has no output to read`, hint);
  }
  return child.node?.forEach === undefined ? walkForm(form, segments) : resolveRepeated(child, form, segments);
}

/** The list of the outputs of a repeated workflow, of which no step gives the whole. */
function resolveRepeated(child: Frame, form: JsonValue, segments: readonly Segment[]): Target {
  const [place, ...rest] = segments;
  const id = child.node?.id ?? "";
  if (place?.kind === "key") {
    const hint = `Write ${id}[*].${place.key} for all, ${id}[0].${place.key} for the first.`;
    return refuseForm("PLAN_BAD_SCOPE", `'${id}' is a list, one output for each element`, hint);
  }
  const found: Walked = walkForm(form, rest);
  if ("problem" in found) return found;
  if (place === undefined || place.kind === "each") {
    const path = pathOf(found.form);
    const [first, ...others] = path?.segments ?? [];
    if (path !== null && first?.kind === "here" && (place !== undefined || others.length === 0)) {
      return { path: { root: path.root, segments: place === undefined ? [] : [place, ...others] } };
    }
    const hint = `Read one entry of the output at a time, such as ${id}[*].KEY, where the entry is a reference to a step of it.`;
    return refuseForm("PLAN_BAD_SCOPE", "a repeated workflow has no list of whole outputs", hint);
  }
  const moved = mapPaths(found.form, (path) =>
    path.root === "item" || path.root === "index" ? null : moveHere(path, place),
  );
  const hint = "Let its output come from steps, not from the element.";
  return moved === undefined ? refuseForm("PLAN_BAD_SCOPE", "this depends on the element", hint) : { form: moved };
}

function moveHere(path: Path, place: Segment): Path {
  const segments = path.segments.map((segment) => (segment.kind === "here" ? place : segment));
  return { ...path, segments };
}
