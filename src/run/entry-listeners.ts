/** Who is told of a run's durable entries, and of the end of its loop. Must not: keep anybody after that. */
import type { JournalEntry } from "../journal/entries.ts";

export interface EntryListeners {
  /** Returns how to stop listening. After the end `tellEnd` is called at once. */
  add(listener: (entries: readonly JournalEntry[]) => void, tellEnd?: () => void): () => void;
  tell(entries: readonly JournalEntry[]): void;
  end(): void;
}

export function createEntryListeners(): EntryListeners {
  const listeners = new Map<(entries: readonly JournalEntry[]) => void, () => void>();
  let isOver = false;
  return {
    add(listener, tellEnd = () => {}) {
      if (isOver) tellEnd();
      else listeners.set(listener, tellEnd);
      return () => listeners.delete(listener);
    },
    tell(entries) {
      for (const listener of listeners.keys()) listener(entries);
    },
    end() {
      isOver = true;
      for (const tellEnd of listeners.values()) tellEnd();
      listeners.clear();
    },
  };
}
