/**
 * What is wrong with a suite's cases before anybody is asked. Owns: that a mistyped tool, step or tag is an error, and not a
 * score. Must not: read files.
 */
import type { Issue } from "../../error/issue.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { didYouMean, meantName } from "../../shared/did-you-mean.ts";
import type { ToolRegistry } from "../../tool/tool-registry.ts";
import type { EvalCase } from "../case.ts";
import { caseTools } from "../case-tools.ts";
import { checkCase } from "../check-case.ts";
import type { LoadedSuite } from "../loaded-suite.ts";
import { registeredTools } from "./trial-tools.ts";
import { unaskedModelTools } from "./unasked-model-tools.ts";

/** Findings on golds of a later decision that the steps before it may well answer. */
const ABOUT_EARLIER_STEPS: ReadonlySet<string> = new Set(["PLAN_BAD_REF", "PLAN_TYPE_MISMATCH", "PLAN_NOT_A_LIST"]);

/** Throws CONFIG_INVALID for golds that the checker refuses, unknown tools and steps, and conditions that are none. */
export async function checkCases(suite: LoadedSuite): Promise<void> {
  const world = await suite.world?.();
  const registered = registeredTools([...(world?.tools ?? []), ...suite.tools], unaskedModelTools());
  const known = new Map<string, ToolRegistry>();
  for (const { id, evalCase } of suite.cases) {
    const key = JSON.stringify(evalCase.tools ?? null);
    const tools = known.get(key) ?? caseTools(evalCase, registered);
    known.set(key, tools);
    const isLater = (evalCase.decision ?? 1) > 1;
    const errors = checkCase(evalCase, tools).filter(({ severity, code }) => {
      return severity === "error" && !(isLater && ABOUT_EARLIER_STEPS.has(code));
    });
    if (errors.length > 0) throw refused(suite.file, id, errors);
  }
}

function refused(file: string, id: string, [first, ...rest]: readonly Issue[]): PlanwrightError {
  const more = rest.length === 0 ? "" : ` (and ${rest.length} more)`;
  const message = `Suite '${file}' has a case '${id}' that is not right at '${first?.path}': ${first?.message}${more}`;
  return new PlanwrightError("CONFIG_INVALID", message, {
    hint: first?.hint ?? "Correct the case.",
    issues: [first!, ...rest],
  });
}

/** Throws CONFIG_INVALID where cases are to be told apart by a tag that none of them has. */
export function checkCluster(
  cases: readonly EvalCase[],
  { cluster, file }: Pick<LoadedSuite, "cluster" | "file">,
): void {
  if (cluster === "document" || cluster === "case" || cases.every((one) => one.cluster !== undefined)) return;
  const words = new Set(
    cases.flatMap(({ tags }) => tags.filter((tag) => tag.includes(":")).map((tag) => tag.split(":")[0]!)),
  );
  if (words.has(cluster)) return;
  const known = ["document", "case", ...words];
  const message = `Suite '${file}' has the cluster '${cluster}', but no case has a tag '${cluster}:…'.`;
  throw new PlanwrightError("CONFIG_INVALID", message + meantName(didYouMean(cluster, known)), {
    hint: `Here it can be ${known.join(", ")}; each case would be a cluster of its own.`,
  });
}
