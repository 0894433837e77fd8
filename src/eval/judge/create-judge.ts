/**
 * A model as a judge of texts. Owns: how it is asked, and when its word doesn't count: a quotation that isn't there, an
 * answer that turns round with the order of two texts. Must not: retry transport errors (the caller does).
 */
import type { ModelCaller, ModelMessage, ModelRequest } from "../../model/model.ts";
import { addCost, addUsage, NO_USAGE, type Usage } from "../../model/usage.ts";
import type { Prompt, PromptLibrary, PromptMark } from "../../prompt/prompt.ts";
import { renderPrompt } from "../../prompt/render-prompt.ts";
import { cutText } from "../../shared/cut-text.ts";
import { type ReadVerdict, readVerdict } from "./read-verdict.ts";
import {
  ABSTAIN,
  type AnyRubric,
  isPairRubric,
  type Judgement,
  PAIR_LABELS,
  type PairLabel,
  type Rubric,
} from "./rubric.ts";

export interface JudgeParts {
  caller: ModelCaller;
  prompts: PromptLibrary;
}

export interface JudgeOptions {
  signal: AbortSignal;
  /** Trial of an eval, from 1. */
  trial?: number;
}

export interface JudgedText {
  goal: string;
  text: string;
  /** A person's answer to compare with. */
  reference?: string;
}

export interface JudgedPair {
  goal: string;
  first: string;
  second: string;
  reference?: string;
}

export interface Judge {
  /** What judgements depend on besides the rubric. */
  readonly model: string;
  readonly prompts: { text: PromptMark; pair: PromptMark };
  /** At most two calls. Throws ModelCallError. */
  judgeText(rubric: Rubric, judged: JudgedText, options: JudgeOptions): Promise<Judgement>;
  /**
   * Asks in both orders, at most four calls; where the two answers disagree, the judge abstains (position bias: L. Zheng
   * et al., "Judging LLM-as-a-Judge", arXiv 2306.05685, 2023, section 3.4). Throws ModelCallError.
   */
  comparePair(question: string, judged: JudgedPair, options: JudgeOptions): Promise<Judgement<PairLabel>>;
}

/** What a rubric is about: one text, or for a rubric of pairs two. */
export interface JudgedTexts extends JudgedText {
  other?: string;
}

/** Asks as the rubric wants it. Throws ModelCallError. */
export function judgeBy(
  judge: Judge,
  { rubric, texts }: { rubric: AnyRubric; texts: JudgedTexts },
  options: JudgeOptions,
): Promise<Judgement> {
  if (!isPairRubric(rubric)) return judge.judgeText(rubric, texts, options);
  const { text, other = "", ...about } = texts;
  return judge.comparePair(rubric.question, { ...about, first: text, second: other }, options);
}

/** The prompt that a rubric is asked with. */
export function promptFor({ prompts }: Pick<Judge, "prompts">, rubric: AnyRubric): PromptMark {
  return isPairRubric(rubric) ? prompts.pair : prompts.text;
}

const MAX_OUTPUT_TOKENS = 1_024;

/** The prompts that judges ask with. Throws PROMPT_NOT_FOUND. */
export function judgePrompts(library: PromptLibrary): Judge["prompts"] {
  return { text: markOf(library.get("judge-text")), pair: markOf(library.get("judge-pair")) };
}

/** Throws PROMPT_NOT_FOUND. */
export function createJudge(parts: JudgeParts): Judge {
  const prompts = { text: parts.prompts.get("judge-text"), pair: parts.prompts.get("judge-pair") };
  const asking = { caller: parts.caller, repair: parts.prompts.get("answer-repair") };
  return {
    model: parts.caller.model.name,
    prompts: judgePrompts(parts.prompts),
    async judgeText(rubric, { goal, text, reference = "" }, options) {
      const labels = rubric.labels.map(({ label, description }) => `- ${label}: ${description}`).join("\n");
      const values = { question: rubric.question, labels, goal, reference, text };
      const names = rubric.labels.map(({ label }) => label);
      return asJudgement(await ask(asking, { prompt: prompts.text, values, labels: names, texts: [text], options }));
    },
    async comparePair(question, { goal, first, second, reference = "" }, options) {
      const inOrder = async (one: string, other: string): Promise<Asked> => {
        const values = { question, goal, reference, first: one, second: other };
        return ask(asking, { prompt: prompts.pair, values, labels: PAIR_LABELS, texts: [one, other], options });
      };
      return joinOrders(await inOrder(first, second), await inOrder(second, first));
    },
  };
}

