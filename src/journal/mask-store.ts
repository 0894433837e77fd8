/**
 * A store whose journals hold no secrets (SAFETY R16): every entry, blob and signal is masked on its way in, before it is
 * hashed, so that what a run goes on with is what a later process reads back (R8). Owns: that there is no way around it.
 */
import type { JsonObject, JsonValue } from "../shared/json.ts";
import type { Masker } from "../shared/mask-secrets.ts";
import type { NewEntry } from "./entries.ts";
import type { OwnedJournal, Store } from "./store.ts";

export function maskStore(store: Store, masker: Masker): Store {
  return {
    ...store,
    async create(options) {
      const created = await store.create(options);
      return "existing" in created ? created : { journal: maskJournal(created.journal, masker) };
    },
    acquire: async (run) => maskJournal(await store.acquire(run), masker),
    signal: (run, signal) => store.signal(run, { ...signal, data: masker.json(signal.data) as JsonObject }),
  };
}

function maskJournal(journal: OwnedJournal, masker: Masker): OwnedJournal {
  return {
    run: journal.run,
    epoch: journal.epoch,
    recovered: journal.recovered,
    seal: journal.seal,
    get synced() {
      return journal.synced;
    },
    // Whoever stores a value keeps it in memory, too: `storeValue` masks it first. Texts that come here are clean.
    blobs: journal.blobs,
    mask: masker.json,
    append: (entry) => journal.append(maskEntry(entry, masker)),
    sync: () => journal.sync(),
    onSignal: (wake) => journal.onSignal(wake),
    pendingSignals: () => journal.pendingSignals(),
    settleSignal: (id) => journal.settleSignal(id),
    release: () => journal.release(),
  };
}

function maskEntry(entry: NewEntry, masker: Masker): NewEntry {
  const given = entry.data as unknown as JsonValue;
  const data = masker.json(given);
  return data === given ? entry : ({ ...entry, data } as unknown as NewEntry);
}
