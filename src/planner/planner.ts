/** The planner port: anything that turns a planning request into a decision. */
import type { JsonValue } from "../shared/json.ts";
import type { PlanningRequest, Visibility } from "./planning-request.ts";

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  modelCalls: number;
}

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, modelCalls: 0 };

export function addUsage(left: Usage, right: Usage): Usage {
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
    modelCalls: left.modelCalls + right.modelCalls,
  };
}

/** In USD; null once a price was unknown. */
export function addCost(left: number | null, right: number | null): number | null {
  return left === null || right === null ? null : left + right;
}

/** A tool that was weighed for a wish, with the score it got and why it was taken or not. */
export interface Considered {
  tool: string;
  /** 0 to 1. */
  score: number;
  why: string;
}

/** What a planner answers. The runtime parses and checks `raw`; nothing in it is believed. */
export interface Proposal {
  /** The decision as JSON, or a model's text that holds it. */
  raw: JsonValue;
  usage?: Usage;
  /** Null where the price is unknown. */
  costUsd?: number | null;
  model?: string;
  dialect?: "variants" | "entries" | "tool" | "text" | "none";
  prompt?: { name: string; version: number; hash: string };
  considered?: Considered[];
}

export interface Planner {
  /** Shown in results: `rule`, `fixed`, `model`, or your own. */
  readonly name: string;
  /** How much of untrusted content this planner wants to see; `preview` by default. */
  readonly visibility?: Visibility;
  /** What a failing step does where the plan does not say; `replan` by default, `fail` for fixed plans. */
  readonly defaultOnFailure?: "replan" | "fail";
  /** True for planners that hold a person's plan: stays trusted, gets the larger size caps. */
  readonly isPersonal?: boolean;
  /** Throws PlanwrightError with a MODEL_ code when no answer can be had. */
  plan(request: PlanningRequest, options: { signal: AbortSignal }): Promise<Proposal>;
}
