/** Scorer `goal_success`: what the run came to, by assertions and by the state that it left. */
import { notApplicable } from "../../src/eval/not-applicable.ts";
import type { Scorer, ScorerInput } from "../../src/eval/score.ts";
import { briefValue } from "../../src/eval/value-likeness.ts";
import { compileCondition } from "../../src/plan/compile-condition.ts";
import type { CompiledCondition } from "../../src/plan/compiled.ts";
import { elementCondition } from "../../src/plan/evaluate-condition.ts";
import { ABSENT } from "../../src/plan/path.ts";
import type { Scope } from "../../src/plan/scope.ts";
import { TRUSTED } from "../../src/policy/label.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { isSameJson } from "../../src/shared/same-json.ts";

/** Assertions speak of data alone: they refer to nothing. */
const NOWHERE: Scope = { read: () => ({ value: ABSENT, label: TRUSTED }), index: null, literalLabel: TRUSTED };

export const goalSuccess: Scorer = {
  id: "goal_success",
  description:
    "The run completed, or ended as asserted; every assertion and success criterion holds; output and state are as the case says.",
  score(input) {
    const { result, case: one } = input;
    if (result === null) return notApplicable("Nothing was run.");
    if (one.assertions.length === 0 && one.endState === undefined && result.success.length === 0) {
      return notApplicable("The case says nothing about what the run must come to.");
    }
    const isExpected = result.status === "completed" || one.assertions.some(({ check }) => isAboutStatus(check));
    const failed = isExpected ? [] : [`run: ended as '${result.status}'`];
    const unmet = result.success
      .filter(({ met }) => !met)
      .map(({ name, evidence }) => `run: '${name}' is unmet: ${evidence}`);
    const evidence = [...failed, ...unmet, ...brokenAssertions(input), ...otherState(input)];
    return { score: evidence.length === 0 ? 1 : 0, evidence };
  },
};

/** An assertion on the status says itself how the run must have ended, such as with a question. */
function isAboutStatus(check: JsonObject): boolean {
  const { condition } = compileCondition(check, "", { inside: "element", operands: "data" });
  return condition !== null && looksAtStatus(condition);
}

function looksAtStatus(condition: CompiledCondition): boolean {
  if (condition.kind === "combine") return condition.conditions.some(looksAtStatus);
  return condition.subject.kind === "field" && condition.subject.path === "status";
}

function brokenAssertions(input: ScorerInput): string[] {
  const view = viewOf(input);
  return input.case.assertions.flatMap(({ name, check }, place) => {
    const pointer = `/assertions/${place}/check`;
    const { condition, issues } = compileCondition(check, pointer, { inside: "element", operands: "data" });
    if (condition === null) return issues.map(({ path, message }) => `${path}: ${message}`);
    return elementCondition(condition, NOWHERE)(view) ? [] : [`${pointer}: '${name}' does not hold`];
  });
}

/** What assertions may look at. */
function viewOf({ result, state }: ScorerInput): JsonObject {
  const rows = (result?.steps ?? []).filter(({ index }) => index === null);
  return {
    status: result?.status ?? null,
    output: (result?.output ?? null) as JsonValue,
    state: state ?? null,
    steps: Object.fromEntries(rows.map(({ id, output }) => [id, output as JsonValue])),
  };
}

function otherState({ case: one, result, state }: ScorerInput): string[] {
  const { endState } = one;
  const findings: string[] = [];
  const look = (what: string, got: JsonValue | undefined, wanted: JsonValue | undefined): void => {
    // A world that tells nothing of itself tells null.
    if (wanted === undefined || isSameJson(got ?? null, wanted)) return;
    findings.push(`${what}: is ${briefValue(got)}; right is ${briefValue(wanted)}`);
  };
  look("output", result?.output as JsonValue | undefined, endState?.output as JsonValue | undefined);
  look("state", state, endState?.state as JsonValue | undefined);
  return findings;
}
