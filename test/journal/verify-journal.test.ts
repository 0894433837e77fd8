import { describe, expect, test } from "vitest";
import { openLine, sealEntry } from "../../src/journal/chain.ts";
import type { NewEntry } from "../../src/journal/entries.ts";
import { createJournalHead, type JournalHeadOptions } from "../../src/journal/journal-head.ts";
import { journalLimits } from "../../src/journal/journal-limits.ts";
import { verifyJournal } from "../../src/journal/verify-journal.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { entry, RUN } from "../conformance/store-suite.ts";

type HeadSource = Pick<JournalHeadOptions, "epoch" | "recovered" | "recoveredBytes" | "seal">;
const START: HeadSource = { epoch: 0, recovered: [], recoveredBytes: 0, seal: null };

/** A journal of `count` lines; line n carries the watermark n - `lag`. */
function makeLines(count: number, lag: number, source: HeadSource = START): string[] {
  const head = createJournalHead({ run: RUN, clock: createManualClock(), limits: journalLimits(), ...source });
  const lines: string[] = [];
  if (source.seal !== null)
    lines.push(head.add({ kind: "run.resumed", data: { seal: source.seal, by: "t" } }, head.last).line);
  while (lines.length < count) lines.push(head.add(entry(lines.length), head.last + 1 - lag).line);
  return lines;
}

function fileOf(lines: readonly string[], epoch = 0) {
  return { epoch, bytes: Buffer.from(lines.join("")) };
}

function outcome(files: Parameters<typeof verifyJournal>[1], watermark = -1): string {
  try {
    const { entries, cutBytes } = verifyJournal(RUN, files, watermark);
    return `${entries.length} entries${cutBytes > 0 ? ", cut" : ""}`;
  } catch (thrown) {
    return thrown instanceof Error && "code" in thrown ? String(thrown.code) : String(thrown);
  }
}

/** Looks while one bit of the byte is flipped. */
function flipped(bytes: Buffer, at: number, look: () => void): void {
  const before = bytes[at] ?? 0;
  bytes[at] = before ^ (1 << (at % 8));
  look();
  bytes[at] = before;
}

describe("a line", () => {
  test("two entries of a step take at most 800 bytes", () => {
    const label = { integrity: "untrusted" as const, origins: ["documents[0]"] };
    const place = {
      run: RUN,
      seq: 9_999,
      epoch: 3,
      at: "2026-01-01T00:00:00.000Z",
      synced: 9_990,
      prev: "x".repeat(43),
    };
    const started: NewEntry = {
      kind: "step.started",
      step: "summary",
      attempt: 1,
      data: { rule: "default.read", inputHash: `sha256:${"0".repeat(64)}`, label },
    };
    const completed: NewEntry = {
      kind: "step.completed",
      step: "summary",
      attempt: 1,
      data: { output: { value: { label: "positive", score: 0.91 } } },
    };
    expect(sealEntry(started, place).line.length + sealEntry(completed, place).line.length).toBeLessThanOrEqual(800);
  });

  test("opens to the entry that was sealed, and only while no byte is missing", () => {
    const place = { run: RUN, seq: 0, epoch: 0, at: "2026-01-01T00:00:00.000Z", synced: -1, prev: "" };
    const sealed = sealEntry(entry(2), place);
    const line = Buffer.from(sealed.line.slice(0, -1));
    expect(openLine(line)).toEqual(sealed.entry);
    for (let length = 0; length < line.length; length++) expect(openLine(line.subarray(0, length))).toBeNull();
  });

  test("an entry that carries a foreign place is sealed with its own", () => {
    const foreign = { ...entry(0), seq: 77, prev: "stolen" };
    const place = { run: RUN, seq: 0, epoch: 0, at: "2026-01-01T00:00:00.000Z", synced: -1, prev: "" };
    expect(sealEntry(foreign, place).entry).toMatchObject({ seq: 0, prev: "" });
  });
});

