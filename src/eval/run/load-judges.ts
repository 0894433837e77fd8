/** The judges of a suite with their files read. Owns: what a judge can't be. Must not: open models. */
import { resolve } from "node:path";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { isPairRubric } from "../judge/rubric.ts";
import { REFERENCE, type SuiteJudge } from "../judge/suite-judge.ts";
import type { Suite } from "../suite.ts";
import { readCalibration, readRubric } from "./read-rubric.ts";

/** Throws CONFIG_INVALID. */
export async function loadJudges(
  { judges, level, variants }: Suite,
  { file, folder }: { file: string; folder: string },
): Promise<SuiteJudge[]> {
  const loaded: SuiteJudge[] = [];
  for (const judge of judges) {
    const {
      id,
      rubric,
      calibration,
      against,
      of = level === "plan" ? "decision" : "output",
      model,
      recordWith,
    } = judge;
    const read = typeof rubric === "string" ? await readRubric(resolve(folder, rubric)) : rubric;
    const made = calibration === undefined ? null : await readCalibration(resolve(folder, calibration));
    const one: SuiteJudge = {
      id,
      rubric: read,
      of,
      against,
      model,
      ...(recordWith && { recordWith }),
      calibration: made,
    };
    const problem = problemOf(one, { level, variants: variants.map((variant) => variant.id) });
    if (problem !== null) throw refuse(file, `has judge '${id}' ${problem}`);
    loaded.push(one);
  }
  return loaded;
}

/** Null where it can be asked. */
function problemOf(
  { of, rubric, against }: SuiteJudge,
  { level, variants }: { level: Suite["level"]; variants: readonly string[] },
): string | null {
  if (of === "output" && level === "plan") return "of outputs, which there are none of at the level plan";
  if (against === REFERENCE) return null;
  if (!isPairRubric(rubric)) return `against '${against}', but its rubric is not of pairs`;
  return variants.includes(against) ? null : `against '${against}', which is no variant`;
}

function refuse(file: string, problem: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Suite '${file}' ${problem}.`, {
    hint: 'docs/evals.md, "Judges", says what a judge may be.',
  });
}
