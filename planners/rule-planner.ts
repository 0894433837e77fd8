/**
 * The planner without a model: a goal becomes a plan by the words that tools declare and the types they take and give.
 * Owns: the decision. Must not: know any tool by name, see any content, or drop a wish without saying so.
 */

import { NO_USAGE } from "../src/model/usage.ts";
import type { Decision, PlanDecision } from "../src/plan/decision.ts";
import type { Considered, Planner, Proposal } from "../src/planner/planner.ts";
import type { PlanningRequest, ToolDescription } from "../src/planner/planning-request.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "../src/shared/json.ts";
import { goalWithAnswers, isAnswerable, questionFor, wasAsked } from "./rule/answers.ts";
import { buildOutput, fitOutput } from "./rule/build-output.ts";
import type { Setting } from "./rule/circumstances.ts";
import { type Composition, composePlan } from "./rule/compose-plan.ts";
import type { DraftStep } from "./rule/draft.ts";
import { consideredFor, emptyReason, problemReason, rationaleOf, refusalOf, suggestModel } from "./rule/explain.ts";
import { readWishes } from "./rule/read-wishes.ts";
import { composeAround, renamedIds, renameIn, wrongProperties } from "./rule/replan.ts";
import { splitGoal } from "./rule/split-goal.ts";
import { createToolIndex, type ToolIndex } from "./rule/tool-index.ts";

/**
 * A planner that needs no key and no network. It is deterministic: the same request gives the same proposal.
 *
 * @example
 * const proposal = await createRulePlanner().plan(request, { signal });
 */
export function createRulePlanner(): Planner {
  let known: ToolIndex | null = null;
  const indexFor = (tools: ToolDescription[]): ToolIndex => {
    const isSame = known?.tools.length === tools.length && known.tools.every((tool, place) => tool === tools[place]);
    known = known !== null && isSame ? known : createToolIndex(tools);
    return known;
  };
  return {
    name: "rule",
    visibility: "shape",
    plan: (request) => Promise.resolve(propose(request, indexFor(request.tools))),
  };
}

function propose(request: PlanningRequest, index: ToolIndex): Proposal {
  const { decision, considered } = decide(request, index);
  const plain = JSON.parse(JSON.stringify(decision)) as JsonObject;
  return { raw: plain, usage: NO_USAGE, costUsd: 0, dialect: "none", considered };
}

interface Decided {
  decision: Decision;
  considered: Considered[];
}

function decide(request: PlanningRequest, index: ToolIndex): Decided {
  const goal = goalWithAnswers(request);
  const reading = readWishes(index, splitGoal(goal, index.said));
  const setting: Setting = { request, index, goal, reading, barred: new Set(), bans: new Set() };
  const refuse = (reason: string, considered = consideredFor(reading, new Map())): Decided => ({
    decision: { kind: "abandon", rationale: "A part of the goal cannot be met with these tools.", reason },
    considered,
  });
  if (request.cause === "success-unmet")
    return refuse(suggestModel("The result misses its success criteria, and the same words give the same plan."));
  if (reading.unmet.length > 0) return refuse(refusalOf(reading.unmet, doableIn(setting), request.tools));
  if (reading.wishes.every((wish) => wish.isHidden)) return refuse(emptyReason(reading, request.tools));
  const composition = composeAround(setting);
  const considered = consideredFor(reading, composition.taken);
  const open = openProblems(setting, composition);
  if (open !== null) return { decision: open, considered };
  return { decision: finish(setting, composition), considered };
}

/** What of the goal could be done if the rest were left out, in its words. */
function doableIn(setting: Setting): string[] {
  if (setting.reading.wishes.every((wish) => wish.isHidden)) return [];
  const { parts, problems } = composeAround(setting);
  const isOpen = (text: string): boolean => problems.some((problem) => problem.wish.text === text);
  const texts = parts.flatMap((part) => part.wishes.map((wish) => wish.text));
  return [...new Set(texts)].filter((text) => !isOpen(text));
}

