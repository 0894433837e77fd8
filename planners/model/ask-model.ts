/**
 * One question to a model, with the two second chances that a planner can give: another dialect where the provider
 * refuses the schema, shorter previews where the request is too long. Owns: adding up what all calls used.
 * Must not: retry for any other reason; the caller does.
 */
import type { Dialect } from "../../src/dialect/dialect.ts";
import {
  type CallOptions,
  ModelCallError,
  type ModelCaller,
  type ModelReply,
  type ModelRequest,
} from "../../src/model/model.ts";
import { type Allowance, addCost, addUsage, NO_USAGE, type Usage } from "../../src/model/usage.ts";
import type { PlanOptions } from "../../src/planner/planner.ts";
import type { DialectChoice } from "./dialect-choice.ts";
import { createStepFeed } from "./step-feed.ts";

/** Part of their usual length that previews get once a request was too long. */
const SHORTER_PREVIEWS = 0.5;

export interface Question {
  caller: ModelCaller;
  dialects: readonly Dialect[];
  choice: DialectChoice;
  /** The request in a dialect, with previews of this part of their usual length. */
  compose(dialect: Dialect, previewScale: number): ModelRequest;
  isSchemaRejection(error: ModelCallError): boolean;
  options: PlanOptions;
  trial: number | undefined;
}

export interface ModelReplyInDialect extends ModelReply {
  dialect: Dialect;
}

interface Spent {
  usage: Usage;
  costUsd: number | null;
}

/** Usage and cost of the reply are those of all calls. Throws ModelCallError, with the same. */
export async function askModel(question: Question): Promise<ModelReplyInDialect> {
  const { caller, dialects, choice, compose, isSchemaRejection } = question;
  let spent: Spent = { usage: NO_USAGE, costUsd: 0 };
  let previewScale = 1;
  const refused: Dialect[] = [];
  for (;;) {
    const dialect = choice.pick(dialects);
    const request = compose(dialect, previewScale);
    try {
      const reply = await caller.call(request, callOptions(question, dialect, spent));
      return { ...reply, ...sum(spent, reply), dialect };
    } catch (thrown) {
      if (!(thrown instanceof ModelCallError)) throw thrown;
      const before = spent;
      spent = sum(spent, thrown);
      const isShorter =
        previewScale === 1 && isTooLong(thrown) && isChanged(request, compose(dialect, SHORTER_PREVIEWS));
      if (isShorter) previewScale = SHORTER_PREVIEWS;
      else if (isSchemaRejection(thrown) && stepDown(question, dialect, refused)) refused.push(dialect);
      else throw withUsage(thrown, before, spent);
    }
  }
}

/** True where another dialect is left; where none is, the schema was not the reason, and nothing is remembered. */
function stepDown({ choice, dialects }: Question, dialect: Dialect, before: readonly Dialect[]): boolean {
  if (choice.refuse(dialect, dialects)) return true;
  choice.allow([...before, dialect]);
  return false;
}

function callOptions({ options, trial }: Question, dialect: Dialect, spent: Spent): CallOptions {
  const { signal, allowance, onStep } = options;
  return {
    signal,
    ...(onStep === undefined ? {} : createStepFeed(dialect, onStep)),
    ...(allowance === undefined ? {} : { allowance: allowanceLeft(allowance, spent) }),
    ...(trial === undefined ? {} : { trial }),
  };
}

function allowanceLeft({ tokens, costUsd }: Allowance, spent: Spent): Allowance {
  const { inputTokens, outputTokens } = spent.usage;
  return {
    tokens: Math.max(0, tokens - inputTokens - outputTokens),
    costUsd: costUsd === null ? null : Math.max(0, costUsd - (spent.costUsd ?? 0)),
  };
}

function isTooLong({ code }: ModelCallError): boolean {
  return code === "MODEL_CONTEXT_OVERFLOW";
}

/** A request without previews is as long as before. */
function isChanged(before: ModelRequest, after: ModelRequest): boolean {
  return JSON.stringify(before.messages) !== JSON.stringify(after.messages);
}

function sum(left: Spent, right: Spent): Spent {
  return { usage: addUsage(left.usage, right.usage), costUsd: addCost(left.costUsd, right.costUsd) };
}

function withUsage(error: ModelCallError, before: Spent, spent: Spent): ModelCallError {
  if (before.usage.modelCalls === 0) return error;
  const { code, message, hint, runId, stepId, retryAfterMs, issues } = error;
  return new ModelCallError(code, message, { hint, runId, stepId, retryAfterMs, issues, cause: error, ...spent });
}
