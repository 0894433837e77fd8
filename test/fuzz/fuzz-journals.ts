/** Damaged journals: what is read back is a prefix that holds everything vouched for, or JOURNAL_CORRUPT / _VERSION. */
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import { createJournalHead } from "../../src/journal/journal-head.ts";
import { journalLimits } from "../../src/journal/journal-limits.ts";
import { type EpochFile, verifyJournal } from "../../src/journal/verify-journal.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { entry, RUN } from "../conformance/store-suite.ts";
import { type Dice, type Span, tryCases } from "./dice.ts";

export interface JournalTally {
  cases: number;
  corrupt: number;
  /** Read back in full or as a prefix. */
  read: number;
}

interface Journal {
  files: EpochFile[];
  /** The lines that count, in order. */
  lines: string[];
}

export function fuzzJournals(span: Span): JournalTally {
  const tally: JournalTally = { cases: 0, corrupt: 0, read: 0 };
  tally.cases = tryCases(span, (dice) => {
    const journal = randomJournal(dice);
    if (read(journal.files, -1) !== journal.lines.length) throw new Error("an intact journal is not read in full");
    const synced = dice.chance(0.5) ? dice.number(journal.lines.length) : -1;
    const damaged = damage(journal.files, dice);
    const count = read(damaged, synced, journal.lines);
    if (count === null) tally.corrupt += 1;
    else tally.read += 1;
    if (count !== null && count <= synced) throw new Error(`entry ${synced} was synced, and only ${count} came back`);
  });
  return tally;
}

/** How many entries come back, all of them as they were written; null where the journal is refused. */
function read(files: readonly EpochFile[], watermark: number, lines?: readonly string[]): number | null {
  try {
    const { entries } = verifyJournal(RUN, files, watermark);
    const changed = entries.findIndex(
      (found, n) => lines !== undefined && !lines[n]?.includes(`"hash":"${found.hash}"`),
    );
    if (changed !== -1) throw new Error(`entry ${changed} is none that was written there`);
    return entries.length;
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError)) throw thrown;
    if (thrown.code !== "JOURNAL_CORRUPT" && thrown.code !== "JOURNAL_VERSION") throw new Error(`code ${thrown.code}`);
    return null;
  }
}

/** One to three epochs; each new one seals the part of the one before that its owner had read. */
function randomJournal(dice: Dice): Journal {
  const clock = createManualClock();
  const files: EpochFile[] = [];
  let lines: string[] = [];
  let seal: { epoch: number; bytes: number } | null = null;
  for (let epoch = 0; epoch < 1 + dice.number(3); epoch++) {
    const recovered = files.length === 0 ? [] : verifyJournal(RUN, files).entries;
    const recoveredBytes = lines.join("").length;
    const head = createJournalHead({
      run: RUN,
      clock,
      limits: journalLimits(),
      epoch,
      recovered,
      recoveredBytes,
      seal,
    });
    const own: string[] = [];
    const lag = dice.number(4);
    const add = (made: Parameters<typeof head.add>[0]): void => {
      own.push(head.add(made, head.last - lag).line);
    };
    if (seal !== null) add({ kind: "run.resumed", data: { seal, by: "fuzz" } });
    for (let count = 1 + dice.number(6); count > 0; count--) add(entry(lines.length + own.length));
    const bytes = Buffer.from(own.join(""));
    files.push({ epoch, bytes });
    lines = [...lines, ...own];
    seal = { epoch, bytes: bytes.length };
  }
  return { files, lines };
}

function damage(files: readonly EpochFile[], dice: Dice): EpochFile[] {
  const damaged = files.map(({ epoch, bytes }): EpochFile => ({ epoch, bytes: Buffer.from(bytes) }));
  for (let change = dice.number(3); change >= 0; change--) {
    const file = dice.pick(damaged);
    file.bytes = damageBytes(file.bytes, dice);
    if (dice.chance(0.05)) damaged.splice(damaged.indexOf(file), 1);
    if (damaged.length === 0) return [];
  }
  if (dice.chance(0.1))
    damaged.push({ epoch: 9, bytes: Buffer.from(dice.pick(["", "\n", "{}\n", "null\n", "\0\0\n"])) });
  return damaged;
}

function damageBytes(bytes: Buffer, dice: Dice): Buffer {
  const at = dice.number(bytes.length + 1);
  const part = bytes.subarray(at, at + dice.number(300));
  switch (dice.number(7)) {
    case 0:
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << dice.number(8));
      return bytes;
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + part.length)]);
    case 3:
      return Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]);
    case 4:
      return bytes.fill(0, at);
    case 5:
      return Buffer.concat([
        bytes,
        Buffer.from(dice.pick(["\n", "{", "null\n", "[]\n", '{"v":1}\n', "x".repeat(900)])),
      ]);
    default:
      return withLinesSwapped(bytes, dice);
  }
}

function withLinesSwapped(bytes: Buffer, dice: Dice): Buffer {
  const lines = bytes.toString("latin1").split(/(?<=\n)/);
  const from = dice.number(lines.length);
  const [line = ""] = lines.splice(from, 1);
  lines.splice(dice.number(lines.length + 1), 0, line, ...(dice.chance(0.3) ? [line] : []));
  return Buffer.from(lines.join(""), "latin1");
}