/** Asks for what a person can supply, once; refuses what nobody can. After a failure, what is left is enough. */
function openProblems(setting: Setting, composition: Composition): Decision | null {
  const { request } = setting;
  const { problems, parts } = composition;
  const hasFailed =
    request.history.some((item) => item.status === "failed" || item.status === "unknown") || request.issues.length > 0;
  if (problems.length === 0 || (hasFailed && parts.length > 0)) return null;
  const rationale = rationaleOf(composition);
  const first = problems[0];
  const isHopeless = problems.find(({ missing }) => missing === null || !canAsk(request, missing));
  if (first?.missing && isHopeless === undefined) {
    return { kind: "ask", rationale, question: questionFor(first.missing, first.wish.text) };
  }
  return { kind: "abandon", rationale, reason: problemReason(problems, request.tools) };
}

function canAsk(request: PlanningRequest, missing: NonNullable<Composition["problems"][number]["missing"]>): boolean {
  const isResults = missing.tool.planning?.inputs?.[missing.input] === "results";
  const isPair = missing.why.startsWith("it compares");
  return (isResults || isAnswerable(missing.schema)) && !isPair && !wasAsked(request, missing);
}

function finish(setting: Setting, composition: Composition): Decision {
  const { request } = setting;
  const built = outputFor(request, composition);
  const rationale = rationaleOf(composition);
  if (built.problem !== null)
    return {
      kind: "abandon",
      rationale,
      reason: suggestModel(`The plan has no result of the wanted shape: ${built.problem}.`),
    };
  const isFresh = request.history.length === 0 && request.issues.length === 0;
  const original = isFresh ? [] : composePlan(setting).draft.steps;
  const renamed = isFresh ? new Map<string, string>() : renamedIds(request, composition.draft.steps, original);
  const steps = composition.draft.steps.map((step) => stepOf(step, renamed));
  const output = renameIn(built.output, renamed);
  const plan: PlanDecision = { kind: "plan", rationale, steps, then: "finish", output };
  return isSameAsBefore(request, plan) ? stuck(request, rationale) : plan;
}

function outputFor(request: PlanningRequest, composition: Composition): ReturnType<typeof fitOutput> {
  const { draft, parts } = composition;
  if (request.outputSchema === null) return { output: buildOutput(draft, parts), problem: null };
  return fitOutput(request.outputSchema, { draft, parts }, wrongProperties(request));
}

function stepOf(step: DraftStep, renamed: ReadonlyMap<string, string>): PlanDecision["steps"][number] {
  const rename = <V extends JsonValue>(value: V): V => renameIn(value, renamed) as V;
  return {
    id: renamed.get(step.id) ?? step.id,
    tool: step.tool.name,
    input: rename(step.input),
    ...(step.after.length > 0 ? { after: step.after.map((id) => renamed.get(id) ?? id) } : {}),
    ...(step.when === null ? {} : { when: rename(step.when) }),
    ...(step.each === null ? {} : { forEach: { items: rename(step.each.items), max: step.each.max } }),
  };
}

/** A repair that changes nothing would only be refused again. */
function isSameAsBefore(request: PlanningRequest, plan: PlanDecision): boolean {
  if (request.attempt <= 1 || request.previous === null || typeof request.previous !== "object") return false;
  const bare = (decision: JsonValue | PlanDecision): string =>
    canonicalJson({ ...(decision as JsonObject), rationale: null });
  return bare(request.previous) === bare(plan);
}

function stuck(request: PlanningRequest, rationale: string): Decision {
  const denied = request.issues.find(({ code }) => code === "APPROVAL_DENIED");
  if (denied !== undefined) {
    return { kind: "abandon", rationale, reason: `There is no other plan for this goal. ${denied.message}` };
  }
  const found = request.issues.map(({ code, message }) => `${code}: ${message.replace(/\.$/, "")}`).join("; ");
  return {
    kind: "abandon",
    rationale,
    reason: suggestModel(`The only plan for this goal is refused by the checker: ${found}.`),
  };
}
