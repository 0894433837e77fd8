/** Random runs that completed, promoted and run again with the same params: the same output. */
import { expect, test } from "vitest";
import type { PlanwrightError } from "../../src/error/planwright-error.ts";
import type { Step } from "../../src/plan/decision.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../../src/shared/json.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { createWorld, type World } from "../run/run-world.ts";
import { createDice, type Dice, seedOf } from "../simulation/dice.ts";
import { headOf, type PlanSource, randomSteps, randomValue } from "../simulation/random-plan.ts";

const GOAL = "Look at 12 of the low ones";
const TOOLS = ["look", "keep", "note", "send", "spare"];

/** What a tool gives, or that it fails, depends on its input alone. */
function behave(tool: string, input: JsonObject): JsonValue {
  const dice = createDice(seedOf(tool, canonicalJson(input)));
  if (tool !== "spare" && dice.chance(0.2)) throw new Error(`${tool} fails`);
  const list = Array.from({ length: dice.under(4) }, (_, place) => place + dice.under(9));
  return { v: dice.under(50), kind: dice.pick(["low", "high"]), list, big: "b" };
}

function createRandomWorld(decisions: readonly JsonValue[]): World {
  const behaviours = Object.fromEntries(TOOLS.map((tool) => [tool, (input: JsonObject) => behave(tool, input)]));
  return createWorld({ behaviours, planner: createScriptedPlanner([...decisions]) });
}

/** References to the goal and to params stand where a number might. */
function withRoots(dice: Dice, step: Step): Step {
  const wanted = dice.pick(["goal", "params.n", "params.nothing", "params.list[0]", "params.none"]);
  const value = wanted === "params.none" ? { ref: wanted, default: dice.under(9) } : { ref: wanted };
  return dice.chance(0.4) ? { ...step, input: { ...step.input, root: value } } : step;
}

function randomDecisions(dice: Dice): JsonValue[] {
  const source: PlanSource = { dice, referable: [], count: 0, hasDocument: false };
  const steps = (most: number): Step[] => {
    const made = randomSteps(source, most).map((step) => withRoots(dice, step));
    source.referable.push(...made.map(headOf));
    return made;
  };
  const plan = (then: string, most: number): JsonObject => ({
    ...{ kind: "plan", rationale: "random", steps: steps(most) as unknown as JsonValue, then },
    ...(dice.chance(0.5) && then === "finish" ? { output: { o: randomValue(dice, source.referable, 0) } } : {}),
  });
  return [plan("replan", 5), plan(dice.pick(["finish", "replan"]), 4), plan("finish", 3)];
}

function randomRules(dice: Dice): JsonObject {
  const input = { g: { ref: "goal" }, n: { ref: "params.n" } };
  const recovery = dice.chance(0.3) ? [{ on: "*", do: "fallback", tool: "spare", input }] : [];
  const check = { ref: "goal", is: { ref: "goal" } };
  return { recovery, success: dice.chance(0.3) ? [{ name: "goal", check }] : [] };
}

const isRefused = (thrown: PlanwrightError): null => {
  expect(thrown).toMatchObject({ code: "VALIDATION", message: expect.stringContaining("some elements") });
  return null;
};

async function runTwice(seed: number): Promise<{ first: RunResult; again: RunResult | null } | null> {
  const dice = createDice(seed);
  const decisions = randomDecisions(dice);
  const world = createRandomWorld(decisions);
  const params = { n: 12, nothing: null, list: [dice.under(5)], none: null };
  const first = await world.run({ goal: GOAL, params, rules: randomRules(dice), budget: { maxSteps: 150 } } as never);
  if (first.status !== "completed") return null;
  const workflow = await world.until(world.runtime.promote(first.id).catch(isRefused));
  return { first, again: workflow === null ? null : await world.run({ workflow }) };
}

test("a run that completed, promoted, does the same again", async () => {
  let promoted = 0;
  for (let seed = 1; seed <= 40; seed++) {
    const pair = await runTwice(seed);
    if (pair?.again == null) continue;
    const { first, again } = pair;
    expect({ seed, status: again.status, output: again.output, missing: again.missing.map(({ ref }) => ref) }).toEqual({
      ...{ seed, status: "completed", output: first.output, missing: first.missing.map(({ ref }) => ref) },
    });
    promoted += 1;
  }
  expect(promoted).toBeGreaterThan(10);
}, 60_000);
