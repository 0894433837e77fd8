/**
 * One use of a workflow: the file that is compiled, or one that is nested in it, with the ids its steps have in the
 * plan. Owns: names and the shape of the nesting, bounded. Must not: look into inputs, conditions or outputs.
 */
import { jsonPointer } from "../error/issue.ts";
import { PlanwrightError } from "../error/planwright-error.ts";
import { ROOTS, STEP_ID } from "../plan/decision.ts";
import { sha256Hex } from "../shared/hash.ts";
import { type Expansion, type Frame, report } from "./expansion.ts";
import { isGroup, isNested, type Nested, type Workflow } from "./workflow.ts";

/** Workflows inside each other, the file itself included. */
const MOST_LEVELS = 8;
/** Steps of the whole plan, as for any plan of a person. */
const MOST_STEPS = 10_000;
const LONGEST_ID = 64;

const RESERVED: ReadonlySet<string> = new Set(ROOTS);

/** The frame of a file and of all that are nested in it; issues are in the expansion. */
export function buildFrame(expansion: Expansion, workflow: Workflow, above: Above | null = null): Frame {
  const frame = emptyFrame(workflow, above);
  const prefix = planPrefix(frame);
  checkIds(expansion, frame);
  for (const [place, node] of workflow.steps.entries()) {
    if (isNested(node)) {
      nest(expansion, frame, { node, pointer: `/steps/${place}` });
      continue;
    }
    const ids = isGroup(node) ? node.parallel.map(({ id }) => id) : [node.id];
    if (isGroup(node)) frame.groups.set(node.id, ids);
    for (const id of ids) frame.ids.set(id, takeId(expansion, prefix, id));
  }
  return frame;
}

function emptyFrame(workflow: Workflow, above: Above | null): Frame {
  const names = { ids: new Map(), groups: new Map(), nested: new Map() };
  if (above === null) return { workflow, parent: null, node: null, pointer: "", ...names, isRepeated: false };
  const { parent, node, pointer } = above;
  return { workflow, parent, node, pointer, ...names, isRepeated: parent.isRepeated || node.forEach !== undefined };
}

interface Above {
  parent: Frame;
  node: Nested;
  pointer: string;
}

function planPrefix(frame: Frame): string {
  return frame.parent === null || frame.node === null ? "" : `${planPrefix(frame.parent)}${frame.node.id}_`;
}

function nest(expansion: Expansion, parent: Frame, { node, pointer }: { node: Nested; pointer: string }): void {
  const at = { frame: parent, pointer: `${pointer}/workflow` };
  const line = ancestors(parent).map(({ workflow }) => workflow.name);
  if (line.includes(node.workflow)) {
    const way = [...line.slice(0, line.indexOf(node.workflow) + 1).reverse(), node.workflow].map((name) => `'${name}'`);
    const message = `Workflows are nested in a circle: ${way.join(" → ")}.`;
    return report(expansion, {
      ...at,
      code: "PLAN_CYCLE",
      message,
      hint: "Cut the circle: let one of them do without the other.",
    });
  }
  if (line.length >= MOST_LEVELS) {
    const message = `Workflows are nested more than ${MOST_LEVELS} deep.`;
    return report(expansion, {
      ...at,
      code: "PLAN_TOO_LARGE",
      message,
      hint: "Put the steps of the inner ones into one file.",
    });
  }
  if (node.forEach !== undefined && parent.isRepeated) {
    const message = `'${node.id}' repeats a workflow inside one that is repeated already.`;
    const hint = "There is one level of forEach; run the inner workflow once, or flatten the list with [*] first.";
    return report(expansion, { frame: parent, pointer: `${pointer}/forEach`, code: "PLAN_BAD_SCOPE", message, hint });
  }
  const workflow = findWorkflow(expansion, node.workflow, at);
  if (workflow === null) return;
  if (expansion.taken.size > MOST_STEPS) {
    const message = `With its nested workflows the workflow has more than ${MOST_STEPS} steps.`;
    return report(expansion, {
      ...at,
      code: "PLAN_TOO_LARGE",
      message,
      hint: "Nest less, or split the work into several runs.",
    });
  }
  expansion.nested.set(node.workflow, workflow);
  parent.nested.set(node.id, buildFrame(expansion, workflow, { parent, node, pointer }));
}

