/**
 * Where everything that happens outside reaches a run's loop. Owns: order, and that the loop lets the rest of the
 * process have its turn. Must not: interpret messages.
 */
import type { Clock } from "../shared/clock.ts";

export interface Mailbox<M> {
  post(message: M): void;
  /** All messages that have arrived, at least one; in order of arrival. One caller at a time. */
  next(): Promise<M[]>;
  /** The process has had no turn for timers, files and signals for too long: start nothing before `next`. */
  isOverdue(): boolean;
  /** Drops what has arrived and whatever comes later: nobody reads any more. */
  close(): void;
}

/** How long promises alone may keep the process busy, in milliseconds; a single tool's work cannot be cut short. */
const TURN_MS = 10;

export function createMailbox<M>(clock: Clock): Mailbox<M> {
  let waiting: M[] = [];
  let wake: (() => void) | null = null;
  let isClosed = false;
  const turn = createTurn(clock);
  return {
    post(message) {
      if (isClosed) return;
      waiting.push(message);
      wake?.();
      wake = null;
    },
    async next() {
      turn.begin();
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (turn.isOverdue()) await turn.passed();
      const messages = waiting;
      waiting = [];
      return messages;
    },
    isOverdue: turn.isOverdue,
    close() {
      isClosed = true;
      waiting = [];
      turn.end();
    },
  };
}

/** Notices whether the event loop has turned: a timer without delay fires as soon as it does. */
function createTurn(clock: Clock) {
  let begunMs: number | null = null;
  let cancel = (): void => {};
  let tell = (): void => {};
  const turned = (): void => {
    begunMs = null;
    tell();
  };
  return {
    begin() {
      if (begunMs !== null) return;
      begunMs = clock.monotonic();
      cancel = clock.setTimer(0, turned);
    },
    isOverdue: () => begunMs !== null && clock.monotonic() - begunMs > TURN_MS,
    passed: () =>
      new Promise<void>((resolve) => {
        tell = resolve;
      }),
    end() {
      cancel();
      turned();
    },
  };
}
