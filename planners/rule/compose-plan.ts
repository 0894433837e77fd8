/**
 * Wishes become steps. Owns: which tool meets which wish, conditions, lists to go through, order, and what is left open.
 * Must not: word questions or reasons (explain.ts), nor build the output (build-output.ts).
 */
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import type { Missing } from "./answers.ts";
import { addCount, banOf, branchCondition, type Circumstances, eachFor, type Setting } from "./circumstances.ts";
import { counterIn, listIn } from "./conditions.ts";
import { type Draft, type DraftStep, dependsOn, maybeAbsent, numbered, outputPath } from "./draft.ts";
import type { Each } from "./each.ts";
import { makeStep } from "./make-step.ts";
import { keyOf, titleOf } from "./names.ts";
import type { Reading } from "./read-wishes.ts";
import type { Candidate } from "./tool-index.ts";
import type { Wish } from "./wish.ts";

/** One answer of the result. */
export interface Part {
  key: string;
  step: DraftStep;
  /** Below the step's output. */
  path: string;
  wishes: Wish[];
}

/** A wish that cannot be met as it stands. */
export interface Problem {
  wish: Wish;
  why: string;
  /** What a person could supply. */
  missing: Missing | null;
}

export interface Composition {
  draft: Draft;
  parts: Part[];
  problems: Problem[];
  taken: Map<Wish, Candidate>;
}

interface Composer extends Composition, Circumstances {}

export function composePlan(setting: Setting): Composition {
  const draft: Draft = { steps: [] };
  const { request, index, goal, reading } = setting;
  const barred = new Set([...setting.barred, ...reading.refused.keys()]);
  const composer: Composer = {
    setting,
    draft,
    parts: [],
    problems: [],
    taken: new Map(),
    made: new Map(),
    conditions: new Map(),
    maker: { request, index, goal, draft, barred },
  };
  const late = reading.wishes.filter(collectsResults);
  for (const wish of reading.wishes) if (!late.includes(wish)) meet(composer, wish);
  for (const wish of late) meet(composer, wish);
  composer.parts.sort((a, b) => placeOf(reading, a) - placeOf(reading, b));
  nameParts(composer.parts);
  orderStages(composer);
  return composer;
}

function placeOf(reading: Reading, part: Part): number {
  return Math.min(...part.wishes.map((wish) => reading.wishes.indexOf(wish)));
}

function collectsResults(wish: Wish): boolean {
  return Object.values(wish.mention.candidates[0]?.tool.planning?.inputs ?? {}).includes("results");
}

function meet(composer: Composer, wish: Wish): DraftStep | null {
  const known = composer.made.get(wish);
  if (known !== undefined) return known;
  composer.made.set(wish, null);
  const problem = (why: string): null => {
    composer.problems.push({ wish, why, missing: null });
    return null;
  };
  const source = wish.source === null ? null : meet(composer, wish.source);
  if (wish.source !== null && source === null) return problem(`it needs "${wish.source.text}", which is not possible`);
  const when = wish.branch === null ? null : branchCondition(composer, wish.branch);
  if (typeof when === "string") return problem(when);
  const each = wish.each === null || collectsResults(wish) ? null : eachFor(composer, wish.each);
  if (typeof each === "string") return problem(each);
  const step = chooseTool(composer, wish, { source, when, each });
  composer.made.set(wish, step);
  if (step !== null && !wish.isHidden) addPart(composer, wish, step);
  return step;
}

interface Context {
  source: DraftStep | null;
  when: JsonObject | null;
  each: Each | null;
}

/** How far below the best a tool may score that takes its place because the best one's inputs are missing. */
const CLOSE = 0.15;

