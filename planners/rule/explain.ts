/**
 * The planner's reasons in words. Owns: rationale, refusals and the list of what was considered.
 * Must not: decide anything.
 */
import type { Considered } from "../../src/planner/planner.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { Composition, Problem } from "./compose-plan.ts";
import type { Reading, Unmet } from "./read-wishes.ts";
import type { Candidate } from "./tool-index.ts";
import type { Wish } from "./wish.ts";

const MOST_CONSIDERED = 60;

export function round(score: number): number {
  return Math.round(Math.min(1, Math.max(0, score)) * 100) / 100;
}

/** How each wish is met, by which tool and with which score. */
export function rationaleOf(composition: Composition): string {
  const lines = [...composition.taken].map(([wish, candidate]) => {
    return `"${wish.text}" → ${candidate.tool.name} (${round(candidate.score).toFixed(2)}, ${reasonFor(candidate)})`;
  });
  const extra = composition.draft.steps.filter(
    (step) => ![...composition.taken.values()].some((taken) => taken.tool === step.tool),
  );
  const more = extra.length === 0 ? "" : ` Also needed: ${extra.map((step) => step.tool.name).join(", ")}.`;
  const left = composition.problems.map((problem) => ` Left out: "${problem.wish.text}", because ${problem.why}.`);
  const matched = lines.length === 0 ? "No wish has a step." : `Matched by words and types: ${lines.join("; ")}.`;
  return `${matched}${more}${unusedNumbers(composition)}${left.join("")}`;
}

/** "in 100 words" where no input takes it: said, so that nobody believes it was heeded. */
function unusedNumbers(composition: Composition): string {
  const unused = composition.parts.flatMap((part) => {
    const used = JSON.stringify(composition.draft.steps.map((step) => [step.input, step.when]));
    const numbers = part.wishes.flatMap((wish) => wish.tokens).filter((token) => token.kind === "number");
    return numbers.filter((token) => !used.includes(String(token.value))).map((token) => `"${token.text}"`);
  });
  return unused.length === 0 ? "" : ` Not used, since no input takes it: ${[...new Set(unused)].join(", ")}.`;
}

function reasonFor(candidate: Candidate): string {
  if (candidate.kind === "description") return "by its description";
  return `by ${candidate.kind === "intent" ? "the phrase" : "its name"} "${candidate.phrase}"`;
}

/** Everything that was weighed, with scores: what was taken first, then what was not and why. */
export function consideredFor(reading: Reading, taken: ReadonlyMap<Wish, Candidate>): Considered[] {
  const entries: Considered[] = [];
  for (const [wish, candidate] of taken) add(entries, candidate, `taken for "${wish.text}", ${reasonFor(candidate)}`);
  for (const wish of reading.wishes) {
    const used = taken.get(wish);
    for (const candidate of wish.mention.candidates) {
      const why = used === undefined ? "fits, but could not be used" : `second choice behind ${used.tool.name}`;
      if (candidate.tool !== used?.tool) add(entries, candidate, `not taken for "${wish.text}": ${why}`);
    }
    for (const { candidate, why } of wish.mention.rejected)
      add(entries, candidate, `not taken for "${wish.text}": ${why}`);
  }
  for (const unmet of reading.unmet) {
    for (const candidate of unmet.closest)
      add(entries, candidate, `not taken for "${unmet.text}": it does not do this`);
  }
  return entries.slice(0, MOST_CONSIDERED);
}

function add(entries: Considered[], candidate: Candidate, why: string): void {
  if (entries.some((entry) => entry.tool === candidate.tool.name && entry.why === why)) return;
  entries.push({ tool: candidate.tool.name, score: round(candidate.score), why });
}

const SUGGESTION = "A planner with a model reads goals more freely; this one goes by the words that tools declare.";

/** What can be done alone, what cannot and what came closest to it. */
export function refusalOf(
  unmet: readonly Unmet[],
  doable: readonly string[],
  tools: readonly ToolDescription[],
): string {
  const parts = unmet.map(({ text, closest }) => {
    const names = closest.map((candidate) => `${candidate.tool.name} (${round(candidate.score).toFixed(2)})`);
    return `"${text}" (closest: ${names.length === 0 ? "none" : names.join(", ")})`;
  });
  const can = doable.map((text) => `"${text}"`).join("; ");
  const why =
    can === ""
      ? `No tool here does this part of the goal: ${parts.join("; ")}.`
      : `I can do: ${can}. Leave out: ${parts.join("; ")}. No tool here does that.`;
  return `${why} ${SUGGESTION} ${abilities(tools)}`;
}

export function problemReason(problems: readonly Problem[], tools: readonly ToolDescription[]): string {
  const denied = problems.filter((problem) => problem.isDenied);
  if (denied.length > 0) {
    const reasons = denied.map(({ wish, why }) => `${why.charAt(0).toUpperCase()}${why.slice(1)} for "${wish.text}"`);
    return `${reasons.join("; ")}. Nothing else is done in its place.`;
  }
  const parts = problems.map((problem) => `"${problem.wish.text}": ${problem.why}`);
  return `This cannot be planned: ${parts.join("; ")}. ${SUGGESTION} ${abilities(tools)}`;
}

export function emptyReason(reading: Reading, tools: readonly ToolDescription[]): string {
  const excluded = [...reading.excluded].map(([tool, { text }]): [string, string] => [tool, text]);
  const refused = [...reading.refused, ...excluded].map(([tool, text]) => `"${text}" (${tool})`);
  const why =
    refused.length === 0
      ? "The goal names nothing that a tool here does."
      : `The goal only says what is not wanted: ${refused.join(", ")}.`;
  return `${why} ${SUGGESTION} ${abilities(tools)}`;
}

const MOST_NAMED = 8;

/** Tools that a goal can ask for, the first few by name. */
function abilities(tools: readonly ToolDescription[]): string {
  const asked = tools.filter((tool) => tool.planning === null || tool.planning.intents.length > 0);
  const names = asked.slice(0, MOST_NAMED).map((tool) => tool.name);
  const more = asked.length > names.length ? ` and ${asked.length - names.length} more` : "";
  return names.length === 0 ? "There are no tools." : `Tools here: ${names.join(", ")}${more}.`;
}

export function suggestModel(reason: string): string {
  return `${reason} ${SUGGESTION}`;
}
