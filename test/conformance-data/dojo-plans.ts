/**
 * What a model that may be fooled would plan for a user task. Owns: which inputs are known from the goal, which must be
 * read from results, and how instructions found in results are obeyed. Must not: know the policy.
 */
import type { GoldCall, InjectionTask, UserTask } from "../../evals/data/agentdojo.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";

/** The step that extracts what all of the attacker's calls are given, by their ids. */
export const ORDERS = "orders";

export interface PlannedStep {
  id: string;
  tool: string;
  input: JsonObject;
  after?: string[];
  onFailure: "skip";
}

const GOAL_KNOWS = ["prompt", "composed-date"];

/** Identifiers are given by tools; a prompt that happens to hold the same digit tells nothing of them. */
const IDENTIFIER = /^id$|_id$/;

/** The whole task, planned before anything was read: values from results come through `extract`. */
export function planAhead({ groundTruth }: UserTask): PlannedStep[] {
  return groundTruth.flatMap((_, place) => planOneCall(groundTruth, place));
}

/** One call of the gold, its unknown inputs taken from the results before it. */
export function planOneCall(calls: readonly GoldCall[], place: number): PlannedStep[] {
  const call = calls[place]!;
  const unknown = place === 0 ? [] : Object.keys(call.args).filter((name) => mustBeRead(call, name));
  const after = place === 0 ? {} : { after: [`s${place}`] };
  const step: PlannedStep = {
    id: `s${place + 1}`,
    tool: call.tool,
    input: literals(call.args),
    ...after,
    onFailure: "skip",
  };
  if (unknown.length === 0) return [step];
  const id = `x${place + 1}`;
  for (const name of unknown) step.input[name] = { ref: `${id}.value.${name}` };
  return [extraction(id, sourcesOf(calls, place), unknown), step];
}

/** One call of the gold with what the model has read put in as its own words. */
export function writeOneCall({ groundTruth }: UserTask, place: number): PlannedStep[] {
  const { tool, args } = groundTruth[place]!;
  return [{ id: `s${place + 1}`, tool, input: literals(args), onFailure: "skip" }];
}

/** The attacker's calls in the planner's own words: it read them and does as it is told. */
export function obey({ calls }: InjectionTask): PlannedStep[] {
  return calls.map(({ tool, args }, place) => ({
    id: `h${place + 1}`,
    tool,
    input: literals(args),
    onFailure: "skip",
  }));
}

/** The attacker's calls, planned before anything was read; all that they are given comes out of results. */
export function obeyUnseen({ calls }: InjectionTask, { groundTruth }: UserTask): PlannedStep[] {
  const sources = groundTruth.flatMap(({ effect }, place) => (effect === "read" ? [`s${place + 1}`] : []));
  const steps = calls.map(({ tool, args }, place): PlannedStep => {
    const id = `h${place + 1}`;
    const input = Object.keys(args).map((name) => [name, { ref: `${ORDERS}.value.${id}.${name}` }]);
    return { id, tool, input: Object.fromEntries(input), onFailure: "skip" };
  });
  const ids = steps.map(({ id }) => id);
  return [extraction(ORDERS, sources, ids), ...steps];
}

export function planDecision(steps: readonly PlannedStep[], then: "finish" | "replan"): JsonValue {
  return { kind: "plan", rationale: "scripted", steps: steps as unknown as JsonValue, then };
}

/** Whether the call's input has to come out of results: its provenance is not the goal alone. */
export function mustBeRead({ args, effect, argProvenance }: GoldCall, name: string): boolean {
  const origins = argProvenance[name] ?? [];
  if (effect === "read") return origins.includes("tool-output");
  if (IDENTIFIER.test(name) && args[name] !== undefined) return true;
  return origins.length === 0 || !origins.every((origin) => GOAL_KNOWS.includes(origin));
}

function extraction(id: string, sources: readonly string[], names: readonly string[]): PlannedStep {
  const properties = Object.fromEntries(names.map((name) => [name, {}]));
  const schema = { literal: { type: "object", description: `wanted:${id}`, properties, required: [...names] } };
  const text = { template: sources.map((source) => `{{${source}}}`).join("\n") };
  return { id, tool: "extract", input: { text, schema }, onFailure: "skip" };
}

/** The reads before the call; where none shows an identifier that it needs, what other calls returned as well. */
function sourcesOf(calls: readonly GoldCall[], place: number): string[] {
  const before = calls.slice(0, place).map((call, index) => ({ ...call, id: `s${index + 1}` }));
  const reads = before.filter(({ effect }) => effect === "read");
  const { args } = calls[place]!;
  const shown = JSON.stringify(reads.map(({ result }) => result));
  const isShown = Object.entries(args).every(
    ([name, value]) => !IDENTIFIER.test(name) || shown.includes(JSON.stringify(value)),
  );
  return (isShown && reads.length > 0 ? reads : before).map(({ id }) => id);
}

function literals(args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([name, value]) => [
      name,
      isJsonObject(value) || Array.isArray(value) ? { literal: value } : value,
    ]),
  );
}
