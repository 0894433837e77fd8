/**
 * A run as one text of JSON lines: a head, the blobs, then the journal exactly as it was written. Owns: the format, and
 * that what is read back is proven by the hash chain before anything comes of it. Must not: read or write files.
 */
import { z } from "zod";
import { PlanwrightError } from "../error/planwright-error.ts";
import { hashForPeople } from "../shared/hash.ts";
import { isJsonObject } from "../shared/json.ts";
import { blobName } from "./blob-limit.ts";
import { openLine } from "./chain.ts";
import type { JournalEntry } from "./entries.ts";
import { everyStoredValue } from "./entry-values.ts";
import { isBlobName, isRunId } from "./names.ts";
import type { JournalContents, RunFiles } from "./store.ts";
import { journalCorrupt } from "./store-errors.ts";
import { type EpochFile, verifyJournal } from "./verify-journal.ts";

const EXPORT_FORMAT = 1;

/** What an import reads at most: twice the cap of a journal. */
const MAX_BYTES = 2 ** 30;

const headSchema = z.object({
  planwrightRun: z.literal(EXPORT_FORMAT),
  run: z.string().refine(isRunId),
  entries: z.int().min(1),
  blobs: z.int().min(0),
  /** Hash of the last entry; it stands for all before it. */
  journalHead: z.string(),
});

const blobSchema = z.strictObject({ blob: z.string().refine(isBlobName), text: z.string() });

/** A run that was read back, and proven. */
export interface ReadRun {
  run: string;
  entries: JournalEntry[];
  journalHead: string;
  files: RunFiles;
}

/** Lines with their ends. Throws JOURNAL_CORRUPT where a blob is missing or damaged. */
export async function* exportRun({ run, entries, blobs }: JournalContents): AsyncGenerator<string> {
  const names = blobsOf(entries);
  const journalHead = hashForPeople(entries.at(-1)?.hash ?? "");
  const head = { planwrightRun: EXPORT_FORMAT, run, entries: entries.length, blobs: names.length, journalHead };
  yield `${JSON.stringify(head)}\n`;
  for (const blob of names) yield `${JSON.stringify({ blob, text: await blobs.get(blob) })}\n`;
  for (const entry of entries) yield lineOf(entry);
}

/** JSON keeps the order of fields and the digits of numbers: the line is the one that was written, and its hash says so. */
function lineOf(entry: JournalEntry): string {
  const line = JSON.stringify(entry);
  if (openLine(Buffer.from(line)) === null)
    throw journalCorrupt(entry.run, `entry ${entry.seq} cannot be written again`);
  return `${line}\n`;
}

/** Names of all blobs that the entries refer to, each once. */
export function blobsOf(entries: readonly JournalEntry[]): string[] {
  const stored = entries.flatMap(everyStoredValue);
  return [...new Set(stored.flatMap((value) => ("blob" in value ? [value.blob] : [])))];
}

/**
 * Reads an exported run. Throws VALIDATION where the text is none or is cut short, JOURNAL_CORRUPT where an entry or a
 * blob is not what was written, JOURNAL_VERSION.
 */
export async function readExport(lines: AsyncIterable<string> | Iterable<string>): Promise<ReadRun> {
  let head: z.infer<typeof headSchema> | null = null;
  const files: RunFiles = { epochs: new Map(), blobs: new Map() };
  let bytes = 0;
  for await (const given of lines) {
    const line = given.trimEnd();
    bytes += Buffer.byteLength(line);
    if (bytes > MAX_BYTES) throw notAnExport(`holds more than ${MAX_BYTES} bytes`);
    if (line === "") continue;
    if (head === null) head = headOf(line);
    else addLine(files, head.run, line);
  }
  if (head === null) throw notAnExport("is empty");
  const { run, journalHead } = head;
  const epochs = [...files.epochs].map(([epoch, text]): EpochFile => ({ epoch, bytes: Buffer.from(text) }));
  const { entries, cutBytes } = verifyJournal(run, epochs, head.entries - 1);
  const isWhole = entries.length === head.entries && files.blobs.size === head.blobs && cutBytes === 0;
  if (!isWhole) throw notAnExport("is cut short");
  if (hashForPeople(entries.at(-1)?.hash ?? "") !== journalHead) {
    throw journalCorrupt(run, "its last entry is not the one that the head names");
  }
  const missing = blobsOf(entries).find((name) => !files.blobs.has(name));
  if (missing !== undefined) throw journalCorrupt(run, `blob ${missing} is missing`);
  return { run, entries, journalHead, files };
}

function headOf(line: string): z.infer<typeof headSchema> {
  const head = headSchema.safeParse(parsed(line));
  if (head.success) return head.data;
  throw notAnExport("does not begin with the head of one");
}

function addLine({ epochs, blobs }: RunFiles, run: string, line: string): void {
  const value = parsed(line);
  const blob = blobSchema.safeParse(value);
  if (blob.success) {
    if (blobName(blob.data.text) !== blob.data.blob) throw journalCorrupt(run, `blob ${blob.data.blob} was changed`);
    if (blobs.has(blob.data.blob)) throw notAnExport("holds a blob twice");
    blobs.set(blob.data.blob, blob.data.text);
    return;
  }
  const epoch = isJsonObject(value) ? value["epoch"] : null;
  if (typeof epoch !== "number" || !Number.isSafeInteger(epoch) || epoch < 0)
    throw notAnExport("holds a line that is no entry");
  epochs.set(epoch, `${epochs.get(epoch) ?? ""}${line}\n`);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw notAnExport("holds a line that is no JSON");
  }
}

function notAnExport(what: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", `The exported run ${what}.`, {
    hint: "Give what planwright runs export wrote, whole and unchanged.",
  });
}
