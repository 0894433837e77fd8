/**
 * What a decision comes to in the end, against a gold: its output, and whether it asks for another plan. Owns: which
 * fields of two outputs stand for each other. Must not: look at steps.
 */
import { jsonPointer } from "../error/issue.ts";
import { type CompiledPlan, listReferences } from "../plan/compile-plan.ts";
import type { CompiledValue } from "../plan/compiled.ts";
import type { Decision } from "../plan/decision.ts";
import { unreadSteps } from "../plan/plan-graph.ts";
import { isJsonObject } from "../shared/json.ts";
import type { EvalCase } from "./case.ts";
import type { ComparedPart, GoldAlternative } from "./score.ts";
import { writtenValue } from "./step-parts.ts";
import { briefValue, type LikenessContext, valueLikeness } from "./value-likeness.ts";

interface Ending {
  made: { case: EvalCase; decision: Decision | null; plan: CompiledPlan | null };
  gold: GoldAlternative;
  likeness: LikenessContext;
}

/** `then`, where either asks for another plan, and the output, where the gold has one; nothing for what does not go ahead. */
export function compareEnding(ending: Ending): ComparedPart[] {
  const { decision } = ending.made;
  if (decision?.kind !== "plan" && decision?.kind !== "finish") return [];
  const [got, wanted] = [thenOf(decision), thenOf(ending.gold.decision)];
  const isSaid = got === "replan" || wanted === "replan";
  const then = isSaid ? [part("/then", got === wanted ? "" : `is '${got}'; the gold has '${wanted}'`)] : [];
  return [...then, ...compareOutput(ending, got)];
}

function thenOf(decision: Decision): "finish" | "replan" {
  return decision.kind === "plan" ? decision.then : "finish";
}

function compareOutput(ending: Ending, then: "finish" | "replan"): ComparedPart[] {
  const { made, gold } = ending;
  const { gold: written, plan } = gold;
  const isSilent = !("output" in written) || written.output === undefined;
  if (isSilent || plan === null || plan.output === null) return [];
  const [got, wanted] = [made.plan?.output ?? null, fieldsOf(plan.output)];
  if (got === null) return compareUnread(plan.output, { ...ending, then });
  const own = fieldsOf(got);
  if (valueLikeness(got, plan.output, ending.likeness) < 1 && own !== null && wanted !== null) {
    return compareFields(own, wanted, ending);
  }
  const isRight = valueLikeness(got, plan.output, ending.likeness) === 1;
  if (isRight && wanted !== null && wanted.length > 0) return wanted.map(([key]) => part(pointerOf(key), ""));
  return [part("/output", isRight ? "" : differs(got, plan.output))];
}

type Fields = [key: string, value: CompiledValue][];

/** Null for what is no object as it is written. */
function fieldsOf(value: CompiledValue): Fields | null {
  if (value.kind === "object") return value.fields;
  if (value.kind !== "constant" || !isJsonObject(value.value)) return null;
  return Object.entries(value.value).map(([key, field]) => [
    key,
    { kind: "constant", value: field, pointer: value.pointer + jsonPointer([key]) },
  ]);
}

/**
 * Fields of the same name first; where no schema names them, what a field is called is the planner's choice. What only one
 * side has is wrong.
 */
function compareFields(got: Fields, gold: Fields, { made, likeness }: Ending): ComparedPart[] {
  const rest = new Map(got);
  const parts: ComparedPart[] = [];
  const hasFreeNames = made.case.outputSchema === undefined;
  const isAlike = (own: CompiledValue | undefined, wanted: CompiledValue): boolean =>
    own !== undefined && valueLikeness(own, wanted, likeness) === 1;
  const take = (key: string | undefined): boolean => {
    if (key === undefined) return false;
    rest.delete(key);
    parts.push(part(pointerOf(key), ""));
    return true;
  };
  const named = gold.filter(([key, wanted]) => !take(isAlike(rest.get(key), wanted) ? key : undefined));
  const unlike = named.filter(([, wanted]) => {
    return !take(hasFreeNames ? [...rest].find(([, own]) => isAlike(own, wanted))?.[0] : undefined);
  });
  for (const [key, wanted] of unlike) {
    const own = rest.get(key);
    rest.delete(key);
    const missing = `is missing; the gold has ${briefValue(writtenValue(wanted))}`;
    parts.push(part(pointerOf(key), own === undefined ? missing : differs(own, wanted)));
  }
  for (const [key, own] of rest) {
    parts.push(part(pointerOf(key), `is ${briefValue(writtenValue(own))}; the gold has nothing like it`));
  }
  return parts;
}

/** Without an output the result is what nobody reads: it holds what the gold reads from those steps. */
function compareUnread(wanted: CompiledValue, ending: Ending & { then: "finish" | "replan" }): ComparedPart[] {
  const { made, likeness, then } = ending;
  const isResult = then === "finish" && made.case.outputSchema === undefined;
  const unread = isResult ? unreadSteps(made.plan?.steps ?? []) : [];
  const holds = (value: CompiledValue): boolean => {
    const read = listReferences(value, "output");
    const isThere = (root: string): boolean => unread.some((id) => likeness.sourceLikeness(id, root) === 1);
    return read.length > 0 && read.every(({ path }) => isThere(path.root));
  };
  const fields = fieldsOf(wanted) ?? [["", wanted] as [string, CompiledValue]];
  return fields.map(([key, value]) => {
    const finding = `is missing; the gold has ${briefValue(writtenValue(value))}`;
    return part(key === "" ? "/output" : pointerOf(key), holds(value) ? "" : finding);
  });
}

function pointerOf(key: string): string {
  return `/output${jsonPointer([key])}`;
}

function differs(got: CompiledValue, gold: CompiledValue): string {
  return `is ${briefValue(writtenValue(got))}; the gold has ${briefValue(writtenValue(gold))}`;
}

/** Right where nothing is wrong with it. */
function part(pointer: string, wrong: string): ComparedPart {
  return { name: pointer, pointer, isRight: wrong === "", finding: wrong === "" ? "" : `${pointer}: ${wrong}` };
}
