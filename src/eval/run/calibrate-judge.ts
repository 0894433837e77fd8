/**
 * Asks a judge about texts that people have labelled, and says how far the two agree. Owns: reading the labels and the
 * order of asking. Must not: decide what is enough; the figures are for people.
 */
import { z } from "zod";
import type { ModelCaller } from "../../model/model.ts";
import type { PromptLibrary } from "../../prompt/prompt.ts";
import { type Calibration, calibrate, checkLabels } from "../judge/calibrate.ts";
import { createJudge, type JudgedTexts, judgeBy } from "../judge/create-judge.ts";
import { type AnyRubric, isPairRubric } from "../judge/rubric.ts";
import { parseJudgeText, readJudgeText } from "./read-rubric.ts";

const labelled = { case: z.string().min(1), goal: z.string().min(1), label: z.string().min(1) };
const reference = z.string().exactOptional();
const textSchema = z.strictObject({ ...labelled, text: z.string().min(1), reference });
const pairSchema = z.strictObject({ ...labelled, first: z.string().min(1), second: z.string().min(1), reference });

/** What a person has labelled. */
export interface Labelled {
  case: string;
  label: string;
  texts: JudgedTexts;
}

/**
 * JSON Lines of `{case, goal, text, label, reference?}`, for a rubric of pairs with `first` and `second` in place of
 * `text`. Throws CONFIG_INVALID that names the line.
 */
export async function readLabels(path: string, rubric: AnyRubric): Promise<Labelled[]> {
  const lines = (await readJudgeText(path)).split("\n");
  return lines.flatMap((line, place) => {
    if (line.trim() === "") return [];
    const file = { where: `${path}, line ${place + 1}`, what: "label", text: line };
    if (!isPairRubric(rubric)) {
      const { case: name, label, ...texts } = parseJudgeText(file, textSchema);
      return [{ case: name, label, texts }];
    }
    const { case: name, label, first, second, ...about } = parseJudgeText(file, pairSchema);
    return [{ case: name, label, texts: { ...about, text: first, other: second } }];
  });
}

/** One text after the other. Throws VALIDATION (labels that don't fit the rubric), ModelCallError, CASSETTE_MISS. */
export async function calibrateJudge(
  rubric: AnyRubric,
  labels: readonly Labelled[],
  { caller, library, signal }: { caller: ModelCaller; library: PromptLibrary; signal: AbortSignal },
): Promise<Calibration> {
  const people = labels.map(({ case: name, label }) => ({ case: name, label }));
  checkLabels(people, rubric);
  const judge = createJudge({ caller, prompts: library });
  const judged: { case: string; label: string | null }[] = [];
  for (const { case: name, texts } of labels) {
    const { label } = await judgeBy(judge, { rubric, texts }, { signal });
    judged.push({ case: name, label });
  }
  return calibrate(people, judged, { rubric, judge });
}
