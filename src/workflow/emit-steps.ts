/**
 * The steps of a workflow as steps of one plan. Owns: what a group's or a nested workflow's `after`, `when` and `forEach`
 * mean for each step in it. Must not: judge what the plan checker judges.
 */
import type { RunRules } from "../goal/run-rules.ts";
import { retrySchema } from "../goal/run-rules.ts";
import type { Step } from "../plan/decision.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { type Expansion, type Frame, type Location, locate, report, takeRoom } from "./expansion.ts";
import { planIdsOf } from "./frame.ts";
import type { Forms } from "./resolve-path.ts";
import { looksAtElement, rewriteCondition } from "./rewrite-condition.ts";
import { below, type Rewriting, rewriteFields, rewriteValue } from "./rewrite-value.ts";
import { isGroup, isNested, type Nested, type WorkflowStep } from "./workflow.ts";

/** What holds for every step of a group or nested workflow, in terms of the plan. */
export interface Guard {
  after: { id: string; location: Location }[];
  when: { condition: JsonObject; location: Location }[];
  /** The list of a repeated workflow. */
  each: { items: JsonValue; max: number | undefined; location: Location } | null;
}

const NO_GUARD: Guard = { after: [], when: [], each: null };

export interface Emission {
  expansion: Expansion;
  forms: Forms;
  /** Retries and time limits, by id in the plan. */
  rules: RunRules["steps"];
  /** Conditions on nested workflows, which their success criteria need as well. */
  guards: Map<Frame, Guard>;
}

export function emitFrame(emission: Emission, frame: Frame, guard: Guard = NO_GUARD): void {
  emission.guards.set(frame, guard);
  for (const [place, node] of frame.workflow.steps.entries()) {
    const pointer = `/steps/${place}`;
    if (isNested(node)) emitNested(emission, { frame, guard, pointer, node });
    else if (isGroup(node)) {
      const inner = tighten(emission, { frame, guard, pointer, node });
      for (const [at, step] of node.parallel.entries()) {
        emitStep(emission, { frame, guard: inner, pointer: `${pointer}/parallel/${at}`, step });
      }
    } else emitStep(emission, { frame, guard, pointer, step: node });
  }
}

interface NodePlace {
  frame: Frame;
  guard: Guard;
  /** Of the node in the frame's file. */
  pointer: string;
}

function emitNested(emission: Emission, place: NodePlace & { node: Nested }): void {
  const { frame, pointer, node } = place;
  const child = frame.nested.get(node.id);
  if (child === undefined) return;
  const inner = tighten(emission, place);
  if (node.forEach === undefined) return emitFrame(emission, child, inner);
  const at = { file: `${pointer}/forEach/items`, plan: null };
  const items = rewriteValue(node.forEach.items, at, rewritingOf(emission, frame, false));
  const each = { items, max: node.forEach.max, location: locate(frame, `${pointer}/forEach`) };
  emitFrame(emission, child, { ...inner, each });
}

/** The guard of a group or nested workflow joined with the one around it. */
function tighten(
  emission: Emission,
  { frame, guard, pointer, node }: NodePlace & { node: Pick<Nested, "after" | "when"> },
): Guard {
  const { after = [], when } = node;
  const own = after.flatMap((name, at) => {
    const location = locate(frame, `${pointer}/after/${at}`);
    return resolveAfter(emission, { frame, pointer: `${pointer}/after/${at}`, name }).map((id) => ({ id, location }));
  });
  const inner: Guard = { after: [...guard.after, ...own], when: guard.when, each: guard.each };
  if (when === undefined) return inner;
  const condition = rewriteWhen(emission, { frame, pointer, when, plan: null });
  return { ...inner, when: [...guard.when, { condition, location: locate(frame, `${pointer}/when`) }] };
}

