/**
 * A stub in place of a tool's own work. Owns: which of its outcomes belongs to a call, for one trial. Must not: check
 * outputs; the runtime does that as for any tool.
 */
import { PlanwrightError } from "../../error/planwright-error.ts";
import { canonicalJson, type JsonValue } from "../../shared/json.ts";
import { bindInput } from "../../step/step-factory.ts";
import type { Tool, ToolContext } from "../../tool/tool.ts";
import type { Stub, StubCondition, StubOutcome } from "../case.ts";

/** Counts calls: one for each tool of each trial. What it gives throws the stub's errors, and CONFIG_INVALID where none fits. */
export function answerFromStub(tool: Tool, stub: Stub, caseId: string): Tool["execute"] {
  const calls = Array.isArray(stub) ? [{ outcomes: stub.map((output): StubOutcome => ({ output })) }] : stub.calls;
  const lanes = calls.map(({ outcomes, ...rest }) => ({ fits: conditionOf(tool, rest), outcomes, used: 0 }));
  return (input, context) => {
    const lane = lanes.find(({ fits }) => fits(input, context));
    const outcome = lane?.outcomes[Math.min(lane.used, lane.outcomes.length - 1)];
    if (lane === undefined || outcome === undefined) throw noneFits(tool.name, context.step, caseId);
    lane.used += 1;
    if ("output" in outcome) return structuredClone(outcome.output);
    const { code, message, hint = "" } = outcome.error;
    throw new PlanwrightError(code, message, { hint });
  };
}

function conditionOf(
  tool: Tool,
  { when = {} }: { when?: StubCondition | undefined },
): (input: unknown, context: Pick<ToolContext, "step" | "index">) => boolean {
  const { input: wanted, step, index } = when;
  // The same defaults and transforms as for the input of a real call.
  const bound = wanted === undefined ? null : bindInput(tool, wanted);
  const text = bound === null ? null : textOf(bound.ok ? bound.value : wanted);
  return (input, context) =>
    (step === undefined || step === context.step) &&
    (index === undefined || index === context.index) &&
    (text === null || text === textOf(input));
}

function textOf(input: unknown): string {
  return canonicalJson(JSON.parse(JSON.stringify(input) ?? "null") as JsonValue);
}

function noneFits(tool: string, step: string, caseId: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `No stub of tool '${tool}' in case '${caseId}' fits step '${step}'.`, {
    hint: "Add calls with this input, or without a 'when' for all others.",
  });
}
