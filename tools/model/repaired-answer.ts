/**
 * Asks, checks the answer, and asks once more where it can't be used. Owns: that there are two tries.
 * Must not: know what is checked.
 */
import type { Issue } from "../../src/error/issue.ts";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import type { Prompt } from "../../src/prompt/prompt.ts";
import { cutText } from "../../src/shared/cut-text.ts";
import type { Ask, Question } from "./model-call.ts";

/** What was made out of an answer's text, or what is wrong with it. */
export type ReadAnswer<T> = { ok: true; value: T } | { ok: false; issues: Issue[] };

export interface Wanted<T> {
  tool: string;
  question: Question;
  /** The prompt that asks for a better answer. */
  repair: Prompt;
  read(answer: string): ReadAnswer<T>;
}

/** Characters of an unusable answer that go back to the model; its own output tokens hold it to less. */
const LONGEST_ANSWER = 60_000;

/** `isFirst`: the first answer was good. Throws TOOL_INVALID_OUTPUT with the issues of the second answer. */
export async function askUntilUsable<T>(
  ask: Ask,
  { tool, question, repair, read }: Wanted<T>,
): Promise<{ value: T; isFirst: boolean }> {
  const answer = await ask(question);
  const first = read(answer);
  if (first.ok) return { value: first.value, isFirst: true };
  const second = read(await ask(repairOf(question, { prompt: repair, answer, findings: findingsText(first.issues) })));
  if (second.ok) return { value: second.value, isFirst: false };
  const message = `Twice the model's answer for tool '${tool}' could not be used: ${second.issues[0]?.message ?? ""}`;
  throw new PlanwrightError("TOOL_INVALID_OUTPUT", message, {
    hint: "Ask for less or more simply, or use another model.",
    issues: second.issues,
  });
}

/** The repair that the question may need, for reserving: with an answer as long as it may be. */
export function longestRepair(question: Question, repair: Prompt): Question {
  const longest = Math.min(LONGEST_ANSWER, question.maxOutputTokens * CHARS_PER_TOKEN);
  return repairOf(question, { prompt: repair, answer: "x".repeat(longest), findings: "x".repeat(MOST_FINDINGS * 200) });
}

/** Upper estimate, about. */
const CHARS_PER_TOKEN = 4;
const MOST_FINDINGS = 20;

function repairOf(question: Question, repair: NonNullable<Question["repair"]>): Question {
  return { ...question, repair: { ...repair, answer: cutText(repair.answer, LONGEST_ANSWER) } };
}

function findingsText(issues: readonly Issue[]): string {
  const lines = issues
    .slice(0, MOST_FINDINGS)
    .map(({ path, message, hint }) => cutText(`- ${path === "" ? "" : `${path}: `}${message} ${hint}`.trim(), 400));
  return lines.join("\n");
}

/** An issue about the answer as a whole. */
export function answerIssue(message: string, hint: string): Issue {
  return { severity: "error", code: "TOOL_INVALID_OUTPUT", path: "", message, hint, fix: null };
}
