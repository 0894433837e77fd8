/** Where everything that happens outside reaches a run's loop. Owns: order; must not: interpret messages. */

export interface Mailbox<M> {
  post(message: M): void;
  /** All messages that have arrived, at least one; in order of arrival. One caller at a time. */
  next(): Promise<M[]>;
  /** Drops what has arrived and whatever comes later: nobody reads any more. */
  close(): void;
}

export function createMailbox<M>(): Mailbox<M> {
  let waiting: M[] = [];
  let wake: (() => void) | null = null;
  let isClosed = false;
  return {
    post(message) {
      if (isClosed) return;
      waiting.push(message);
      wake?.();
      wake = null;
    },
    async next() {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const messages = waiting;
      waiting = [];
      return messages;
    },
    close() {
      isClosed = true;
      waiting = [];
    },
  };
}
