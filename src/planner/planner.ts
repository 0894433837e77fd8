/** The planner port: anything that turns a planning request into a decision. */
import type { Issue } from "../error/issue.ts";
import type { Allowance, Usage } from "../model/usage.ts";
import type { JsonValue } from "../shared/json.ts";
import type { PlanningRequest, Visibility } from "./planning-request.ts";

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
  /** What the model wrote, exactly, where `raw` was decoded from it. */
  answer?: string;
  /** What was wrong with the answer before it could be parsed; errors reject it. */
  issues?: Issue[];
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
  /** Name of its model, as results show it; none by default. */
  readonly model?: string;
  /** How much of untrusted content this planner wants to see; `preview` by default. */
  readonly visibility?: Visibility;
  /** What a failing step does where the plan does not say; `replan` by default, `fail` for fixed plans. */
  readonly defaultOnFailure?: "replan" | "fail";
  /** True for planners that hold a person's plan: stays trusted, gets the larger size caps. */
  readonly isPersonal?: boolean;
  /**
   * What answering this request may use at most, within what is left; null where too little is. Planners that call no
   * model leave it out.
   */
  reserve?(request: PlanningRequest, left: Allowance): Allowance | null;
  /**
   * Throws PlanwrightError with a MODEL_ code when no answer can be had (ModelCallError tells what that used).
   */
  plan(request: PlanningRequest, options: PlanOptions): Promise<Proposal>;
}

export interface PlanOptions {
  signal: AbortSignal;
  /** What was reserved for this call; absent where the planner reserves nothing. */
  allowance?: Allowance;
  /** Told of each step, in the plan language, while the rest of the plan is still being written (KERNEL 12). */
  onStep?: (step: JsonValue) => void;
}
