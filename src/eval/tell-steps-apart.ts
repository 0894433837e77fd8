/**
 * Steps that are alike in themselves, told apart by what surrounds them. Owns: how near two steps of different plans stand to
 * each other in that respect. Must not: compare inputs (the likeness that it is given has done that).
 *
 * Steps start with the class of what they are alike with, and get finer classes by the classes of what they read, wait for and
 * are read by, again and again (colour refinement: B. Weisfeiler, A. Leman, 1968). Where that ends with several in a class on
 * both sides, one of each is made a pair of its own, and the rest follows (B. McKay, A. Piperno, "Practical Graph
 * Isomorphism, II", 2014): so two plans that differ in names and places alone are matched step by step.
 */
import type { CompiledStep } from "../plan/compile-plan.ts";
import type { Path, Reference } from "../plan/compiled.ts";

export interface PlanSide {
  steps: readonly CompiledStep[];
  /** Ids of the steps that the output reads. */
  feeds: readonly string[];
}

/** How far the surroundings of a step and of one of the gold agree, from 0 to 1. */
export type Nearness = (row: number, column: number) => number;

/** `likeness` by places of both plans; 1 for steps that may stand for each other. */
export function tellStepsApart(got: PlanSide, gold: PlanSide, likeness: readonly (readonly number[])[]): Nearness {
  if (areAllDifferent(got) && areAllDifferent(gold)) return () => 0;
  const links = [...linksOf(got, 0), ...linksOf(gold, got.steps.length)];
  const rounds = refine(links, { classes: firstClasses(got, gold, likeness), count: got.steps.length });
  return (row, column) => {
    const place = got.steps.length + column;
    const agreed = rounds.findIndex((classes) => classes[row] !== classes[place]);
    return (agreed < 0 ? rounds.length : agreed) / rounds.length;
  };
}

function areAllDifferent({ steps }: PlanSide): boolean {
  return new Set(steps.map(({ step }) => step.tool)).size === steps.length;
}

/** Steps of both plans that are wholly alike share a class; the places of the gold come after those of the plan. */
function firstClasses({ steps }: PlanSide, gold: PlanSide, likeness: readonly (readonly number[])[]): number[] {
  const classes = Array.from({ length: steps.length + gold.steps.length }, (_, place) => place);
  const find = (place: number): number => {
    const parent = classes[place]!;
    return parent === place ? place : find(parent);
  };
  for (const [row, columns] of likeness.entries()) {
    for (const [column, one] of columns.entries()) {
      if (one === 1) classes[find(row)] = find(steps.length + column);
    }
  }
  const found = classes.map((_, place) => find(place));
  const sizes = new Map<number, number>();
  for (const one of found) sizes.set(one, (sizes.get(one) ?? 0) + 1);
  // What is like nothing on the other side is one class with all others of its tool.
  const tools = new Map<string, number>();
  return found.map((one, place) => {
    if ((sizes.get(one) ?? 0) > 1) return one;
    const tool = (steps[place] ?? gold.steps[place - steps.length])?.step.tool ?? "";
    const known = tools.get(tool) ?? -1 - tools.size;
    tools.set(tool, known);
    return known;
  });
}

/** In which way it is connected, and with which place; null for the output. */
type Link = [way: string, place: number | null];

function linksOf({ steps, feeds }: PlanSide, offset: number): Link[][] {
  const places = new Map<string, number>();
  for (const [place, { step }] of steps.entries()) if (!places.has(step.id)) places.set(step.id, place);
  const links: Link[][] = steps.map(() => []);
  const connect = (source: string, reader: number, way: string): void => {
    const place = places.get(source);
    if (place === undefined) return;
    links[reader]!.push([`reads ${way}`, offset + place]);
    links[place]!.push([`read by ${way}`, offset + reader]);
  };
  for (const [reader, { references, pointer, after }] of steps.entries()) {
    for (const reference of references) connect(sourceOf(reference.path), reader, wayOf(reference, pointer));
    for (const source of after) connect(source, reader, "after");
  }
  for (const source of feeds) links[places.get(source) ?? -1]?.push(["output", null]);
  return links;
}

/** `status.a` names a step behind its root. */
function sourceOf({ root, segments }: Path): string {
  const [first] = segments;
  return root === "status" && first?.kind === "key" ? first.key : root;
}

/** The place in the step, without what a reference and a template of one are told apart by. */
function wayOf({ use, pointer }: Reference, step: string): string {
  return use === "when" ? use : pointer.slice(step.length).replace(/\/(?:ref|template)$/, "");
}

/** Classes after each round; the first `count` places are the plan's. */
function refine(links: readonly Link[][], { classes, count }: { classes: number[]; count: number }): number[][] {
  const rounds = [classes];
  let current = classes;
  for (;;) {
    const next = refineOnce(links, current);
    if (countOf(next) === countOf(current)) {
      const pair = nextPair(current, count);
      if (pair === null) return rounds;
      const own = Math.max(...current) + 1;
      current = current.map((one, place) => (pair.includes(place) ? own : one));
    } else current = next;
    rounds.push(current);
  }
}

function refineOnce(links: readonly Link[][], classes: readonly number[]): number[] {
  const known = new Map<string, number>();
  return links.map((own, place) => {
    const around = own.map(([way, other]) => `${way} ${other === null ? "" : classes[other]}`).sort();
    const name = JSON.stringify([classes[place], around]);
    const found = known.get(name) ?? known.size;
    known.set(name, found);
    return found;
  });
}

function countOf(classes: readonly number[]): number {
  return new Set(classes).size;
}

/** The first class with several members, as many on both sides: its first member of each. */
function nextPair(classes: readonly number[], count: number): [number, number] | null {
  const members = new Map<number, { got: number[]; gold: number[] }>();
  for (const [place, one] of classes.entries()) {
    const found = members.get(one) ?? { got: [], gold: [] };
    members.set(one, found);
    (place < count ? found.got : found.gold).push(place);
  }
  for (const { got, gold } of members.values()) {
    if (got.length > 1 && got.length === gold.length) return [got[0]!, gold[0]!];
  }
  return null;
}
