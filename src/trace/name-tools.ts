/** Which tool an attempt called. Pure. Owns: that a tool which stands in for another counts under its own name. */
import type { EntryOf, JournalEntry } from "../journal/entries.ts";

export interface ToolNames {
  /** Is given every rule that was applied. */
  see(entry: EntryOf<"recovery.applied">): void;
  /** The tool of the call that this entry is about. */
  of(entry: Pick<JournalEntry, "step" | "index">): string;
}

/** `toolOf` tells the tool of a step by its id. */
export function createToolNames(toolOf: (step: string) => string): ToolNames {
  const standIns = new Map<string, string>();
  return {
    see(entry) {
      const { tool } = entry.data;
      if (tool !== undefined) standIns.set(callKey(entry), tool.name);
    },
    of: (entry) => standIns.get(callKey(entry)) ?? toolOf(entry.step ?? ""),
  };
}

/** One name for each call of a run: a step, or an element of its forEach. */
export function callKey({ step = "", index }: Pick<JournalEntry, "step" | "index">): string {
  return `${step} ${index ?? ""}`;
}