function chooseTool(composer: Composer, wish: Wish, context: Context): DraftStep | null {
  const { setting, maker } = composer;
  const open = alternatives(wish).filter(({ tool }) => {
    return !maker.barred.has(tool.name) && !setting.bans.has(banOf(wish, tool.name));
  });
  let missing: Missing | null = null;
  for (const candidate of open) {
    if (missing !== null && candidate.score < (open[0]?.score ?? 0) - CLOSE) break;
    const { tool } = candidate;
    const sections = collectsResults(wish) ? sectionsOf(composer, wish) : [];
    const made = makeStep(maker, { ...context, tool, wish, name: keyOf(wish.words, tool), sections, path: [] });
    if (made.step !== null) {
      composer.taken.set(wish, candidate);
      return made.step;
    }
    missing ??= made.missing;
  }
  const refused = wish.mention.candidates
    .map(({ tool }) => composer.setting.reading.refused.get(tool.name))
    .find(Boolean);
  const why =
    refused === undefined
      ? "every tool for it failed"
      : `the goal also says "${refused}" is not wanted, and one tool gives both`;
  composer.problems.push({
    wish,
    why: missing === null ? why : `"${missing.input}" is missing: ${missing.why}`,
    missing,
  });
  return null;
}

/** A side effect is never replaced by another tool, and never replaces one. */
function alternatives(wish: Wish): Candidate[] {
  const [best, ...others] = wish.mention.candidates;
  if (best === undefined) return [];
  return best.tool.effect === "read" ? [best, ...others.filter(({ tool }) => tool.effect === "read")] : [best];
}

function addPart(composer: Composer, wish: Wish, step: DraftStep): void {
  const counted = countOf(composer, wish, step);
  const path = counted === null ? (step.tool.planning?.answer ?? "") : "count";
  const target = counted ?? step;
  const same = composer.parts.find((part) => part.step === target && part.path === path);
  if (same === undefined) composer.parts.push({ key: "", step: target, path, wishes: [wish] });
  else same.wishes.push(wish);
}

/** "how many topics": a step that counts the list, where a tool can. */
function countOf(composer: Composer, wish: Wish, step: DraftStep): DraftStep | null {
  const counter = counterIn(composer.setting.request.tools);
  const list = listIn(step.tool);
  const isCount = /\b(how many|number of|count)\b/i.test(wish.text);
  if (!isCount || counter === null || list === null || step.each !== null || counter === step.tool) return null;
  return addCount(composer, { step, list, counter, when: step.when });
}

/** `[{title, content}]` of the answers so far. */
function sectionsOf(composer: Composer, wish: Wish): JsonValue[] {
  const parts = composer.parts.filter((part) => !part.wishes.some(collectsResults)).map((part) => ({ ...part }));
  const source = wish.source === null ? null : composer.made.get(wish.source);
  if (source && wish.source !== null && !parts.some((part) => part.step === source)) {
    parts.unshift({ key: "", step: source, path: source.tool.planning?.answer ?? "", wishes: [wish.source] });
  }
  nameParts(parts);
  const absent = maybeAbsent(composer.draft);
  return parts.map(({ key, step, path }) => {
    const reference: JsonObject = { ref: outputPath(step, path) };
    return { title: titleOf(key), content: absent.has(step.id) ? { ...reference, default: null } : reference };
  });
}

function nameParts(parts: Part[]): void {
  const keys = new Set<string>();
  for (const part of parts) {
    const { tool } = part.step;
    const isCount = part.path === "count" && part.wishes[0]?.mention.candidates[0]?.tool !== tool;
    const wanted = isCount
      ? part.step.id
      : keyOf(
          part.wishes.flatMap((wish) => wish.words),
          tool,
        );
    part.key = numbered(wanted, (key) => keys.has(key));
    keys.add(part.key);
  }
}

/** "then" without data between the steps becomes `after`; where data already orders them nothing is added. */
function orderStages(composer: Composer): void {
  const stages = [...new Set(composer.setting.reading.wishes.map((wish) => wish.stage))].sort((a, b) => a - b);
  const stepsOf = (stage: number | undefined): DraftStep[] => {
    const wishes = composer.setting.reading.wishes.filter((wish) => wish.stage === stage && !wish.isHidden);
    return wishes.map((wish) => composer.made.get(wish)).filter((step) => step !== null && step !== undefined);
  };
  for (let place = 1; place < stages.length; place++) {
    const before = stepsOf(stages[place - 1]);
    for (const step of stepsOf(stages[place])) orderAfter(composer.draft, step, before);
  }
}

function orderAfter(draft: Draft, step: DraftStep, earlier: readonly DraftStep[]): void {
  for (const before of earlier) {
    const isOrdered = step === before || dependsOn(draft, step, before.id) || dependsOn(draft, before, step.id);
    if (!isOrdered) step.after.push(before.id);
  }
}
