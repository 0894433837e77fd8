/**
 * Wishes become steps. Owns: which tool meets which wish, conditions, lists to go through, order, and what is left open.
 * Must not: word questions or reasons (explain.ts), nor build the output (build-output.ts).
 */
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import type { Missing } from "./answers.ts";
import {
  addCount,
  addNarrowed,
  banOf,
  branchCondition,
  type Circumstances,
  eachFor,
  nameFor,
  type Setting,
  selectionFor,
} from "./circumstances.ts";
import { counterIn, listIn } from "./conditions.ts";
import { type Draft, type DraftStep, dependsOn, maybeAbsent, numbered, outputPath } from "./draft.ts";
import type { Each } from "./each.ts";
import { namedElements } from "./element-filter.ts";
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
  /** What it is called where the goal's words give no name. */
  label: string;
}

/** A wish that cannot be met as it stands. */
export interface Problem {
  wish: Wish;
  why: string;
  /** What a person could supply. */
  missing: Missing | null;
  /** A person said no to it. */
  isDenied: boolean;
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
    composer.problems.push({ wish, why, missing: null, isDenied: false });
    return null;
  };
  const unwanted = composer.setting.reading.excluded.get(wish.mention.candidates[0]?.tool.name ?? "");
  if (unwanted !== undefined && namesOnly(wish, unwanted.values))
    return problem(`the goal also says "${unwanted.text}" is not wanted`);
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

/** True where all that the wish names of a list is what the goal does not want. */
function namesOnly(wish: Wish, unwanted: ReadonlySet<string>): boolean {
  const tool = wish.mention.candidates[0]?.tool;
  const named = tool === undefined ? [] : (namedElements(tool, wish.words)?.values ?? []);
  return named.length > 0 && named.every((value) => unwanted.has(value));
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
  const denial = denialOf(setting, wish);
  if (denial !== null) {
    composer.problems.push({ wish, why: denial, missing: null, isDenied: true });
    return null;
  }
  const open = alternatives(wish).filter(({ tool }) => {
    return !maker.barred.has(tool.name) && !setting.bans.has(banOf(wish, tool.name));
  });
  let missing: Missing | null = null;
  for (const candidate of open) {
    if (missing !== null && candidate.score < (open[0]?.score ?? 0) - CLOSE) break;
    const { tool } = candidate;
    const sections = collectsResults(wish) ? sectionsOf(composer, wish) : [];
    const made = makeStep(maker, {
      ...context,
      tool,
      wish,
      name: nameFor(composer, tool, wish.words),
      sections,
      path: [],
    });
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
    isDenied: false,
  });
  return null;
}

/** Why a wish's own tool may not run: a person said no, and then no other tool may do it either. */
function denialOf(setting: Setting, wish: Wish): string | null {
  const tool = wish.mention.candidates[0]?.tool.name ?? "";
  if (!setting.bans.has(banOf(wish, tool))) return null;
  const item = setting.request.history.find((past) => past.tool === tool && /^APPROVAL_/.test(past.error?.code ?? ""));
  if (item === undefined) return null;
  return item.error?.code === "APPROVAL_EXPIRED"
    ? `nobody approved step '${item.step}' (${tool}) in time`
    : `a person denied step '${item.step}' (${tool})`;
}

/** A side effect is never replaced by another tool, and never replaces one. */
function alternatives(wish: Wish): Candidate[] {
  const [best, ...others] = wish.mention.candidates;
  if (best === undefined) return [];
  return best.tool.effect === "read" ? [best, ...others.filter(({ tool }) => tool.effect === "read")] : [best];
}

function addPart(composer: Composer, wish: Wish, step: DraftStep): void {
  const label = selectionFor(composer, step.tool, wish.words)?.label ?? step.tool.name;
  const kept = addNarrowed(composer, step, {
    words: wish.words,
    suffix: asksForCount(composer, wish, step) ? "_count" : "",
  });
  const counted = countOf(composer, wish, { step, kept });
  const whole = kept === null ? (step.tool.planning?.answer ?? "") : "items";
  const path = counted === null ? whole : "count";
  const target = counted ?? kept ?? step;
  const same = composer.parts.find((part) => part.step === target && part.path === path);
  if (same === undefined) composer.parts.push({ key: "", step: target, path, wishes: [wish], label });
  else same.wishes.push(wish);
}

/** "how many topics": a step that counts the list, where a tool can. */
function countOf(composer: Composer, wish: Wish, of: { step: DraftStep; kept: DraftStep | null }): DraftStep | null {
  if (!asksForCount(composer, wish, of.step)) return null;
  const counter = counterIn(composer.setting.request.tools);
  const list = of.kept === null ? listIn(of.step.tool) : "items";
  if (counter === null || list === null) return null;
  return of.kept?.tool === counter
    ? of.kept
    : addCount(composer, { step: of.kept ?? of.step, list, counter, when: of.step.when });
}

function asksForCount(composer: Composer, wish: Wish, step: DraftStep): boolean {
  if (!/\b(how many|number of|count)\b/i.test(wish.text) || listIn(step.tool) === null || step.each !== null)
    return false;
  const counter = counterIn(composer.setting.request.tools);
  return counter !== null && counter !== step.tool;
}

/** `[{title, content}]` of the answers so far. */
function sectionsOf(composer: Composer, wish: Wish): JsonValue[] {
  const parts = composer.parts.filter((part) => !part.wishes.some(collectsResults)).map((part) => ({ ...part }));
  const source = wish.source === null ? null : composer.made.get(wish.source);
  if (source && wish.source !== null && !parts.some((part) => part.step === source)) {
    parts.unshift({
      key: "",
      step: source,
      path: source.tool.planning?.answer ?? "",
      wishes: [wish.source],
      label: source.tool.name,
    });
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
    const words = part.wishes.flatMap((wish) => wish.words);
    const planning = part.label === tool.name ? tool.planning : null;
    const wanted = isCount ? part.step.id : keyOf(words, { name: part.label, planning });
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
