/**
 * Asks a judge about texts that people have labelled, and says how far the two agree. Owns: reading the labels and the
 * order of asking. Must not: decide what is enough; the figures are for people.
 */
import { z } from "zod";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { ModelCaller } from "../../model/model.ts";
import type { PromptLibrary } from "../../prompt/prompt.ts";
import { nodeFileSystem } from "../../shared/node-file-system.ts";
import { type Calibration, calibrate } from "../judge/calibrate.ts";
import { createJudge } from "../judge/create-judge.ts";
import { type Rubric, rubricSchema } from "../judge/rubric.ts";

/** One text that a person has labelled. */
const labelledSchema = z.strictObject({
  case: z.string().min(1),
  goal: z.string().min(1),
  text: z.string().min(1),
  reference: z.string().optional(),
  label: z.string().min(1),
});
export type LabelledText = z.infer<typeof labelledSchema>;

/** Throws CONFIG_INVALID that says what is wrong with the rubric. */
export async function readRubric(path: string): Promise<Rubric> {
  const parsed = rubricSchema.safeParse(parseJson(await readText(path), path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unusable(path, `is no rubric: '${issue?.path.map(String).join(".") || "the top"}': ${issue?.message ?? ""}`);
}

/** JSON Lines of `{case, goal, text, label, reference?}`. Throws CONFIG_INVALID that names the line. */
export async function readLabels(path: string): Promise<LabelledText[]> {
  const lines = (await readText(path)).split("\n");
  return lines.flatMap((line, place) => {
    if (line.trim() === "") return [];
    const where = `${path}, line ${place + 1}`;
    const parsed = labelledSchema.safeParse(parseJson(line, where));
    if (parsed.success) return [parsed.data];
    const [issue] = parsed.error.issues;
    throw unusable(where, `is no label: '${issue?.path.map(String).join(".") || "the top"}': ${issue?.message ?? ""}`);
  });
}

/** One text after the other. Throws VALIDATION (labels that don't fit the rubric), ModelCallError, CASSETTE_MISS. */
export async function calibrateJudge(
  rubric: Rubric,
  labels: readonly LabelledText[],
  { caller, library, signal }: { caller: ModelCaller; library: PromptLibrary; signal: AbortSignal },
): Promise<Calibration> {
  const judge = createJudge({ caller, prompts: library });
  const judged: { case: string; label: string | null }[] = [];
  for (const { case: name, goal, text, reference } of labels) {
    const given = { goal, text, ...(reference === undefined ? {} : { reference }) };
    const { label } = await judge.judgeText(rubric, given, { signal });
    judged.push({ case: name, label });
  }
  const people = labels.map(({ case: name, label }) => ({ case: name, label }));
  return calibrate(people, judged, { rubric, judge });
}

async function readText(path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await nodeFileSystem.read(path));
  } catch (thrown) {
    throw unusable(path, `can't be read: ${describeThrown(thrown)}`);
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw unusable(where, `is not JSON: ${describeThrown(thrown)}`);
  }
}

function unusable(where: string, problem: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `'${where}' ${problem}.`, {
    hint: "docs/evals.md has a rubric and a line of labels.",
  });
}
