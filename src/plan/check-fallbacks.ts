/**
 * Tools that recovery rules fall back on, and the inputs these get. They are no steps, so that the passes of the plan
 * checker see none of it: no step waits for what they refer to. Owns: that the tool is registered, and that what its
 * input names exists, is in scope, and is waited for. Must not: judge types; the tool refuses what it cannot use.
 */
import type { Issue } from "../error/issue.ts";
import type { RecoveryRule } from "../goal/run-rules.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { ToolRegistry } from "../tool/tool-registry.ts";
import { briefIssues } from "./brief-issues.ts";
import { issueOf } from "./check-examination.ts";
import { copesWithAbsence } from "./check-references.ts";
import { type CompiledStep, compilePlan, listReferences } from "./compile-plan.ts";
import { compileInput } from "./compile-value.ts";
import type { Reference } from "./compiled.ts";
import { type PlanDecision, ROOTS } from "./decision.ts";
import { graphOfPlan, type PlanGraph } from "./plan-graph.ts";

export interface FallbackContext {
  tools: Pick<ToolRegistry, "get" | "names">;
  /** The plan that the rules are for; null where no plan is known yet. */
  plan: PlanDecision | null;
  documents: number;
}

/** Paths begin with `/recovery/N`. */
export function checkFallbacks(rules: readonly RecoveryRule[], { tools, plan, documents }: FallbackContext): Issue[] {
  const steps = plan === null ? [] : compilePlan(plan).plan.steps;
  const known = { steps: new Map(steps.map((step) => [step.step.id, step])), graph: graphOfPlan(steps), documents };
  const issues = asWritten(rules).flatMap((written) => [...checkTool(written, tools), ...checkInput(written, known)]);
  return briefIssues(issues);
}

/** Where no plan is known, or it has none of the rule's steps, a later one may: then only the form is judged. */
function checkInput({ rule, place, ids }: WrittenRule, known: KnownPlan): Issue[] {
  if (rule.input === undefined) return [];
  const { value, issues } = compileInput(rule.input, `/recovery/${place}/input`);
  const reader = readerOf(ids, known);
  if (reader === null) return issues;
  const found = listReferences(value, "input").map((reference) => checkReference(reference, reader, known));
  return [...issues, ...found.filter((issue) => issue !== null)];
}

interface WrittenRule {
  rule: RecoveryRule;
  place: number;
  /** Steps that it answers for; null: any. */
  ids: string[] | null;
}

/** One rule for each that was written: those that follow each other and differ in nothing but the step were one. */
function asWritten(rules: readonly RecoveryRule[]): WrittenRule[] {
  const written: WrittenRule[] = [];
  let before = "";
  for (const [place, rule] of rules.entries()) {
    const { step, ...rest } = rule;
    const text = JSON.stringify(rest);
    const ids = written.at(-1)?.ids;
    if (step !== undefined && ids != null && text === before) ids.push(step);
    else written.push({ rule, place, ids: step === undefined ? null : [step] });
    before = text;
  }
  return written;
}

interface KnownPlan {
  steps: ReadonlyMap<string, CompiledStep>;
  graph: PlanGraph;
  documents: number;
}

/** What the steps that a rule answers for have in common, as far as one of them has it. */
interface Reader {
  name: string;
  hasElement: boolean;
  waitsFor: ReadonlySet<string>;
}

/** Null where the plan has none of these steps. */
function readerOf(ids: readonly string[] | null, { steps, graph }: KnownPlan): Reader | null {
  const own = (ids ?? [...steps.keys()]).filter((id) => steps.has(id));
  if (own.length === 0) return null;
  const isOne = ids !== null && own.length === 1;
  return {
    name: isOne ? `step '${own[0]}'` : "the steps that it answers for",
    hasElement: own.some((id) => steps.get(id)?.items != null),
    waitsFor: sourcesOf(own, graph),
  };
}

/** Every step that one of these waits for, directly or not. */
function sourcesOf(ids: readonly string[], { dependencies }: PlanGraph): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...ids];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    const { data, order } = dependencies.get(id) ?? { data: [], order: [] };
    for (const source of [...data, ...order]) {
      if (found.has(source)) continue;
      found.add(source);
      open.push(source);
    }
  }
  return found;
}

const ROOT_NAMES: ReadonlySet<string> = new Set(ROOTS);

function checkReference(reference: Reference, reader: Reader, { steps, documents }: KnownPlan): Issue | null {
  const { path, pointer } = reference;
  const usesElement =
    path.root === "item" || path.root === "index" || path.segments.some(({ kind }) => kind === "here");
  if (usesElement && !reader.hasElement) {
    const message = `A rule's input refers to '${path.text}', but ${reader.name} has no element: there is no forEach.`;
    return issueOf({ code: "PLAN_BAD_SCOPE", path: pointer, message, hint: "Refer to the list itself, or to a step." });
  }
  if (path.root === "document" && documents === 0 && !copesWithAbsence(reference)) {
    const message = `A rule's input refers to '${path.text}', but this run has no document.`;
    return issueOf({ code: "PLAN_BAD_REF", path: pointer, message, hint: 'Add a "default" beside the "ref".' });
  }
  const id = path.root === "status" ? statusOf(reference) : path.root;
  if (path.root !== "status" && ROOT_NAMES.has(id)) return null;
  if (!steps.has(id)) return unknownStep(reference, id, steps);
  if (reader.waitsFor.has(id)) return null;
  const message = `A rule's input refers to '${path.text}', but nothing says that '${id}' is over when the rule answers: ${reader.name} does not wait for it.`;
  const hint = `Add 'after' with '${id}' to ${reader.name}, or refer to something that is waited for.`;
  return issueOf({ code: "PLAN_BAD_REF", path: pointer, message, hint });
}

function statusOf({ path }: Reference): string {
  const [first] = path.segments;
  return first?.kind === "key" ? first.key : "";
}

function unknownStep({ path, pointer }: Reference, id: string, steps: KnownPlan["steps"]): Issue {
  const message = `A rule's input refers to '${path.text}', but there is no step '${id.slice(0, 64)}'.${meantName(didYouMean(id, [...steps.keys()]))}`;
  return issueOf({ code: "PLAN_BAD_REF", path: pointer, message, hint: `Roots: ${ROOTS.join(", ")}.` });
}

function checkTool({ rule: { tool }, place }: WrittenRule, tools: FallbackContext["tools"]): Issue[] {
  if (tool === undefined || tools.get(tool) !== undefined) return [];
  const message = `A recovery rule falls back on the tool '${tool.slice(0, 64)}', which is not registered.${meantName(didYouMean(tool, tools.names()))}`;
  const path = `/recovery/${place}/tool`;
  return [issueOf({ code: "PLAN_UNKNOWN_TOOL", path, message, hint: "Name a registered tool." })];
}
