/** What a tool is. Owns: the shapes that tool authors fill in and that the runtime reads. */
import type { Issue } from "../error/issue.ts";
import type { Allowance, Usage } from "../model/usage.ts";
import type { PromptMark } from "../prompt/prompt.ts";
import type { JsonSchema, JsonValue } from "../shared/json.ts";

/**
 * What a call does to the world. `read`: changes nothing and sends data only to configured model endpoints;
 * `write`: reversible change inside declared roots; `external`: sends to another party; `irreversible`: can't be undone.
 */
export const EFFECTS = ["read", "write", "external", "irreversible"] as const;
export type Effect = (typeof EFFECTS)[number];

/** `pure`: may run again; `key`: repeats with the same key count once; `none`: never called twice (SAFETY R4, R5). */
export const IDEMPOTENCIES = ["pure", "key", "none"] as const;
export type Idempotency = (typeof IDEMPOTENCIES)[number];

/** What a running tool may know and use. */
export interface ToolContext {
  run: string;
  step: string;
  /** Place in the forEach list, else null. */
  index: number | null;
  /** Counted from 1. */
  attempt: number;
  /** The same at every attempt of this call (SAFETY R5). */
  idempotencyKey: string;
  /** Aborts on timeout and cancel; pass it on to whatever you call. */
  signal: AbortSignal;
  /** The run's one `now`, ISO 8601: the same when the run is replayed. */
  now: string;
  /** What this attempt may use of models at most; null for tools that reserve nothing. */
  allowance: Allowance | null;
  /** Tells what a model call of this attempt used, whether it succeeded or not. */
  report(use: ModelUse): void;
}

/** What one model call of a tool used, and with which prompt. */
export interface ModelUse {
  usage: Usage;
  /** USD; null where the price is unknown. */
  costUsd: number | null;
  model: string;
  prompt: PromptMark | null;
}

/** Where a planner without a model may take an input that neither a step nor a document provides. */
export type InputHint =
  /** a number close to the wish ("in 3 sentences") */
  | "number"
  /** text in quotation marks */
  | "quote"
  /** what the wish is about ("search for …") */
  | "subject"
  /** `[{title, content}]` of the other wishes' answers */
  | "results";

/** How a person asks for this tool, for planners without a model. Plain data, matched on word stems. */
export interface PlanningHints {
  /** Phrases such as "sum up", "main points". */
  intents: string[];
  inputs?: Record<string, InputHint>;
  /** Path below the output that answers the wish, such as `items`; the whole output by default. */
  answer?: string;
}

/** A plain tool, as the runtime sees it: every schema is JSON Schema and every check is a function. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  readonly outputSchema: JsonSchema;
  /** `advisory`: the schemas are hearsay (imported tool sets); type findings become warnings. */
  readonly schemaTrust: "exact" | "advisory";
  readonly effect: Effect;
  readonly idempotency: Idempotency;
  readonly timeoutMs: number | null;
  /** `inputs`: the output is as trusted as what went in; else it is untrusted (KERNEL 17). */
  readonly derive: "inputs" | null;
  /** What the tool reaches besides its input; only tools that use nothing start early (KERNEL 12). */
  readonly uses: readonly ("model" | "network" | "mcp")[];
  readonly planning: PlanningHints | null;
  /** Output schema for these input schemas, where it follows them. */
  readonly inferOutput: ((inputs: Record<string, JsonSchema>) => JsonSchema) | null;
  readonly compensate: ToolRepair | null;
  readonly reconcile: ToolRepair | null;
  /** What an attempt with this checked input may use of models at most, within what is left; null: too little is. */
  readonly reserve: ((input: unknown, left: Allowance) => Allowance | null) | null;
  checkInput(value: JsonValue): Checked;
  checkOutput(value: JsonValue): Checked;
  execute(input: unknown, context: ToolContext): unknown;
}

/** Undoing a completed call, or finding out how a call with unknown outcome ended. */
export type ToolRepair = (call: { input: unknown; output: JsonValue | null; context: ToolContext }) => unknown;

/** A validated value (after defaults and transforms), or what is wrong with it. */
export type Checked = { ok: true; value: unknown } | { ok: false; issues: Issue[] };
