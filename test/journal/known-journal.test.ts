import { expect, test } from "vitest";
import { sealEntry } from "../../src/journal/chain.ts";
import { type JournalBytes, verifyForOwner, verifyForReader } from "../../src/journal/known-journal.ts";
import { verifyJournal } from "../../src/journal/verify-journal.ts";
import { entry, RUN } from "../conformance/store-suite.ts";

/** A journal of so many entries in one file. */
function journal(count: number): JournalBytes {
  let prev = "";
  const lines = Array.from({ length: count }, (_, seq) => {
    const place = { run: RUN, seq, epoch: 0, at: "2026-01-01T00:00:00.000Z", synced: seq - 1, prev };
    const sealed = sealEntry(entry(seq), place);
    prev = sealed.entry.hash;
    return sealed.line;
  });
  return { run: RUN, files: [{ epoch: 0, bytes: Buffer.from(lines.join("")) }], watermark: -1 };
}

function verifiedFromScratch({ run, files, watermark }: JournalBytes): unknown {
  try {
    return verifyJournal(run, files, watermark);
  } catch (thrown) {
    return String(thrown);
  }
}

function verifiedByOwner(bytes: JournalBytes, seen: Parameters<typeof verifyForOwner>[1]): unknown {
  try {
    return verifyForOwner(bytes, seen);
  } catch (thrown) {
    return String(thrown);
  }
}

test("an owner gets the very entries that it has read where no bit has changed since", () => {
  const { entries } = verifyForReader(journal(5));
  const again = verifyForOwner(journal(5), entries);
  expect(again.entries).toBe(entries);
  expect(again).toEqual(verifiedFromScratch(journal(5)));
});

test("whatever bit has changed since is found as at a first reading", () => {
  const changed = journal(5);
  const bytes = changed.files[0]?.bytes ?? Buffer.alloc(0);
  for (let at = 0; at < bytes.length; at++) {
    const { entries } = verifyForReader(journal(5));
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const again = verifiedByOwner(changed, entries);
    expect(again).toEqual(verifiedFromScratch(changed));
    expect(again).not.toMatchObject({ bytes: bytes.length });
    bytes[at] = (bytes[at] ?? 0) ^ 1;
  }
});

test("what came since, what another owner vouches for, and another file or run are looked at anew", () => {
  const [file] = journal(5).files;
  const others: JournalBytes[] = [
    journal(6),
    { ...journal(5), watermark: 7 },
    { ...journal(5), run: "run_other" },
    { ...journal(5), files: [{ epoch: 1, bytes: file?.bytes ?? Buffer.alloc(0) }] },
    { ...journal(5), files: [...journal(5).files, { epoch: 1, bytes: Buffer.alloc(0) }] },
  ];
  for (const other of others) {
    const { entries } = verifyForReader(journal(5));
    const again = verifiedByOwner(other, entries);
    expect(again).toEqual(verifiedFromScratch(other));
    expect(again).not.toMatchObject({ entries: expect.toSatisfy((found: unknown) => found === entries) });
  }
});
