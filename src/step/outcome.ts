/** How one attempt of a call ended. */
import type { ErrorShape } from "../error/planwright-error.ts";
import type { StoredValue } from "../journal/entries.ts";

export type Outcome =
  | { status: "completed"; output: StoredValue }
  | { status: "failed"; error: ErrorShape };
