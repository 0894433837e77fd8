/**
 * What a nested workflow is given and what it gives, as values of the plan: its params in terms of the file around it,
 * its output in terms of its steps. Owns: that each is made once, and that those which need themselves are refused.
 */
import { type Issue, jsonPointer } from "../error/issue.ts";
import { listReferences } from "../plan/compile-plan.ts";
import { compileValue } from "../plan/compile-value.ts";
import type { JsonValue } from "../shared/json.ts";
import { missingParam, paramProblem, unknownParams, wrongParam } from "./bind-params.ts";
import { type Expansion, FAILED, type Form, type Frame, report, takeRoom } from "./expansion.ts";
import type { Forms } from "./resolve-path.ts";
import { rewriteValue } from "./rewrite-value.ts";
import { asForm, constantOf } from "./walk-form.ts";
import type { Nested, Param } from "./workflow.ts";

export function createForms(expansion: Expansion): Forms {
  const forms: Forms = {
    output: (frame) => {
      const { output } = frame.workflow;
      if (output === undefined) return undefined;
      const make = () =>
        rewriteValue(output, { file: "/output", plan: null }, { expansion, frame, forms, hasElement: false });
      return once(expansion, { frame, key: "output", pointer: "/output" }, make);
    },
    param: (frame, name) => {
      const declared = frame.workflow.params ?? {};
      const param = Object.hasOwn(declared, name) ? declared[name] : undefined;
      if (param === undefined) return undefined;
      return once(expansion, { frame, key: `params/${name}`, pointer: "" }, () =>
        makeParam({ expansion, frame, forms, name, param }),
      );
    },
  };
  return forms;
}

interface FormPlace {
  frame: Frame;
  key: string;
  pointer: string;
}

function once(expansion: Expansion, { frame, key, pointer }: FormPlace, make: () => Form): Form {
  const { forms, open, issues } = expansion;
  const made = forms.get(frame) ?? new Map<string, Form>();
  forms.set(frame, made);
  const known = made.get(key);
  if (known !== undefined) return known;
  const mark = `${frameName(frame)}/${key}`;
  if (open.has(mark)) {
    const message = `The ${key === "output" ? "output" : "params"} of '${frame.node?.id ?? frame.workflow.name}' would be made from themselves.`;
    report(expansion, {
      frame,
      pointer,
      code: "PLAN_CYCLE",
      message,
      hint: "Cut the circle: nested workflows can't feed each other.",
    });
    return FAILED;
  }
  const before = issues.length;
  open.add(mark);
  const form = make();
  open.delete(mark);
  const isRight = form !== FAILED && issues.length === before;
  const found = isRight && takeRoom(expansion, ROOM_PER_PART * countParts(form), { frame, pointer }) ? form : FAILED;
  made.set(key, found);
  return found;
}

/** Parts of one form; what has more is no value that anybody wrote. */
const MOST_PARTS = 50_000;
const ROOM_PER_PART = 32;

function countParts(form: JsonValue): number {
  const pending: JsonValue[] = [form];
  let count = 0;
  for (let part = pending.pop(); part !== undefined && count <= MOST_PARTS; part = pending.pop()) {
    count += 1;
    if (typeof part === "object" && part !== null) pending.push(...Object.values(part));
  }
  return count > MOST_PARTS ? Number.POSITIVE_INFINITY : count;
}

function frameName(frame: Frame): string {
  return frame.parent === null ? "" : `${frameName(frame.parent)}.${frame.node?.id ?? ""}`;
}

interface ParamPlace {
  expansion: Expansion;
  frame: Frame;
  forms: Forms;
  name: string;
  param: Param;
}

function makeParam({ expansion, frame, forms, name, param }: ParamPlace): Form {
  const { node, parent } = frame;
  const given = node?.params;
  if (parent === null || given === undefined || !Object.hasOwn(given, name)) return asForm(param.default ?? null);
  const file = `${frame.pointer}/params${jsonPointer([name])}`;
  const value = rewriteValue(
    given[name] ?? null,
    { file, plan: null },
    { expansion, frame: parent, forms, hasElement: node?.forEach !== undefined },
  );
  if (!frame.isRepeated && usesElement(value)) {
    const message = `Param '${name}' of '${node?.id}' looks at an element, but the workflow is not repeated.`;
    report(expansion, {
      frame: parent,
      pointer: file,
      code: "PLAN_BAD_SCOPE",
      message,
      hint: "Give the nested workflow a forEach.",
    });
    return FAILED;
  }
  return value;
}

function usesElement(value: JsonValue): boolean {
  return listReferences(compileValue(value, "").value, "input").some(
    ({ path }) => path.root === "item" || path.root === "index" || path.segments.some(({ kind }) => kind === "here"),
  );
}

/** Params of every nested workflow: known names, and right values where they are known before the run. */
export function checkNestedParams(expansion: Expansion, forms: Forms, frame: Frame): void {
  for (const child of frame.nested.values()) {
    checkParams(expansion, forms, { child, parent: frame, node: child.node });
    checkNestedParams(expansion, forms, child);
  }
}

interface NestedPlace {
  child: Frame;
  parent: Frame;
  node: Nested | null;
}

function checkParams(expansion: Expansion, forms: Forms, place: NestedPlace): void {
  const { child, parent, node } = place;
  const declared = child.workflow.params ?? {};
  const names = Object.keys(node?.params ?? {});
  const issues = unknownParams(declared, names, { workflow: child.workflow.name, path: `${child.pointer}/params` });
  for (const [name, param] of Object.entries(declared)) issues.push(...checkParam(forms, place, { name, param }));
  for (const { code, path: pointer, message, hint } of issues) {
    report(expansion, { frame: parent, pointer, code, message, hint });
  }
}

function checkParam(
  forms: Forms,
  { child, node }: NestedPlace,
  { name, param }: { name: string; param: Param },
): Issue[] {
  const isGiven = Object.hasOwn(node?.params ?? {}, name);
  if (!isGiven && param.default === undefined) {
    return [{ ...missingParam(name, param, child.pointer), hint: `Add it under params of '${node?.id ?? ""}'.` }];
  }
  const form = forms.param(child, name);
  const constant = form === undefined || form === FAILED ? null : constantOf(form);
  const problem = constant === null ? null : paramProblem(param, constant.value);
  if (problem === null || constant === null) return [];
  const path = isGiven ? `${child.pointer}/params${jsonPointer([name])}` : child.pointer;
  return [wrongParam({ name, param, value: constant.value, path, problem })];
}
