/** Random steps and plans in a part of the plan language that `naive-evaluation.ts` understands. */
import type { Step } from "../../src/plan/decision.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import type { Dice } from "./dice.ts";

export interface PlanSource {
  dice: Dice;
  /** Steps of earlier plans that may be referred to, as `headOf` names them. */
  referable: string[];
  /** Where new ids go on counting. */
  count: number;
  /** Whether `document` can be read. */
  hasDocument: boolean;
}

/** Longer than a journal entry takes. */
export const LARGE_CHARS = 66_000;

/** New steps, each of which may read the ones before it and what is referable. */
export function randomSteps(source: PlanSource, most: number): Step[] {
  const { dice } = source;
  const ids = [...source.referable];
  return Array.from({ length: 1 + Math.max(dice.under(most), dice.under(most)) }, () => {
    const step = randomStep(dice, `s${source.count++}`, ids);
    if (source.hasDocument && dice.chance(0.15))
      step.input.read = { ref: dice.pick(["document.text", "document.name"]) };
    ids.push(headOf(step));
    return step;
  });
}

/** How a step's output is read: of a list the first. */
export function headOf({ id, forEach }: Step): string {
  return forEach === undefined ? id : `${id}[0]`;
}

function idOf(head: string): string {
  return head.replace("[0]", "");
}

function randomStep(dice: Dice, id: string, earlier: string[]): Step {
  const isMany = dice.chance(0.25);
  const step: Step = { id, tool: dice.pick(["look", "look", "look", "keep", "keep", "note", "send"]), input: {} };
  const fields = 1 + dice.under(2);
  for (let field = 0; field < fields; field++) step.input[`f${field}`] = randomValue(dice, earlier, 0);
  if (earlier.length > 0 && dice.chance(0.06)) step.input.big = { ref: `${dice.pick(earlier)}.big`, default: "small" };
  if (dice.chance(0.01)) step.input.big = "z".repeat(LARGE_CHARS);
  if (isMany) {
    step.input.item = dice.chance(0.7) ? { ref: "item" } : { ref: "index" };
    step.forEach = { items: randomList(dice, earlier), max: 1 + dice.under(4) };
  }
  const before = earlier.length > 0 ? dice.pick(earlier) : null;
  if (before !== null && dice.chance(0.2)) step.after = [idOf(before)];
  if (before !== null && dice.chance(0.25)) step.when = randomCondition(dice, before);
  if (dice.chance(0.7))
    step.onFailure = dice.pick(["skip", "skip", "skip", "replan", "replan", "replan", "fail"] as const);
  return step;
}

function randomCondition(dice: Dice, id: string): JsonObject {
  if (dice.chance(0.5)) return { ref: `${id}.kind`, is: dice.pick(["low", "high"]) };
  return { ref: `status.${idOf(id)}`, is: dice.pick(["completed", "unmet", "skipped", "failed"]) };
}

function randomList(dice: Dice, earlier: string[]): JsonValue {
  if (earlier.length > 0 && dice.chance(0.6)) return { ref: `${dice.pick(earlier)}.list` };
  return Array.from({ length: dice.under(5) }, (_, place) => place * 10);
}

export function randomValue(dice: Dice, earlier: string[], depth: number): JsonValue {
  if (earlier.length === 0 || dice.chance(0.2)) return dice.under(100);
  const id = dice.pick(earlier);
  if (dice.chance(0.15)) return { template: `is {{${id}.v}}!` };
  if (dice.chance(0.4) && depth < 2) return { ref: `${id}.v`, default: randomValue(dice, earlier, depth + 1) };
  if (dice.chance(0.1)) return [randomValue(dice, earlier, depth + 1), 1];
  return { ref: `${id}.v` };
}
