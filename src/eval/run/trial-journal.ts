/** The trials of an experiment on disk. Owns: that a header says first what they are of. Must not: score. */
import { type ExperimentHeader, experimentHeaderSchema, type TrialRecord, trialRecordSchema } from "../trial-record.ts";
import { createLineWriter, type LinesPlace, readWholeLines } from "./growing-lines.ts";

export interface TrialJournal {
  header: ExperimentHeader;
  /** In the order they ended; each is parsed when it is asked for, since there may be many. */
  trials(): Generator<TrialRecord>;
  /** Length up to the last whole line. */
  wholeBytes: number;
}

/** Null where there is no such file, or no whole line in it. Throws CONFIG_INVALID that names the damaged line. */
export async function readTrialJournal(place: LinesPlace): Promise<TrialJournal | null> {
  const lines = await readWholeLines(place);
  if (lines === null) return null;
  const [header] = lines.parse(experimentHeaderSchema, { from: 1, to: 1 });
  if (header === undefined) return null;
  return { header, wholeBytes: lines.wholeBytes, trials: () => lines.parse(trialRecordSchema, { from: 2 }) };
}

export interface TrialWriter {
  /** Resolves once the trial is durable. */
  append(record: TrialRecord): Promise<void>;
  close(): Promise<void>;
}

/** Starts a new journal, or goes on after `keepBytes` of the one that is there. */
export async function createTrialWriter(
  place: LinesPlace,
  { header, keepBytes }: { header: ExperimentHeader; keepBytes: number | null },
): Promise<TrialWriter> {
  const writer = await createLineWriter(place, { keepBytes: keepBytes ?? 0 });
  if (keepBytes === null) await writer.append(header);
  return writer;
}
