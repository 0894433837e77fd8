/** How a run ended, as people write it in options. */
import { PlanwrightError } from "../error/planwright-error.ts";
import { END_STATUSES, type EndStatus } from "../journal/entries.ts";

/** Throws VALIDATION. */
export function endStatusOf(text: string): EndStatus {
  const found = END_STATUSES.find((status) => status === text);
  if (found !== undefined) return found;
  throw new PlanwrightError("VALIDATION", `Runs do not end as '${text}'.`, {
    hint: `One of ${END_STATUSES.join(", ")}.`,
  });
}
