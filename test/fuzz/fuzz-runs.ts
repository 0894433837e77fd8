/** Sends fuzzed decisions and random plans through a whole runtime. */
import { isErrorCode } from "../../src/error/codes.ts";
import { hasErrors } from "../../src/error/issue.ts";
import { checkDecision } from "../../src/plan/check-decision.ts";
import { MODEL_PLAN_LIMITS, parseDecision } from "../../src/plan/parse-decision.ts";
import type { Planner } from "../../src/planner/planner.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { TOOLS } from "../plan/check-setup.ts";
import { createWorld, type World } from "../run/run-world.ts";
import { type Dice, type Span, tryCasesInTurn } from "./dice.ts";
import { ALL_MUTANTS } from "./fuzz-decisions.ts";
import { randomPlan } from "./random-plans.ts";
import { conformingValue } from "./random-schemas.ts";
import { fuzzContext } from "./valid-decisions.ts";

export interface RunTally {
  cases: number;
  refused: number;
  completed: number;
}

const DOCUMENTS = ["first.md", "second.md"].map((name) => ({ name, text: "# Title\n\nSome words.\n" }));
const PARAMS = { depth: 3, names: ["a", "b"], "odd key": { x: null } };

/** Mutants as the answers of a planner: a refused one never leads to a call, and its code is the run's. */
export async function fuzzRuns(span: Span): Promise<RunTally> {
  const tally: RunTally = { cases: 0, refused: 0, completed: 0 };
  tally.cases = await tryCasesInTurn(span, async (dice) => {
    const mutant = dice.pick(ALL_MUTANTS);
    const asText = dice.chance(0.3);
    const make = (): unknown => (asText ? textOf(mutant.make()) : mutant.make());
    const isRefused = refuses(make());
    let calls = 0;
    const world = createWorld({ planner: answering(make), tools: conforming(TOOLS, dice, () => calls++) });
    const result = await endOf(world, { goal: "fuzz", documents: DOCUMENTS, params: PARAMS });
    const say = (what: string): Error => new Error(`${mutant.how}: ${what}: ${JSON.stringify(result).slice(0, 600)}`);
    if (!isRefused) judgeEnd(result, say);
    // What JSON turns into something else (NaN into null) may be judged otherwise once it has been journalled.
    else if (calls > 0 && isPlainJson(make())) throw say("a refused decision led to a call");
    else if (isPlainJson(make()) && !(result.status === "failed" && isErrorCode(result.error?.code ?? ""))) {
      throw say("a refused decision did not end the run");
    }
    tally.refused += isRefused ? 1 : 0;
    tally.completed += result.status === "completed" ? 1 : 0;
  });
  return tally;
}

/** Accepted random plans run without a reference, scope or internal error. */
export async function fuzzPlanRuns(span: Span): Promise<RunTally> {
  const tally: RunTally = { cases: 0, refused: 0, completed: 0 };
  tally.cases = await tryCasesInTurn(span, async (dice) => {
    const { tools, plan } = randomPlan(dice);
    const world = createWorld({ tools });
    const result = await endOf(world, { goal: "fuzz", plan });
    const say = (what: string): Error =>
      new Error(`${what}: ${JSON.stringify(result.error)} in ${JSON.stringify(plan)}`);
    const wasRefused = result.plan === null;
    if (wasRefused) tally.refused += 1;
    else judgeEnd(result, say);
    tally.completed += result.status === "completed" ? 1 : 0;
  });
  return tally;
}

/** What may still come out at run time: a planner's own end, and a list whose type was `unknown`. */
const LATE_CODES = new Set(["PLAN_ABANDONED", "PLAN_STUCK", "PLAN_NOT_A_LIST"]);
const GOOD_ENDS = new Set(["completed", "waiting", "failed", "exhausted"]);

function judgeEnd(result: RunResult, say: (what: string) => Error): void {
  if (!GOOD_ENDS.has(result.status)) throw say(`ended ${result.status}`);
  const errors = [result.error, ...result.steps.map(({ error }) => error)];
  for (const error of errors) {
    const code = error?.code ?? "";
    if (code === "INTERNAL" || code === "TOOL_INVALID_OUTPUT") throw say(`ended with ${code}`);
    if (code.startsWith("PLAN_") && !LATE_CODES.has(code)) throw say(`accepted, and then ${code}`);
  }
}

async function endOf(world: World, request: Parameters<World["run"]>[0]): Promise<RunResult> {
  try {
    return await world.run(request);
  } finally {
    await world.runtime.close();
  }
}

/** Answers the first decision (and its repairs) with the mutant; then there is nothing left to do. */
function answering(make: () => unknown): Planner {
  return {
    name: "fuzzed",
    plan: ({ n }) => Promise.resolve({ raw: (n === 1 ? make() : DONE) as JsonValue }),
  } as Planner;
}

const DONE = { kind: "abandon", rationale: "fuzzed enough", reason: "one decision is all there is" };

/** Tools that count their calls and answer with values that conform. */
function conforming(tools: readonly Tool[], dice: Dice, called: () => void): Tool[] {
  return tools.map((tool) => ({
    ...tool,
    execute: () => {
      called();
      return conformingValue(tool.outputSchema, dice);
    },
  }));
}

function textOf(value: unknown): unknown {
  try {
    return JSON.stringify(value) ?? "undefined";
  } catch {
    return "not JSON";
  }
}

function refuses(raw: unknown): boolean {
  const { decision } = parseDecision(raw, MODEL_PLAN_LIMITS);
  return decision === null || hasErrors(checkDecision(decision, fuzzContext()).issues);
}

function isPlainJson(value: unknown): boolean {
  const { issues } = parseDecision(value, MODEL_PLAN_LIMITS);
  return typeof value === "string" || !issues.some(({ message }) => message.includes("not JSON"));
}
