/** The optional data sets as eval cases: what the checker and the scorers say of other people's gold plans. */
import { describe, expect, type TestContext, test } from "vitest";
import type { DojoRecord, InjectionTask } from "../../evals/data/agentdojo.ts";
import type { TimedRecord } from "../../evals/data/asynchow.ts";
import type { InjectedMail } from "../../evals/data/bipia.ts";
import { dataSets } from "../../evals/data/data-sets.ts";
import type { GoldRecord } from "../../evals/data/gold-record.ts";
import { importedName } from "../../evals/data/import-tools.ts";
import { createRuntime } from "../../src/create-runtime.ts";
import { type EvalCase, evalCaseSchema } from "../../src/eval/case.ts";
import { caseTools } from "../../src/eval/case-tools.ts";
import { checkCase } from "../../src/eval/check-case.ts";
import { goldAlternatives } from "../../src/eval/gold.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Decision, PlanDecision, Step } from "../../src/plan/decision.ts";
import { buildPlanGraph, criticalPath } from "../../src/plan/plan-graph.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { scoreGoldAgainstItself } from "../eval/gold-against-itself.ts";
import { lowered, scoreAnswer } from "../eval/score-decision.ts";
import { dataRecords, dataText, show } from "./data-folder.ts";
import { flawsOf } from "./raw-flaws.ts";

const TIMEOUT = { timeout: 120_000 };

function casesOf(context: TestContext, name: string): EvalCase[] {
  const set = dataSets.find((one) => one.name === name);
  if (set === undefined) throw new Error(`no data set ${name}`);
  return set.cases(set.files.map((file) => dataText(context, file))).map((one) => evalCaseSchema.parse(one));
}

function errorsOf(one: EvalCase): string[] {
  const issues = checkCase(one, caseTools(one, []));
  return [...new Set(issues.filter(({ severity }) => severity === "error").map(({ code }) => code))];
}

function goldPlan(one: EvalCase): PlanDecision {
  const decision = goldAlternatives(one)[0]?.decision;
  if (decision?.kind !== "plan") throw new Error(`${one.id} has no gold plan`);
  return decision;
}

describe.each(dataSets.map(({ name }) => name))("cases of %s", (name) => {
  test("have golds that score 1 against themselves wherever the checker accepts them", TIMEOUT, (context) => {
    const cases = casesOf(context, name);
    const withGold = cases.filter(({ gold }) => gold != null);
    const sound = withGold.filter((one) => errorsOf(one).length === 0);
    let applicable = 0;
    for (const one of sound) {
      const own = scoreGoldAgainstItself(one, { registered: [] });
      expect([one.id, own.below]).toEqual([one.id, []]);
      applicable += own.applicable;
    }
    show(`${name}: ${cases.length} cases`, [
      `${withGold.length} with gold, ${sound.length} accepted by the checker; ${applicable} applicable scores, all 1`,
      ...withGold.filter((one) => !sound.includes(one)).map((one) => `refused ${one.id}: ${errorsOf(one).join(" ")}`),
    ]);
    expect(cases.length).toBeGreaterThan(0);
  });

  test("have golds of which no step can be missed without a trace", TIMEOUT, (context) => {
    const cases = casesOf(context, name).filter(
      (one) => one.gold?.anyOf[0]?.kind === "plan" && errorsOf(one).length === 0,
    );
    for (const one of cases.filter((other) => goldPlan(other).steps.length > 0)) {
      const gold = goldPlan(one);
      const lower = lowered(scoreAnswer(one, gold), scoreAnswer(one, { ...gold, steps: gold.steps.slice(0, -1) }));
      expect([one.id, ["tool_recall", "tool_f1", "step_match"].every((id) => lower.includes(id))]).toEqual([
        one.id,
        true,
      ]);
      const [first] = gold.steps as [Step, ...Step[]];
      const twice = lowered(scoreAnswer(one, gold), scoreAnswer(one, { ...gold, steps: [...gold.steps, first] }));
      expect([one.id, twice]).toEqual([
        one.id,
        ["sound", "tool_precision", "tool_f1", "step_match", "unnecessary_steps"].filter((id) => twice.includes(id)),
      ]);
      expect(twice).toContain("sound");
    }
  });
});

test(
  "NESTFUL: exactly the records that are flawed in the raw data are refused, duplicates and cycles among them",
  TIMEOUT,
  (context) => {
    const records = dataRecords<GoldRecord>(context, "nestful.dev.jsonl");
    const refused = casesOf(context, "nestful").filter((one) => errorsOf(one).length > 0);
    expect(refused.map(({ id }) => id)).toEqual(records.filter((one) => flawsOf(one).size > 0).map(({ id }) => id));
    for (const code of ["PLAN_DUPLICATE_ID", "PLAN_CYCLE", "PLAN_UNKNOWN_TOOL"] as const) {
      const flawed = records.filter((one) => flawsOf(one).has(code)).map(({ id }) => id);
      expect(refused.filter((one) => errorsOf(one).includes(code)).map(({ id }) => id)).toEqual(flawed);
      show(`nestful: ${code}`, [`${flawed.length} records of this split, each refused: ${flawed.join(" ")}`]);
      expect(flawed.length).toBeGreaterThan(0);
    }
  },
);

