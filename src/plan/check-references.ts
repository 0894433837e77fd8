/**
 * Third pass: everything that is named exists, is in scope and comes in an order that is possible.
 * Owns: roots, `after`, `status`, cycles. Must not: look below a root at fields (the type pass does).
 */
import type { Issue, PatchOperation } from "../error/issue.ts";
import type { KnownStep } from "./check-context.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import type { CompiledStep } from "./compile-plan.ts";
import type { Path, Reference } from "./compiled.ts";
import { ROOTS } from "./decision.ts";
import { formatPath } from "./path.ts";
import { findCycle } from "./plan-graph.ts";
import { renameReference } from "./rename-reference.ts";
import { type Advice, suggestName } from "./step-names.ts";

const ROOT_NAMES: ReadonlySet<string> = new Set(ROOTS);
const NO_ADVICE: Advice = { name: null, words: "" };

export function checkReferences(examination: Examination): Issue[] {
  const { plan } = examination;
  const issues: Issue[] = [];
  for (const step of plan.steps) {
    for (const reference of step.references) issues.push(...checkReference(reference, step, examination));
    issues.push(...checkAfter(step, examination));
  }
  for (const reference of plan.references) issues.push(...checkReference(reference, null, examination));
  issues.push(...checkCycle(examination));
  return issues;
}

/** How a message names the reader. */
export function readerName(step: CompiledStep | null): string {
  return step === null ? "The output" : `Step '${step.step.id}'`;
}

function checkReference(reference: Reference, step: CompiledStep | null, examination: Examination): Issue[] {
  const { path } = reference;
  const scope = checkScope(reference, step);
  if (scope !== null) return [scope];
  if (path.root === "status") return checkStatus(reference, step, examination);
  if (path.root === "document" && examination.context.documents === 0 && !copesWithAbsence(reference)) {
    return [noDocument(reference, step)];
  }
  if (ROOT_NAMES.has(path.root)) return [];
  if (path.root === step?.step.id) return [selfReference(reference, step)];
  const problem = stepProblem(path.root, examination, copesWithAbsence(reference));
  return problem === null ? [] : [badReference(reference, { step, examination, name: path.root, problem })];
}

/** A `default` covers a source that is not there, and a condition on it is just false (KERNEL 9). */
export function copesWithAbsence({ hasFallback, use }: Reference): boolean {
  return hasFallback || use === "when";
}

function checkScope(reference: Reference, step: CompiledStep | null): Issue | null {
  const { path, pointer, use } = reference;
  const usesElement = path.root === "item" || path.root === "index";
  const usesHere = path.segments.some((segment) => segment.kind === "here");
  if (!usesElement && !usesHere) return null;
  const isInside = step !== null && step.step.forEach !== undefined && isPartOfInput(pointer, step) && use !== "when";
  if (isInside) return null;
  const what = usesElement ? `'${path.root}'` : "[index]";
  const isForEach = step?.step.forEach !== undefined;
  const where = isForEach
    ? "'when' and 'forEach.items' are read once, before there is an element"
    : "only the input of a step with forEach has an element";
  return issueOf({
    code: "PLAN_BAD_SCOPE",
    path: pointer,
    message: `${readerName(step)} refers to '${path.text}', but ${where}.`,
    hint: isForEach
      ? `Use ${what} in the step's input; to leave elements out, filter the list with a select step first.`
      : `Add forEach to the step, or refer to the list itself: [*] for all elements, [0] for the first.`,
  });
}

function isPartOfInput(pointer: string, step: CompiledStep): boolean {
  return pointer.startsWith(`${step.pointer}/input/`);
}

function checkStatus(reference: Reference, step: CompiledStep | null, examination: Examination): Issue[] {
  const { path, pointer } = reference;
  const [first] = path.segments;
  if (first?.kind !== "key") {
    const message = `${readerName(step)} refers to '${path.text}', but 'status' must be followed by the id of a step.`;
    const hint = "Write status.<step>; it is completed, unmet, skipped or failed.";
    return [issueOf({ code: "PLAN_BAD_REF", path: pointer, message, hint })];
  }
  if (first.key === step?.step.id) return [selfReference(reference, step)];
  const problem = stepProblem(first.key, examination, true);
  return problem === null ? [] : [badReference(reference, { step, examination, name: first.key, problem })];
}

/** Why a step cannot be referred to, or null. `mayBeAbsent`: the reader copes with a step that gave no output. */
function stepProblem(id: string, { steps, groups, context }: Examination, mayBeAbsent: boolean): string | null {
  if (steps.has(id) || groups.has(id)) return null;
  const known = context.known.get(id);
  if (known === undefined) return `there is no step '${id}'`;
  if (known.status === "dropped") return mayBeAbsent ? null : `an earlier plan dropped step '${id}'`;
  if (known.status === "failed") return mayBeAbsent ? null : `step '${id}' failed and has no output`;
  const isSettled = known.status === "completed" || known.status === "unmet" || known.status === "skipped";
  return isSettled ? null : `step '${id}' has not finished, and this decision drops it`;
}

interface BadReference {
  step: CompiledStep | null;
  examination: Examination;
  name: string;
  problem: string;
}