function ancestors(frame: Frame): Frame[] {
  return frame.parent === null ? [frame] : [frame, ...ancestors(frame.parent)];
}

function findWorkflow(expansion: Expansion, name: string, at: { frame: Frame; pointer: string }): Workflow | null {
  try {
    const { workflow, issues } = expansion.library.get(name);
    if (workflow !== null) return workflow;
    const message = `Workflow '${name}' is not right: ${issues[0]?.message ?? "it can't be read."}`;
    report(expansion, {
      ...at,
      code: issues[0]?.code ?? "PLAN_SCHEMA",
      message,
      hint: issues[0]?.hint ?? "Correct that file.",
    });
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError)) throw thrown;
    report(expansion, { ...at, code: "PLAN_BAD_REF", message: thrown.message, hint: thrown.hint });
  }
  return null;
}

/** Unique over the whole plan, and no longer than ids may be. */
function takeId({ taken }: Expansion, prefix: string, id: string): string {
  const wanted = `${prefix}${id}`;
  let found = wanted;
  for (let number = 0; found.length > LONGEST_ID || (prefix !== "" && taken.has(found)); number++) {
    const mark = sha256Hex(`${wanted}#${number}`).slice(0, 8);
    found = `${wanted.slice(0, LONGEST_ID - mark.length - 1)}_${mark}`;
  }
  taken.add(found);
  return found;
}

/** Ids are unique in a file, whatever they name, so that a path can mean one thing only. */
function checkIds(expansion: Expansion, frame: Frame): void {
  const seen = new Set<string>();
  for (const { id, pointer } of namedParts(frame.workflow)) {
    const at = { frame, pointer };
    if (!STEP_ID.test(id)) {
      const hint = "An id is a letter, then up to 63 letters, digits and underscores.";
      report(expansion, { ...at, code: "PLAN_SCHEMA", message: `The id '${id.slice(0, 80)}' is not allowed.`, hint });
    } else if (RESERVED.has(id)) {
      const message = `The id '${id}' is the name of a root: in a path it would be mistaken for it.`;
      report(expansion, { ...at, code: "PLAN_RESERVED_ID", message, hint: `Reserved are ${ROOTS.join(", ")}.` });
    } else if (seen.has(id)) {
      const hint = "Steps, groups, their members and nested workflows share one set of ids; choose another.";
      report(expansion, { ...at, code: "PLAN_DUPLICATE_ID", message: `The id '${id}' is used twice.`, hint });
    }
    seen.add(id);
  }
  // What the file's own ids are is known before any nested workflow takes one.
  if (frame.parent === null) for (const id of seen) expansion.taken.add(id);
}

/** Everything that has an id, with the place of the id. */
export function namedParts({ steps }: Workflow): { id: string; pointer: string }[] {
  return steps.flatMap((node, place) => {
    const own = { id: node.id, pointer: jsonPointer(["steps", place, "id"]) };
    if (!isGroup(node)) return [own];
    const members = node.parallel.map(({ id }, at) => ({
      id,
      pointer: jsonPointer(["steps", place, "parallel", at, "id"]),
    }));
    return [own, ...members];
  });
}

/** Ids in the plan that a step, group or nested workflow of a file stands for; null where there is none. */
export function planIdsOf(frame: Frame, name: string): string[] | null {
  const id = frame.ids.get(name);
  if (id !== undefined) return [id];
  const members = frame.groups.get(name);
  if (members !== undefined) return members.flatMap((member) => frame.ids.get(member) ?? []);
  const child = frame.nested.get(name);
  return child === undefined ? null : allPlanIds(child);
}

export function allPlanIds(frame: Frame): string[] {
  return frame.workflow.steps.flatMap(({ id }) => planIdsOf(frame, id) ?? []);
}
