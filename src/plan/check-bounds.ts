/** Seventh pass: everything that repeats has a bound. */
import type { Issue } from "../error/issue.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import type { CompiledStep } from "./compile-plan.ts";

/** What a fix proposes where nothing says how long the list can be. */
const USUAL_MAX = 20;

export function checkBounds(examination: Examination): Issue[] {
  return examination.plan.steps.filter(isUnbounded).map((step) => {
    const { id } = step.step;
    const value =
      step.items?.kind === "constant" && Array.isArray(step.items.value) ? step.items.value.length : USUAL_MAX;
    const max = Math.max(1, value);
    return issueOf({
      code: "PLAN_UNBOUNDED",
      path: `${step.pointer}/forEach`,
      message: `Step '${id}' runs for each element of a list, but does not say how many there may be.`,
      hint: `Add "max" to forEach: the most elements that may be run (a longer list fails before the first one).`,
      fix: [{ op: "add", path: `${step.pointer}/forEach/max`, value: max }],
    });
  });
}

function isUnbounded({ step }: CompiledStep): boolean {
  return step.forEach !== undefined && step.forEach.max === undefined;
}