function badReference(reference: Reference, { step, examination, name, problem }: BadReference): Issue {
  const { path, pointer } = reference;
  const isStatus = path.root === "status";
  const isKnown = examination.context.known.has(name);
  const isAdvised = examination.names.advise();
  const suggested = isKnown || !isAdvised ? NO_ADVICE : suggestStep(name, { examination, step, isStatus });
  const here = isAdvised ? ` ${examination.names.list(step?.step.id ?? null)}` : "";
  const roots = isStatus || isKnown || suggested.name !== null || !isAdvised ? "" : ` Roots: ${ROOTS.join(", ")}.`;
  return issueOf({
    code: "PLAN_BAD_REF",
    path: pointer,
    message: `${readerName(step)} refers to '${path.text}', but ${problem}.${suggested.words}${here}${roots}`,
    hint: hintFor(name, { suggestion: suggested.name, known: examination.context.known.get(name) }),
    fix: suggested.name === null ? null : renameRoot(examination, pointer, { path, name: suggested.name }),
  });
}

/** Steps come first: a mistyped step id is likelier than a mistyped root. */
function suggestStep(
  name: string,
  { examination, step, isStatus }: { examination: Examination; step: CompiledStep | null; isStatus: boolean },
): Advice {
  const meant = examination.names.suggest(name, step?.step.id ?? null);
  return meant.name !== null || isStatus ? meant : suggestName(name, ROOTS);
}

function hintFor(
  name: string,
  { suggestion, known }: { suggestion: string | null; known?: KnownStep | undefined },
): string {
  if (suggestion !== null) return `Use '${suggestion}'.`;
  const isGone = known?.status === "dropped" || known?.isSpent === true;
  if (isGone) {
    return 'Plan the work again as a step with a new id, refer to a step that has finished, or add a "default" beside the "ref".';
  }
  if (known !== undefined)
    return `Name step '${name}' in this plan exactly as it was, or refer to a step that has finished.`;
  return "Refer to a step of this plan or to a finished one of an earlier plan, or add the step.";
}

function renameRoot(
  examination: Examination,
  pointer: string,
  { path, name }: { path: Path; name: string },
): PatchOperation[] | null {
  const renamed =
    path.root === "status"
      ? { root: "status", segments: [{ kind: "key" as const, key: name }, ...path.segments.slice(1)] }
      : { root: name, segments: path.segments };
  return renameReference(examination.decision, pointer, { from: path.text, to: formatPath(renamed) });
}

function selfReference({ path, pointer }: Reference, step: CompiledStep): Issue {
  return issueOf({
    code: "PLAN_CYCLE",
    path: pointer,
    message: `Step '${step.step.id}' refers to itself ('${path.text}'), so it could never start.`,
    hint: "Refer to an earlier step; to work on with a result, add another step.",
  });
}

function noDocument({ path, pointer }: Reference, step: CompiledStep | null): Issue {
  return issueOf({
    code: "PLAN_BAD_REF",
    path: pointer,
    message: `${readerName(step)} refers to '${path.text}', but this run has no document.`,
    hint: 'Use the goal, the parameters or another step instead, add a "default" beside the "ref", or ask for a document with {"kind": "ask"}.',
  });
}

function checkAfter(step: CompiledStep, examination: Examination): Issue[] {
  const issues: Issue[] = [];
  for (const [place, id] of step.after.entries()) {
    const path = `${step.pointer}/after/${place}`;
    const remove: PatchOperation[] = [{ op: "remove", path }];
    if (id === step.step.id) {
      const message = `Step '${id}' waits for itself, so it could never start.`;
      issues.push(
        issueOf({ code: "PLAN_CYCLE", path, message, hint: `Remove '${id}' from its 'after'.`, fix: remove }),
      );
      continue;
    }
    const problem = stepProblem(id, examination, true);
    if (problem === null) continue;
    const isAdvised = examination.names.advise();
    const suggested = isAdvised ? examination.names.suggest(id, step.step.id) : NO_ADVICE;
    const here = isAdvised ? ` ${examination.names.list(step.step.id)}` : "";
    issues.push(
      issueOf({
        code: "PLAN_BAD_REF",
        path,
        message: `Step '${step.step.id}' is to run after '${id}', but ${problem}.${suggested.words}${here}`,
        hint: suggested.name === null ? `Remove '${id}' from 'after'.` : `Use '${suggested.name}'.`,
        fix: suggested.name === null ? remove : [{ op: "replace", path, value: suggested.name }],
      }),
    );
  }
  return issues;
}

function checkCycle({ graph, steps }: Examination): Issue[] {
  const cycle = findCycle(graph);
  if (cycle === null || cycle.length < 2) return [];
  const first = steps.get(cycle[0]!)!;
  const last = cycle.at(-1)!;
  const way = [...cycle, cycle[0]!].map((id) => `'${id}'`).join(" → ");
  const reference = first.references.find(({ path }) => path.root === last || statusOf(path) === last);
  const place = first.after.indexOf(last);
  const path = reference?.pointer ?? (place < 0 ? first.pointer : `${first.pointer}/after/${place}`);
  return [
    issueOf({
      code: "PLAN_CYCLE",
      path,
      message: `These steps wait for each other in a circle, so none could start: ${way}.`,
      hint: `Cut the circle: let '${cycle[0]}' do without '${last}', or split a step in two.`,
      fix: reference === undefined && place >= 0 ? [{ op: "remove", path }] : null,
    }),
  ];
}

function statusOf(path: Path): string | null {
  const [first] = path.segments;
  return path.root === "status" && first?.kind === "key" ? first.key : null;
}
