/** Files around a judge: rubrics, labels, calibrations. Owns: what is said of one that can't be used. Must not: judge. */
import { z } from "zod";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import { nodeFileSystem } from "../../shared/node-file-system.ts";
import { type Calibration, calibrationSchema } from "../judge/calibrate.ts";
import { type AnyRubric, pairRubricSchema, rubricSchema } from "../judge/rubric.ts";

const isPair = z.looseObject({ pair: z.literal(true) });

/** Throws CONFIG_INVALID that says what is wrong with the rubric. */
export async function readRubric(path: string): Promise<AnyRubric> {
  const file = { where: path, what: "rubric", text: await readJudgeText(path) };
  const value = parseJson(file);
  return isPair.safeParse(value).success ? check(file, value, pairRubricSchema) : check(file, value, rubricSchema);
}

/** What `eval calibrate --out` wrote. Throws CONFIG_INVALID. */
export async function readCalibration(path: string): Promise<Calibration> {
  return parseJudgeText({ where: path, what: "calibration", text: await readJudgeText(path) }, calibrationSchema);
}

/** Throws CONFIG_INVALID. */
export async function readJudgeText(path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await nodeFileSystem.read(path));
  } catch (thrown) {
    throw unusable(path, `can't be read: ${describeThrown(thrown)}`);
  }
}

interface JudgeText {
  /** File, or file and line. */
  where: string;
  /** What it should be, in a word. */
  what: string;
  text: string;
}

/** Throws CONFIG_INVALID that names the place. */
export function parseJudgeText<T>(file: JudgeText, schema: z.ZodType<T>): T {
  return check(file, parseJson(file), schema);
}

function parseJson({ where, text }: JudgeText): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw unusable(where, `is not JSON: ${describeThrown(thrown)}`);
  }
}

function check<T>({ where, what }: JudgeText, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".") || "the top";
  throw unusable(where, `is no ${what}: '${place}': ${issue?.message ?? ""}`);
}

function unusable(where: string, problem: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `'${where}' ${problem}.`, {
    hint: 'docs/evals.md, "Judges", has a rubric, a line of labels and how a calibration is made.',
  });
}
