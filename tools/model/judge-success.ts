/**
 * Not a tool, but asks like one: the judge of success criteria (CONTRACTS 10, `judge`). Owns: the question, and that a verdict of yes quotes the output:
 * what quotes nothing of it is no. At most two calls.
 */
import { z } from "zod";
import type { ModelCaller } from "../../src/model/model.ts";
import { addCost, addUsage, NO_USAGE, type Usage } from "../../src/model/usage.ts";
import type { Judge, Judgement, JudgeRequest } from "../../src/planner/judge.ts";
import type { PromptLibrary } from "../../src/prompt/prompt.ts";
import { renderPrompt } from "../../src/prompt/render-prompt.ts";
import { cutText } from "../../src/shared/cut-text.ts";
import { quoteFinder } from "./find-quote.ts";
import { createAsk, type Question, reserveQuestions } from "./model-call.ts";
import { readJsonAnswer } from "./read-json-answer.ts";
import { answerIssue, askUntilUsable, longestRepair, type ReadAnswer } from "./repaired-answer.ts";

/** Longest output that is judged, in characters of JSON; more is cut, and the model is told. */
const OUTPUT_CHARS = 60_000;
const MAX_OUTPUT_TOKENS = 2_048;

const answerSchema = z.object({ verdicts: z.array(z.object({ met: z.boolean(), evidence: z.string() })) });
type Verdicts = Judgement["verdicts"];

/** Throws PROMPT_NOT_FOUND. */
export function createModelJudge({ caller, prompts }: { caller: ModelCaller; prompts: PromptLibrary }): Judge {
  const prompt = prompts.get("judge-success");
  const repair = prompts.get("answer-repair");
  const parts = { caller, prompts, render: renderPrompt };
  const questionOf = ({ goal, criteria, output }: JudgeRequest): Question => ({
    prompt,
    values: {
      goal: cutText(goal, 4_000),
      criteria: criteria.map(({ name, question }, place) => `${place + 1}. ${name}: ${question}`).join("\n"),
      output: textOf(output),
    },
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  });
  return {
    reserve(request, left) {
      const question = questionOf(request);
      return reserveQuestions(parts, { sure: [question], perhaps: [longestRepair(question, repair)] }, left);
    },
    async judge(request, { signal, allowance }) {
      const used: { usage: Usage; costUsd: number | null }[] = [];
      const ask = createAsk(parts, {
        ...NOT_A_STEP,
        signal,
        allowance,
        report: ({ usage, costUsd }) => void used.push({ usage, costUsd }),
      });
      const read = (answer: string): ReadAnswer<Verdicts> => readVerdicts(answer, request);
      const { value } = await askUntilUsable(ask, { tool: "judge", question: questionOf(request), repair, read });
      const { name, version, hash } = prompt;
      return {
        verdicts: value,
        usage: used.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
        costUsd: used.reduce<number | null>((sum, { costUsd }) => addCost(sum, costUsd), 0),
        model: caller.model.name,
        prompt: { name, version, hash },
      };
    },
  };
}

/** Nothing of it is read here. */
const NOT_A_STEP = { run: "", step: "", index: null, attempt: 1, idempotencyKey: "", now: "" };

function textOf(output: JudgeRequest["output"]): string {
  return cutText(JSON.stringify(output, null, 1), OUTPUT_CHARS);
}

function readVerdicts(answer: string, { criteria, output }: JudgeRequest): ReadAnswer<Verdicts> {
  const json = readJsonAnswer(answer);
  const parsed = json.ok ? answerSchema.safeParse(json.value) : null;
  if (parsed?.success !== true || parsed.data.verdicts.length !== criteria.length) {
    const message = `The answer is no list of ${criteria.length} verdicts.`;
    return { ok: false, issues: [answerIssue(message, 'Answer with {"verdicts": [{"met": …, "evidence": "…"}]}.')] };
  }
  return { ok: true, value: parsed.data.verdicts.map((verdict) => withQuote(verdict, output)) };
}

/** A yes that quotes nothing of the output is no yes. */
function withQuote(verdict: Verdicts[number], output: JudgeRequest["output"]): Verdicts[number] {
  const isShown = !verdict.met || hasQuote(textOf(output), verdict.evidence) || isIn(output, verdict.evidence);
  return isShown ? verdict : { met: false, evidence: `the quotation is not in the output: ${verdict.evidence}` };
}

/** Texts of the output as they are, without JSON's marks. */
function isIn(output: JudgeRequest["output"], quote: string): boolean {
  if (typeof output === "string") return output === quote.trim() || hasQuote(output, quote);
  if (typeof output !== "object" || output === null) return String(output) === quote.trim();
  return Object.values(output).some((field) => isIn(field, quote));
}

function hasQuote(text: string, quote: string): boolean {
  return quoteFinder({ text, shown: text })(quote) !== null;
}
