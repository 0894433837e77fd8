/** Hands the pieces of an answer on. Owns: that a reader never gets the pieces of two attempts as one text. */
import type { CallOptions } from "./model.ts";

export interface PieceRelay {
  /** Absent where nobody reads. */
  onText: ((piece: string) => void) | undefined;
  /** False once a reader that cannot be reset was given a piece: then the call is not tried again. */
  canRestart(): boolean;
  /** Another attempt begins: the reader is reset before its first piece. */
  restart(): void;
  /** The answer is complete: pieces of an earlier attempt are void even where this one brought none. */
  finish(): void;
}

export function createPieceRelay({ onText, onRestart }: Pick<CallOptions, "onText" | "onRestart">): PieceRelay {
  let isGiven = false;
  let isVoid = false;
  const reset = (): void => {
    if (isVoid) onRestart?.();
    isVoid = false;
  };
  return {
    onText:
      onText === undefined
        ? undefined
        : (piece) => {
            reset();
            isGiven = true;
            onText(piece);
          },
    canRestart: () => !isGiven || onRestart !== undefined,
    restart() {
      isVoid = isGiven;
    },
    finish: reset,
  };
}
