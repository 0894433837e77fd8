/**
 * First pass: ids and size. Owns: what can be said without looking at tools or references.
 */
import type { Issue } from "../error/issue.ts";
import { cutText } from "../shared/cut-text.ts";
import { canonicalStep } from "./canonical-step.ts";
import type { CheckContext, KnownStep } from "./check-context.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import { type PlanDecision, ROOTS, STEP_ID, type Step } from "./decision.ts";

const RESERVED: ReadonlySet<string> = new Set(ROOTS);

/** The issue of a plan that is not worth looking into because of its size, or null. */
export function checkSize(decision: PlanDecision, context: CheckContext): Issue | null {
  const count = decision.steps.length;
  if (count <= context.maxSteps) return null;
  return issueOf({
    code: "PLAN_TOO_LARGE",
    path: "/steps",
    message: `The plan has ${count} steps; at most ${context.maxSteps} are allowed.`,
    hint: 'Plan fewer steps: use forEach for repeated work, or plan a first part with "then": "replan".',
  });
}

export function checkStructure(examination: Examination): Issue[] {
  const issues: Issue[] = [];
  const seen = new Map<string, number>();
  for (const [place, { step }] of examination.plan.steps.entries()) {
    const first = seen.get(step.id);
    const issue = checkId(step, place, { first, examination });
    if (issue !== null) issues.push(issue);
    if (first === undefined) seen.set(step.id, place);
  }
  return issues;
}

interface IdPlace {
  first: number | undefined;
  examination: Examination;
}

function checkId(step: Step, place: number, { first, examination }: IdPlace): Issue | null {
  const path = `/steps/${place}/id`;
  const { id } = step;
  const rename = (wanted: string) => [{ op: "replace" as const, path, value: freeId(wanted, examination) }];
  if (!STEP_ID.test(id)) {
    const message = `Step ${place + 1} has the id '${cutText(id, 80)}', which is not allowed.`;
    const hint = "An id is a letter, then up to 63 letters, digits and underscores.";
    return issueOf({ code: "PLAN_SCHEMA", path, message, hint, fix: rename(plainId(id)) });
  }
  if (RESERVED.has(id)) {
    const message = `Step '${id}' has the name of a root: in a path it would be mistaken for it.`;
    const hint = `Choose another id; reserved are ${ROOTS.join(", ")}.`;
    return issueOf({ code: "PLAN_RESERVED_ID", path, message, hint, fix: rename(`${id}_step`) });
  }
  if (first !== undefined || examination.groups.has(id)) {
    const where = first === undefined ? "a group has it too" : `steps ${first + 1} and ${place + 1} both have it`;
    const message = `The id '${id}' is used twice: ${where}.`;
    const hint = "Give every step its own id, and point the references to the one that is meant.";
    return issueOf({ code: "PLAN_DUPLICATE_ID", path, message, hint, fix: rename(id) });
  }
  return checkReuse(step, path, examination);
}

/** KERNEL 7: an id names one definition for the whole run. */
function checkReuse(step: Step, path: string, examination: Examination): Issue | null {
  const { known, defaultOnFailure } = examination.context;
  const earlier = known.get(step.id);
  if (earlier === undefined) return null;
  const free = freeId(step.id, examination);
  const gone = goneFor(earlier);
  if (gone !== null) {
    const message = `Step '${step.id}' of an earlier plan ${gone}.`;
    return issueOf({ code: "PLAN_ID_REUSED", path, message, hint: `Choose a new id, such as '${free}'.` });
  }
  if (earlier.definition === canonicalStep(step, defaultOnFailure)) return null;
  return issueOf({
    code: "PLAN_ID_REUSED",
    path,
    message: `Step '${step.id}' exists in this run already (${earlier.status}), with another definition.`,
    hint: `Repeat it exactly as it was to keep it, or choose a new id such as '${free}' and point its readers to that.`,
  });
}

/** Why a step cannot be taken up again, whatever its definition; null where it can. */
function goneFor({ status, isSpent }: KnownStep): string | null {
  if (status === "dropped") return "was dropped, and ids stay taken";
  return isSpent === true ? "called a tool that must not be called twice for one step, and failed" : null;
}

function freeId(wanted: string, { steps, groups, context }: Examination): string {
  const base = wanted.slice(0, 58);
  let id = base;
  for (let number = 2; steps.has(id) || groups.has(id) || context.known.has(id) || RESERVED.has(id); number++) {
    id = `${base}_${number}`;
  }
  return id;
}

function plainId(id: string): string {
  const plain = id.slice(0, 58).replace(/[^A-Za-z0-9_]/g, "_");
  return /^[A-Za-z]/.test(plain) ? plain : `step_${plain}`;
}
