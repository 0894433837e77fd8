/**
 * The trials of an experiment on disk: JSON Lines that only ever grow, so that whatever was paid for is kept. Owns:
 * reading (a torn last line is let go, a damaged one is not) and appending. Must not: score.
 */
import { dirname } from "node:path";
import type { z } from "zod";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { FileSystem } from "../../shared/file-system.ts";
import { type ExperimentHeader, experimentHeaderSchema, type TrialRecord, trialRecordSchema } from "../trial-record.ts";

export interface JournalPlace {
  file: string;
  fileSystem: FileSystem;
}

export interface TrialJournal {
  header: ExperimentHeader;
  /** In the order they ended; each is parsed when it is asked for, since there may be many. */
  trials(): Generator<TrialRecord>;
  /** Length up to the last whole line. */
  wholeBytes: number;
}

const NEW_LINE = 10;
const MOST_BYTES = 1024 * 2 ** 20;

/** Null where there is no such file, or no whole line in it. Throws CONFIG_INVALID that names the damaged line. */
export async function readTrialJournal(place: JournalPlace): Promise<TrialJournal | null> {
  const bytes = await readIfThere(place);
  const wholeBytes = bytes === null ? 0 : bytes.lastIndexOf(NEW_LINE) + 1;
  if (bytes === null || wholeBytes === 0) return null;
  const lines = linesOf(bytes.subarray(0, wholeBytes));
  const first = lines.next().value ?? "";
  const header = parseLine(first, experimentHeaderSchema, { file: place.file, line: 1 });
  return {
    header,
    wholeBytes,
    *trials() {
      let line = 0;
      for (const text of linesOf(bytes.subarray(0, wholeBytes))) {
        line += 1;
        if (line > 1) yield parseLine(text, trialRecordSchema, { file: place.file, line });
      }
    },
  };
}

async function readIfThere({ file, fileSystem }: JournalPlace): Promise<Uint8Array | null> {
  try {
    const { bytes } = await fileSystem.stat(file);
    if (bytes > MOST_BYTES) throw unusable(file, `has ${bytes} bytes, more than ${MOST_BYTES}`);
    return await fileSystem.read(file);
  } catch (thrown) {
    if (thrown instanceof PlanwrightError) throw thrown;
    if (thrown instanceof Error && (thrown as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw unusable(file, `can't be read: ${describeThrown(thrown)}`);
  }
}

function* linesOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder();
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(NEW_LINE, from);
    yield decoder.decode(bytes.subarray(from, end));
    from = end + 1;
  }
}

function parseLine<T>(text: string, schema: z.ZodType<T>, { file, line }: { file: string; line: number }): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unusable(file, `is damaged in line ${line}: it is not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unusable(file, `is damaged in line ${line}: '${issue?.path.join(".") ?? ""}' is not right`);
}

function unusable(file: string, problem: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Trial journal '${file}' ${problem}.`, {
    hint: "Run the suite again without --resume; it starts a new journal.",
  });
}

export interface TrialWriter {
  /** Resolves once the trial is durable. */
  append(record: TrialRecord): Promise<void>;
  close(): Promise<void>;
}

/** Starts a new journal, or goes on after `keepBytes` of the one that is there. */
export async function createTrialWriter(
  { file, fileSystem }: JournalPlace,
  { header, keepBytes }: { header: ExperimentHeader; keepBytes: number | null },
): Promise<TrialWriter> {
  await fileSystem.makeDirectory(dirname(file));
  const handle = await fileSystem.open(file, { create: "if-missing" });
  await fileSystem.truncate(file, keepBytes ?? 0);
  const encoder = new TextEncoder();
  let last: Promise<void> = Promise.resolve();
  const write = (line: unknown): Promise<void> => {
    last = last.then(async () => {
      await handle.append(encoder.encode(`${JSON.stringify(line)}\n`));
      await handle.sync();
    });
    return last;
  };
  if (keepBytes === null) await write(header);
  return {
    append: write,
    async close() {
      await last.catch(() => undefined); // Whoever appended was told.
      await handle.close();
    },
  };
}
