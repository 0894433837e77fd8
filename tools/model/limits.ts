/** How much text and how many calls model-backed tools take. Owns: the numbers, in UTF-16 code units and tokens. */
import { z } from "zod";

/** A text that one call takes as a whole; some 12,000 tokens of English. */
export const ONE_CALL_CHARS = 48_000;

/** Longest text of the tools that make one call of it: some 100,000 tokens of English. */
export const LONGEST_TEXT = 400_000;

/** A call of the caller: all of its attempts together end within 180 s; some time for ourselves. */
export const CALL_MS = 185_000;

/** Input `text` of the tools that make one call of it; a longer one is TOOL_INVALID_INPUT. */
export function oneCallText(description: string) {
  const advice = "pass its summary, or the passages that matter (search_document)";
  return z.string().max(LONGEST_TEXT, `at most ${LONGEST_TEXT} characters; ${advice}`).describe(description);
}
