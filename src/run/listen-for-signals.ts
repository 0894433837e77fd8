/** Words from other processes (KERNEL 19): taken from the store, obeyed like any command, settled once durable. */
import type { Signal } from "../journal/store.ts";
import { entriesOf } from "./driver-commands.ts";
import type { DriverCore } from "./driver-core.ts";

/** Starts listening; returns how to stop. A word that is not in order is settled without effect. */
export function listenForSignals(core: DriverCore): () => void {
  const seen = new Set<string>();
  const take = async (): Promise<void> => {
    for (const signal of await core.journal.pendingSignals()) {
      if (seen.has(signal.id)) continue;
      seen.add(signal.id);
      post(core, signal);
    }
  };
  const wake = (): void => {
    take().catch((error: unknown) => core.mailbox.post({ kind: "store-failed", error }));
  };
  wake();
  return core.journal.onSignal(wake);
}

function post(core: DriverCore, signal: Signal): void {
  const settle = (): void => {
    core.journal.settleSignal(signal.id).catch((error: unknown) => core.mailbox.post({ kind: "store-failed", error }));
  };
  core.mailbox.post({
    kind: "command",
    command: { entries: entriesOf(core, signal), settle },
  });
}