describe("verifying a journal", () => {
  test("finds a flipped bit in every byte of 50 entries", () => {
    const { bytes } = fileOf(makeLines(50, 1));
    const lineEnds = [...bytes.keys()].filter((at) => bytes[at] === 10);
    let start = 0;
    for (const [n, end] of lineEnds.entries()) {
      for (let at = start; at < end; at++) {
        flipped(bytes, at, () => expect(openLine(bytes.subarray(start, end))).toBeNull());
      }
      // The whole journal at the first byte, the middle and the line end of each line; the rest follows from the line.
      for (const at of [start, (start + end) >> 1, end]) {
        // Nothing says that the last entry was ever synced: its damage, or that of the line end before it, is a torn tail.
        const isTail = n === 49 || (n === 48 && at === end);
        const expected = isTail ? `${n} entries, cut` : "JOURNAL_CORRUPT";
        flipped(bytes, at, () => expect(outcome([{ epoch: 0, bytes }])).toBe(expected));
      }
      start = end + 1;
    }
    expect(outcome([{ epoch: 0, bytes }])).toBe("50 entries");
  });

  test("finds every bit of one entry, with a watermark from the owner's record in the last one too", () => {
    const { bytes } = fileOf(makeLines(3, 1));
    const start = bytes.indexOf(10) + 1;
    for (let at = start; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        bytes[at] = bytes[at]! ^ (1 << bit);
        expect(outcome([{ epoch: 0, bytes }], 2)).toBe("JOURNAL_CORRUPT");
        bytes[at] = bytes[at]! ^ (1 << bit);
      }
    }
  });

  test("cuts a tail above every watermark and keeps what is before it", () => {
    const lines = makeLines(6, 4);
    const torn = (kept: number, rest: string): string => outcome([fileOf([...lines.slice(0, kept), rest])]);
    expect(torn(4, lines[4]!.slice(0, 100))).toBe("4 entries, cut");
    expect(torn(4, "\0".repeat(700))).toBe("4 entries, cut");
    expect(torn(3, lines[4]!)).toBe("3 entries, cut");
    // The last line says that entry 1 was synced: a hole at 3 is a torn tail, a hole at 1 is damage.
    expect(outcome([fileOf(lines.filter((_, n) => n !== 3))])).toBe("3 entries, cut");
    expect(outcome([fileOf(lines.filter((_, n) => n !== 1))])).toBe("JOURNAL_CORRUPT");
    expect(outcome([fileOf([])], 0)).toBe("JOURNAL_CORRUPT");
    expect(outcome([fileOf([])])).toBe("0 entries");
  });

  test("refuses lines of another run, another place and another history", () => {
    const lines = makeLines(4, 2);
    expect(outcome([fileOf([lines[0]!, lines[2]!, lines[1]!, lines[3]!])])).toBe("JOURNAL_CORRUPT");
    const other = makeLines(4, 9).map((line) => line.replaceAll(RUN, "run_zzzzzzzzz"));
    expect(outcome([fileOf([lines[0]!, other[1]!])])).toBe("1 entries, cut");
    const { prev, seq } = JSON.parse(lines[1]!) as { prev: string; seq: number };
    const place = { run: RUN, seq, epoch: 1, at: "2026-01-01T00:00:00.000Z", synced: -1, prev };
    expect(outcome([fileOf([lines[0]!, sealEntry(entry(1), place).line])])).toBe("1 entries, cut");
  });

  test("says which entry of which file is damaged, and which is missing", () => {
    const lines = makeLines(4, 1);
    const damaged = lines.map((line, n) => (n === 1 ? line.replace("step1", "step7") : line));
    expect(() => verifyJournal(RUN, [fileOf(damaged)])).toThrow("entry 1 in journal.0.jsonl does not match");
    expect(() => verifyJournal(RUN, [fileOf(lines)], 5)).toThrow("entry 4 is missing, though entry 5 was synced");
  });

  test("refuses a well-hashed line that follows another entry than the one before it", () => {
    const lines = makeLines(3, 9);
    const place = { run: RUN, seq: 3, epoch: 0, at: "2026-01-01T00:00:00.000Z", synced: -1, prev: "x".repeat(43) };
    expect(outcome([fileOf([...lines, sealEntry(entry(3), place).line])])).toBe("3 entries, cut");
  });

  test("an entry vouches for those before it, where later ones say nothing", () => {
    const [first, second] = makeLines(2, 1);
    const place = { run: RUN, seq: 2, epoch: 0, at: "2026-01-01T00:00:00.000Z", synced: 2, prev: "x".repeat(43) };
    expect(outcome([fileOf([first!, second!, sealEntry(entry(2), place).line])])).toBe("JOURNAL_CORRUPT");
  });

  test("says JOURNAL_VERSION for a format, a kind or data that it does not know", () => {
    const place = { run: RUN, seq: 0, epoch: 0, at: "2026-01-01T00:00:00.000Z", synced: -1, prev: "" };
    const unknown = { kind: "run.teleported", data: {} } as unknown as NewEntry;
    const badData = { kind: "cancel.requested", data: { by: 7 } } as unknown as NewEntry;
    expect(outcome([fileOf([sealEntry(unknown, place).line])])).toBe("JOURNAL_VERSION");
    expect(outcome([fileOf([sealEntry(badData, place).line])])).toBe("JOURNAL_VERSION");
    const extra = { kind: "cancel.requested", data: { by: "x", since: 2 } } as unknown as NewEntry;
    expect(verifyJournal(RUN, [fileOf([sealEntry(extra, place).line])]).entries[0]?.data).toEqual({
      by: "x",
      since: 2,
    });
  });
});

describe("a journal of several epochs", () => {
  const first = makeLines(4, 1);
  const read = verifyJournal(RUN, [fileOf(first)]);
  const seal = { epoch: 0, bytes: read.bytes };
  const second = makeLines(3, 1, { epoch: 2, recovered: read.entries, recoveredBytes: read.bytes, seal });

  test("goes on across files and skips the one that an owner left empty", () => {
    expect(outcome([fileOf(second, 2), fileOf([], 1), fileOf(first)])).toBe("7 entries");
  });

  test("ignores what the old owner wrote after the seal, whole or torn", () => {
    const late = makeLines(9, 1).slice(4);
    expect(outcome([fileOf(second, 2), fileOf([...first, ...late])])).toBe("7 entries");
    expect(outcome([fileOf(second, 2), fileOf([...first, '{"v":1,'])])).toBe("7 entries");
  });

  test("goes back to the old file where the new one was never synced", () => {
    expect(outcome([fileOf([second[0]!.slice(0, 50)], 2), fileOf(first)])).toBe("4 entries");
  });

  test("is damaged where an earlier file is missing, shorter than its seal, or changed", () => {
    expect(outcome([fileOf(second, 2)])).toBe("JOURNAL_CORRUPT");
    expect(outcome([fileOf(second, 2), fileOf(first.slice(0, 3))])).toBe("JOURNAL_CORRUPT");
    expect(outcome([fileOf(second, 2), fileOf([...first.slice(0, 3), first[3]!.replace("step3", "step4")])])).toBe(
      "JOURNAL_CORRUPT",
    );
    const broken = [second[0]!.replace('"t"', '"u"'), ...second.slice(1)];
    expect(outcome([fileOf(broken, 2), fileOf(first)])).toBe("JOURNAL_CORRUPT");
  });
});
