/** Which run a person means: its id, or the beginning of one. Owns: that reading. */
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Store } from "../journal/store.ts";

const SHOWN = 5;

/** The full id. Throws NOT_FOUND, and VALIDATION where several runs begin so. */
export async function findRun(store: Store, text: string): Promise<string> {
  const isMeant = (run: string): boolean => text !== "" && (run.startsWith(text) || run.startsWith(`run_${text}`));
  const runs = (await store.list({ isKnown: (run) => !isMeant(run) })).map(({ run }) => run);
  if (runs.includes(text)) return text;
  const found = runs.filter(isMeant);
  if (found.length === 1 && found[0] !== undefined) return found[0];
  if (found.length === 0) {
    throw new PlanwrightError("NOT_FOUND", `There is no run '${text.slice(0, 80)}' in this store.`, {
      hint:
        runs.length === 0
          ? "This store holds no runs; check --store."
          : "List them with planwright runs; check --store.",
    });
  }
  const others = found.length > SHOWN ? ` and ${found.length - SHOWN} more` : "";
  throw new PlanwrightError(
    "VALIDATION",
    `'${text}' is the beginning of ${found.length} runs: ${found.slice(0, SHOWN).join(", ")}${others}.`,
    {
      hint: "Give more of the id.",
    },
  );
}