function markOf({ name, version, hash }: Prompt): PromptMark {
  return { name, version, hash };
}

interface Question {
  prompt: Prompt;
  values: Readonly<Record<string, string>>;
  labels: readonly string[];
  texts: readonly string[];
  options: JudgeOptions;
}

interface Asked {
  read: ReadVerdict;
  usage: Usage;
  costUsd: number | null;
}

/** Once, and once more with what was wrong. */
async function ask({ caller, repair }: { caller: ModelCaller; repair: Prompt }, question: Question): Promise<Asked> {
  const { systemParts, userParts } = renderPrompt(question.prompt, question.values);
  const request: ModelRequest = {
    system: systemParts.filter(({ text }) => text !== ""),
    messages: [{ role: "user", parts: userParts }],
    format: { kind: "text" },
    maxOutputTokens: Math.min(MAX_OUTPUT_TOKENS, caller.model.maxOutputTokens),
    parameters: {},
  };
  const readable = { labels: [...question.labels, ABSTAIN], texts: question.texts };
  const first = await caller.call(request, question.options);
  const read = readVerdict(first.value, readable);
  if (read.ok) return { read, usage: first.usage, costUsd: first.costUsd };
  const messages = [...request.messages, ...repairMessages(repair, { answer: first.value, finding: read.finding })];
  const second = await caller.call({ ...request, messages }, question.options);
  return {
    read: readVerdict(second.value, readable),
    usage: addUsage(first.usage, second.usage),
    costUsd: addCost(first.costUsd, second.costUsd),
  };
}

const LONGEST_ANSWER = 8_000;

function repairMessages(repair: Prompt, { answer, finding }: { answer: string; finding: string }): ModelMessage[] {
  const { userParts } = renderPrompt(repair, { findings: `- ${finding}` });
  return [
    { role: "assistant", parts: [{ text: cutText(answer, LONGEST_ANSWER) || "(nothing)" }] },
    { role: "user", parts: userParts },
  ];
}

function asJudgement({ read, usage, costUsd }: Asked): Judgement {
  if (!read.ok) {
    return { label: null, abstention: read.cause, quotes: [], reason: read.finding, usage, costUsd };
  }
  const { label, quote, reason } = read.verdict;
  if (label === ABSTAIN) return { label: null, abstention: "said-so", quotes: [], reason, usage, costUsd };
  return { label, abstention: null, quotes: [quote], reason, usage, costUsd };
}

const TURNED: Readonly<Record<string, PairLabel>> = { first: "second", second: "first", tie: "tie" };

/** The second answer is about the texts in the other order. */
function joinOrders(forward: Asked, backward: Asked): Judgement<PairLabel> {
  const accounts = {
    usage: addUsage(addUsage(NO_USAGE, forward.usage), backward.usage),
    costUsd: addCost(forward.costUsd, backward.costUsd),
  };
  const [one, other] = [asJudgement(forward), asJudgement(backward)];
  const silent = one.label === null ? one : other.label === null ? other : null;
  if (silent !== null) {
    return { label: null, abstention: silent.abstention, quotes: [], reason: silent.reason, ...accounts };
  }
  const label = PAIR_LABELS.find((known) => known === one.label) ?? null;
  if (label === null || TURNED[other.label ?? ""] !== label) {
    const reason = `In one order: ${one.reason} In the other: ${other.reason}`;
    return { label: null, abstention: "order", quotes: [], reason, ...accounts };
  }
  return { label, abstention: null, quotes: [...one.quotes, ...other.quotes], reason: one.reason, ...accounts };
}
