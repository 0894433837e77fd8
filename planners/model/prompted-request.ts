/**
 * Makes the request to a model out of a planning request. Owns: what stands where (docs/prompts.md): first what is the
 * same in every request of a run, byte for byte, then what has been added since, then what changes.
 * Pure: the same planning request gives the same bytes.
 */
import type { Dialect, DialectName } from "../../src/dialect/dialect.ts";
import type { ModelMessage, ModelRequest, ModelText } from "../../src/model/model.ts";
import type { PlanningRequest, ToolDescription } from "../../src/planner/planning-request.ts";
import { renderPrompt } from "../../src/prompt/render-prompt.ts";
import { cutText } from "../../src/shared/cut-text.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { describeDocuments } from "./describe-documents.ts";
import { describeFindings } from "./describe-findings.ts";
import { describeHistory } from "./describe-history.ts";
import type { PlanningPrompts } from "./planning-prompts.ts";
import { PREVIEW_ROOM } from "./preview-room.ts";

/** Characters of params, of a question and of an answer that a prompt repeats; paths reach the whole params. */
const LONGEST_JSON = 8_000;
/** Characters of the decision before; more than the output tokens of one answer hold. */
const LONGEST_ANSWER = 60_000;

/** What prompts say about tools and formats (src/dialect). */
export interface DialectTexts {
  describeTools(tools: readonly ToolDescription[]): string;
  describeDialect(name: DialectName): string;
}

export interface PromptingOptions {
  prompts: PlanningPrompts;
  dialect: Dialect;
  texts: DialectTexts;
  maxOutputTokens: number;
  /** Parameters of the provider; none by default. */
  parameters?: Record<string, JsonValue>;
  /** Part of its usual length that each preview gets; 1 by default. */
  previewScale?: number;
}

export function createPromptedRequest(request: PlanningRequest, options: PromptingOptions): ModelRequest {
  const { dialect, maxOutputTokens, parameters = {} } = options;
  const seen = withinVisibility(request);
  const planning = renderPlanning(seen, options);
  return {
    system: planning.systemParts,
    messages: messagesOf(seen, planning.userParts, options),
    format: dialect.format,
    maxOutputTokens,
    parameters,
  };
}

/** Under any visibility but `preview` no content goes out, whoever made the request (SAFETY, security rule 5). */
function withinVisibility(request: PlanningRequest): PlanningRequest {
  if (request.visibility === "preview") return request;
  return {
    ...request,
    documents: request.documents.map((document) => ({ ...document, title: null, headings: null, preview: null })),
    history: request.history.map((item) => ({
      ...item,
      preview: null,
      error: item.error === null ? null : { code: item.error.code, message: null },
    })),
  };
}

function renderPlanning(request: PlanningRequest, { prompts, dialect, texts, previewScale = 1 }: PromptingOptions) {
  const { goal, params, outputSchema, documents, tools } = request;
  return renderPrompt(prompts.planning, {
    tools: tools.length === 0 ? "none" : texts.describeTools(tools),
    dialect: texts.describeDialect(dialect.name),
    goal,
    params: Object.keys(params).length === 0 ? "none" : jsonText(params),
    output: outputSchema === null ? "none: any shape that serves the goal" : JSON.stringify(outputSchema),
    documents: describeDocuments(documents, { room: PREVIEW_ROOM.documents, scale: previewScale }),
    budget: budgetText(request),
  });
}

function messagesOf(request: PlanningRequest, opening: ModelText[], options: PromptingOptions): ModelMessage[] {
  const { n, attempt, issues, previous, previousAnswer } = request;
  const stable = opening.filter(({ isStable }) => isStable === true);
  const parts = n === 1 ? opening : [...stable, ...replanningParts(request, options)];
  const first: ModelMessage = { role: "user", parts };
  if (attempt === 1) return [first];
  const answer = previousAnswer?.trim() || (previous === null ? "(no answer)" : JSON.stringify(previous));
  const repair = renderPrompt(options.prompts.repair, { findings: describeFindings(issues, previous) });
  return [
    first,
    { role: "assistant", parts: [{ text: cutText(answer, LONGEST_ANSWER) }] },
    { role: "user", parts: repair.userParts },
  ];
}

function replanningParts(request: PlanningRequest, { prompts, previewScale = 1 }: PromptingOptions): ModelText[] {
  const { history, attempt, issues, previous, cause } = request;
  const { done, open } = describeHistory(history, { room: PREVIEW_ROOM, scale: previewScale });
  return renderPrompt(prompts.replanning, {
    done,
    open,
    answers: answersText(request),
    cause,
    // In a repair the issues are those of the refused decision; they follow it.
    findings: attempt > 1 ? "none" : describeFindings(issues, previous),
    budget: budgetText(request),
  }).userParts;
}

function answersText({ answers }: PlanningRequest): string {
  if (answers.length === 0) return "none";
  return answers.map(({ question, answer }) => `- ${jsonText(question)} → ${jsonText(answer)}`).join("\n");
}

function budgetText({ budgetLeft: { steps, replans, tokens, costUsd, seconds } }: PlanningRequest): string {
  return `${steps} steps, ${replans} replans, ${tokens} tokens, ${costUsd.toFixed(4)} USD, ${timeText(seconds)}`;
}

/** Roughly, and a lot not at all: a model has no use for the seconds, and a replay of the same run takes other ones. */
function timeText(seconds: number): string {
  const scarce = SCARCE_SECONDS.find((most) => seconds <= most);
  return scarce === undefined ? "time enough" : `at most ${scarce} s`;
}

/** Little time in a few steps; a call of a model may take up to three minutes. */
const SCARCE_SECONDS = [30, 120, 300];

function jsonText(value: JsonValue): string {
  return cutText(JSON.stringify(value), LONGEST_JSON);
}