function emitStep(emission: Emission, { frame, guard, pointer, step }: NodePlace & { step: WorkflowStep }): void {
  const { expansion, rules } = emission;
  const plan = `/steps/${expansion.steps.length}`;
  const place = { file: pointer, plan };
  const { after, when, forEach, onFailure, input = {}, retry, timeoutMs, tool } = step;
  const id = frame.ids.get(step.id) ?? step.id;
  expansion.sources.set(plan, { location: locate(frame, pointer), isWhole: false });
  const rewriting = rewritingOf(emission, frame, forEach !== undefined);
  const emitted: Step = { id, tool, input: rewriteFields(input, below(place, "input"), rewriting) };
  const settled = joinAfter(emission, { frame, pointer, guard, plan, after });
  if (settled.length > 0) emitted.after = settled;
  const condition = joinWhen(emission, { frame, pointer, guard, plan, when });
  if (condition !== null) emitted.when = condition;
  const list = listOf(emission, { frame, pointer, guard, step, rewriting, plan });
  if (list !== null) emitted.forEach = list;
  if (onFailure !== undefined) emitted.onFailure = onFailure;
  expansion.steps.push(emitted);
  if (retry === undefined && timeoutMs === undefined) return;
  rules[id] = {
    ...(retry === undefined ? {} : { retry: retrySchema.parse(retry) }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
}

/** A name in a list, and where it came from. */
const ROOM_PER_NAME = 128;

interface StepPlace extends NodePlace {
  plan: string;
}

function joinAfter(
  emission: Emission,
  { frame, pointer, guard, plan, after = [] }: StepPlace & { after: string[] | undefined },
): string[] {
  const { sources } = emission.expansion;
  const found = new Map<string, Location>();
  for (const [at, name] of after.entries()) {
    const file = `${pointer}/after/${at}`;
    for (const id of resolveAfter(emission, { frame, pointer: file, name }))
      found.set(id, found.get(id) ?? locate(frame, file));
  }
  const at = { frame, pointer };
  if (!takeRoom(emission.expansion, ROOM_PER_NAME * (found.size + guard.after.length), at)) return [];
  for (const { id, location } of guard.after) found.set(id, found.get(id) ?? location);
  for (const [at, location] of [...found.values()].entries())
    sources.set(`${plan}/after/${at}`, { location, isWhole: true });
  return [...found.keys()];
}

/** Ids in the plan; a name that leads nowhere stays, for the plan checker, where it can't mean another file's step. */
function resolveAfter(
  { expansion }: Emission,
  { frame, pointer, name }: { frame: Frame; pointer: string; name: string },
): string[] {
  const ids = planIdsOf(frame, name);
  if (ids !== null) return ids;
  if (frame.parent === null) return [name];
  const guess = meantName(didYouMean(name, [...frame.ids.keys(), ...frame.groups.keys(), ...frame.nested.keys()]));
  const hint = "Name steps, groups and nested workflows of this file.";
  report(expansion, {
    frame,
    pointer,
    code: "PLAN_BAD_REF",
    message: `There is no step '${name.slice(0, 64)}' to come after.${guess}`,
    hint,
  });
  return [];
}

function joinWhen(
  emission: Emission,
  { frame, pointer, guard, plan, when }: StepPlace & { when: JsonObject | undefined },
): JsonObject | null {
  const { sources } = emission.expansion;
  const { when: outer } = guard;
  const isOnly = outer.length === 0;
  const own =
    when === undefined
      ? null
      : rewriteWhen(emission, {
          frame,
          pointer,
          when,
          plan: isOnly ? `${plan}/when` : `${plan}/when/all/${outer.length}`,
        });
  if (own !== null && !isOnly) {
    sources.set(`${plan}/when/all/${outer.length}`, { location: locate(frame, `${pointer}/when`), isWhole: false });
  }
  if (isOnly) return own;
  const [only] = outer;
  if (outer.length === 1 && own === null && only !== undefined) {
    sources.set(`${plan}/when`, { location: only.location, isWhole: true });
    return only.condition;
  }
  for (const [at, { location }] of outer.entries()) sources.set(`${plan}/when/all/${at}`, { location, isWhole: true });
  return { all: [...outer.map(({ condition }) => condition), ...(own === null ? [] : [own])] };
}

function rewriteWhen(
  emission: Emission,
  { frame, pointer, when, plan }: { frame: Frame; pointer: string; when: JsonObject; plan: string | null },
): JsonObject {
  const place = { file: `${pointer}/when`, plan };
  const condition = rewriteCondition(when, place, rewritingOf(emission, frame, false));
  if (!frame.isRepeated || !looksAtElement(condition)) return condition;
  const message = "This condition would differ from element to element of the list that repeats the workflow.";
  const hint =
    "Conditions are decided once, before the list: filter it with a select step, or give this step another way out.";
  report(emission.expansion, { frame, pointer: place.file, code: "PLAN_BAD_SCOPE", message, hint });
  return condition;
}

function listOf(
  emission: Emission,
  { frame, pointer, guard, step, rewriting, plan }: StepPlace & { step: WorkflowStep; rewriting: Rewriting },
): Step["forEach"] | null {
  const { forEach } = step;
  const { each } = guard;
  if (forEach !== undefined && each !== null) {
    const message = `Step '${step.id}' has a forEach, and the workflow it belongs to is repeated already.`;
    const hint = "There is one level of forEach; run the workflow once, or flatten the list with [*] first.";
    report(emission.expansion, { frame, pointer: `${pointer}/forEach`, code: "PLAN_BAD_SCOPE", message, hint });
    return null;
  }
  if (each !== null) {
    emission.expansion.sources.set(`${plan}/forEach`, { location: each.location, isWhole: true });
    return { items: each.items, ...(each.max === undefined ? {} : { max: each.max }) };
  }
  if (forEach === undefined) return null;
  const outside: Rewriting = { ...rewriting, hasElement: false };
  const items = rewriteValue(
    forEach.items,
    { file: `${pointer}/forEach/items`, plan: `${plan}/forEach/items` },
    outside,
  );
  return { ...forEach, items };
}

function rewritingOf({ expansion, forms }: Emission, frame: Frame, hasElement: boolean): Rewriting {
  return { expansion, frame, forms, hasElement };
}
