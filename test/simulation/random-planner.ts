/** A planner that plans at random, and now and then talks nonsense. It remembers nothing: all it knows it is asked with. */
import type { Step } from "../../src/plan/decision.ts";
import type { Planner, Proposal } from "../../src/planner/planner.ts";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import type { Clock } from "../../src/shared/clock.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createDice, type Dice, seedOf } from "./dice.ts";
import type { Mortal } from "./mortal-process.ts";
import { sourcesOf } from "./naive-evaluation.ts";
import { headOf, randomSteps, randomValue } from "./random-plan.ts";
import type { Referee } from "./referee.ts";

export interface PlannerWorld {
  seed: number;
  referee: Referee;
  mortal: Mortal;
  clock: Clock;
  /** Every step that was ever proposed, by id; shared by all processes of a world. */
  proposed: Map<string, Step>;
  trouble: number;
}

export function randomPlanner(world: PlannerWorld): Planner {
  return {
    name: "random",
    visibility: "shape",
    async plan(request, { signal }): Promise<Proposal> {
      const { mortal, clock, referee } = world;
      if (!mortal.isAlive) return new Promise(() => {});
      referee.plannerCalled(request.n, request.attempt, mortal.epoch);
      const dice = createDice(seedOf(world.seed, "plan", request.n, request.attempt));
      const ms = dice.under(60);
      await new Promise<void>((resolve, reject) => {
        clock.setTimer(ms, resolve);
        signal.addEventListener("abort", () => reject(signal.reason));
      });
      const usage = { inputTokens: dice.under(600), outputTokens: dice.under(200), modelCalls: 1 };
      return { raw: answer(world, request, dice), usage, costUsd: dice.under(10) / 1_000 };
    },
  };
}

function answer(world: PlannerWorld, request: PlanningRequest, dice: Dice): JsonValue {
  const completed = request.history.filter(({ status }) => status === "completed").map(({ step }) => step);
  const heads = completed.flatMap((id) => world.proposed.get(id) ?? []).map(headOf);
  const output = outputFor(dice, heads);
  if (dice.chance(0.08 * world.trouble)) return nonsense(dice);
  if (request.n > 1 && dice.chance(0.1)) return { kind: "finish", rationale: "r", output };
  if (dice.chance(0.05)) return { kind: "ask", rationale: "r", question: "And now?" };
  if (dice.chance(0.02)) return { kind: "abandon", rationale: "r", reason: "enough" };
  const kept = keptSteps(world, request, dice);
  const source = {
    dice,
    referable: [...heads, ...kept.map(headOf)],
    count: world.proposed.size,
    hasDocument: request.documents.length > 0,
  };
  const fresh = kept.length > 0 && dice.chance(0.2) ? [] : randomSteps(source, request.n === 1 ? 8 : 4);
  for (const step of fresh) world.proposed.set(step.id, step);
  const steps = [...kept, ...fresh] as unknown as JsonValue;
  const then = dice.chance(0.25) ? "replan" : "finish";
  if (then === "replan" || dice.chance(0.4)) return { kind: "plan", rationale: "r", steps, then };
  return { kind: "plan", rationale: "r", steps, then, output: outputFor(dice, [...heads, ...fresh.map(headOf)]) };
}

function outputFor(dice: Dice, heads: string[]): JsonValue {
  return { x: randomValue(dice, heads, 0), y: { ref: "goal" } };
}

/** Unfinished and failed steps of earlier plans that are planned again, unchanged. */
function keptSteps({ proposed }: PlannerWorld, { history }: PlanningRequest, dice: Dice): Step[] {
  const kept = new Map<string, Step>();
  const isSettled = new Set(
    history.filter(({ status }) => /completed|unmet|skipped/.test(status)).map(({ step }) => step),
  );
  for (const { step: id, status } of history) {
    const step = proposed.get(id);
    if (step === undefined || dice.chance(status === "completed" ? 0.8 : 0.4)) continue;
    const isSound = sourcesOf(step).every((source) => isSettled.has(source) || kept.has(source));
    if (isSound || dice.chance(0.05)) kept.set(id, step);
  }
  return [...kept.values()];
}

function nonsense(dice: Dice): JsonValue {
  return dice.pick<JsonValue>([
    "no plan at all",
    null,
    { kind: "plan", rationale: "r", steps: [{ id: "s0", tool: "look", input: { other: 1 } }] },
    { kind: "plan", rationale: "r", steps: [{ id: "zz", tool: "nosuch", input: {} }] },
    { kind: "plan", rationale: "r", steps: [{ id: "zz", tool: "look", input: {}, after: ["zz"] }] },
    { kind: "finish", rationale: "r", output: { ref: "nobody.v" } },
  ]);
}