test("AsyncHow: the critical path with its durations is the makespan that the record gives", TIMEOUT, (context) => {
  const records = new Map(dataRecords<TimedRecord>(context, "asynchow.dev.jsonl").map((one) => [one.id, one]));
  const cases = casesOf(context, "asynchow").filter(({ tags }) => !tags.includes("at-odds-with-itself"));
  for (const one of cases) {
    const [gold] = goldAlternatives(one);
    const seconds = new Map(goldPlan(one).steps.map(({ id, input }) => [id, Number(input.durationSeconds)]));
    const path = criticalPath(buildPlanGraph(gold!.plan!.steps), (id) => seconds.get(id) ?? 0);
    const total = path.reduce((sum, id) => sum + (seconds.get(id) ?? 0), 0);
    expect(total, one.id).toBeCloseTo(records.get(one.id)!.expected.makespanSeconds, 6);
  }
  show("asynchow: critical paths", [
    `${cases.length} of ${records.size} equal the makespan, the others say themselves that they do not`,
  ]);
});

test("WorkBench: the right calls are the right end state, one call less or more is not", TIMEOUT, (context) => {
  const result = { status: "completed", steps: [], success: [], output: null } as unknown as RunResult;
  const ask: Decision = { kind: "ask", rationale: "r", question: "q" };
  const successOf = (one: EvalCase, calls: unknown[]): number | null =>
    scoreAnswer(one, ask, { result, state: { calls: calls as never } }).goal_success!.score;
  for (const one of casesOf(context, "workbench")) {
    const { calls } = (one.endState?.state ?? { calls: [] }) as { calls: unknown[] };
    expect([one.id, successOf(one, calls)]).toEqual([one.id, 1]);
    expect([one.id, successOf(one, [...calls, { tool: "email.delete_email", input: {} }])]).toEqual([one.id, 0]);
    if (calls.length > 0) expect([one.id, successOf(one, calls.slice(1))]).toEqual([one.id, 0]);
  }
});

test("BIPIA: the rule planner plans the same with and without the injected instruction", TIMEOUT, async (context) => {
  const mails = dataRecords<InjectedMail>(context, "bipia-email.dev.jsonl");
  const runtime = createRuntime({ store: createMemoryStore() });
  const planFor = async (goal: string, text: string): Promise<unknown> => {
    const { decision } = await runtime.plan({ goal, documents: [{ name: "mail.txt", text }] });
    return decision?.kind === "plan" ? { steps: decision.steps, output: decision.output } : decision?.kind;
  };
  const kinds = new Map<string, number>();
  // The questions of the set are beyond the rules, so that only goals within them show anything.
  const goals = (goal: string): string[] => [
    goal,
    "Summarize the mail in 2 sentences.",
    "List the names and the tone.",
  ];
  for (const { id, goal, document, injection } of mails) {
    expect([id, document.includes(injection.text)]).toEqual([id, true]);
    for (const asked of goals(goal)) {
      const injected = await planFor(asked, document);
      expect([id, injected]).toEqual([id, await planFor(asked, `${document.replaceAll(injection.text, "")} .`)]);
      expect([id, JSON.stringify(injected).includes(injection.text)]).toEqual([id, false]);
      const kind = typeof injected === "string" ? injected : "plan";
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
  }
  await runtime.close();
  expect(kinds.get("plan")).toBe(2 * mails.length);
  show("bipia: the injected instruction was followed in no plan", [
    `${mails.length} mails, three goals each: ${[...kinds].map(([kind, count]) => `${count} ${kind}`).join(", ")}`,
  ]);
});

test("AgentDojo: an attack's call is tainted, whether it refers to a result or copies from it", TIMEOUT, (context) => {
  const records = dataRecords<DojoRecord>(context, "agentdojo.dev.jsonl");
  const attacks = records.filter((record): record is InjectionTask => record.type === "injection_task");
  let pairs = 0;
  for (const one of casesOf(context, "agentdojo").filter(({ tags }) => tags.includes("injectable"))) {
    const gold = goldPlan(one);
    for (const attack of attacks.filter(({ suite }) => one.tags.includes(suite))) {
      const acting = attack.calls.filter(({ tool }) => effectOf(one, tool) !== "read");
      if (acting.length === 0) continue;
      const copied = acting.map(({ tool, args }, place) => ({ id: `a${place}`, tool, input: args }));
      const referring = copied.map((step) => ({
        ...step,
        input: Object.fromEntries(Object.keys(step.input).map((key) => [key, { ref: gold.steps[0]!.id }])),
      }));
      const documents = [
        { ...DOCUMENT, text: acting.map(({ args }) => Object.values(args).flat().join("\n")).join("\n") },
      ];
      for (const steps of [copied, referring]) {
        const { score, evidence } = scoreAnswer(one, { ...gold, steps: [...gold.steps, ...steps] }, { documents })
          .taint!;
        if (steps === copied && !steps.some(hasText)) continue;
        expect([one.id, attack.id, score! < 1, evidence.length > 0]).toEqual([one.id, attack.id, true, true]);
      }
      pairs += 1;
    }
  }
  show("agentdojo: attacks in plans", [
    `${pairs} pairs of a user task and an attack: every attack's call is told as tainted`,
  ]);
  expect(pairs).toBeGreaterThan(0);
});

const DOCUMENT = { name: "result", type: "text/plain", title: "", language: null, chars: 0, pages: [], tables: [] };

function effectOf(one: EvalCase, tool: string): string | undefined {
  const found = one.tools?.find((entry) => typeof entry !== "string" && entry.name === importedName(tool));
  return typeof found === "object" ? found.effect : undefined;
}

function hasText(step: { input: Record<string, unknown> }): boolean {
  return Object.values(step.input)
    .flat()
    .some((value) => typeof value === "string" && value.length >= 4);
}
