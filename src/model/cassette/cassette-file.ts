/**
 * A cassette on disk: JSON Lines that only ever grow. Owns: reading (a torn last line is let go, a damaged one is not)
 * and appending. Must not: know models.
 */
import { dirname } from "node:path";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { FileSystem } from "../../shared/file-system.ts";
import { type CassetteCall, type CassetteHeader, type CassetteLine, lineSchema } from "./cassette-line.ts";

/** Larger files are no fixtures; they are read as a whole. */
const MOST_BYTES = 256 * 2 ** 20;
const NEW_LINE = 10;

export interface CassetteContent {
  header: CassetteHeader | null;
  texts: Map<string, string>;
  calls: CassetteCall[];
  /** What was let pass, for people. */
  notes: string[];
  /** How the next line is put after what is there: what to cut off first, and whether a line end is missing. */
  tail: { keepBytes: number | null; needsLineEnd: boolean };
}

export interface CassettePlace {
  file: string;
  fileSystem: FileSystem;
}

/** Throws CONFIG_INVALID that names the line; null where there is no such file. */
export async function readCassette({ file, fileSystem }: CassettePlace): Promise<CassetteContent | null> {
  let bytes: Uint8Array;
  try {
    const { bytes: size } = await fileSystem.stat(file);
    if (size > MOST_BYTES) throw unusable(file, `has ${size} bytes, more than ${MOST_BYTES}`);
    bytes = await fileSystem.read(file);
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    if (thrown instanceof PlanwrightError) throw thrown;
    throw unusable(file, `can't be read: ${describeThrown(thrown)}`);
  }
  return parseCassette(file, bytes);
}

function parseCassette(file: string, bytes: Uint8Array): CassetteContent {
  const content: CassetteContent = {
    header: null,
    texts: new Map(),
    calls: [],
    notes: [],
    tail: { keepBytes: null, needsLineEnd: false },
  };
  const decoder = new TextDecoder();
  const end = bytes.lastIndexOf(NEW_LINE) + 1;
  const lines = decoder.decode(bytes.subarray(0, end)).split("\n");
  lines.forEach((text, place) => {
    if (text.trim() === "") return;
    const line = parseLine(text);
    if (typeof line === "string") throw unusable(file, `is damaged in line ${place + 1}: ${line}`, place + 1);
    take(line, content, { file, number: place + 1 });
  });
  takeTail(decoder.decode(bytes.subarray(end)), content, { file, end, number: lines.length });
  return content;
}

/** A last line without its end is whole (an editor took the end away) or torn (the process stopped while writing). */
function takeTail(
  text: string,
  content: CassetteContent,
  { file, end, number }: { file: string; end: number; number: number },
): void {
  if (text.trim() === "") return;
  const line = parseLine(text);
  if (typeof line === "string") {
    content.notes.push(`Cassette '${file}': line ${number}, the last one, is torn and was left out.`);
    content.tail = { keepBytes: end, needsLineEnd: false };
    return;
  }
  take(line, content, { file, number });
  content.tail = { keepBytes: null, needsLineEnd: true };
}

/** The line, or what is wrong with it. */
function parseLine(text: string): CassetteLine | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  const parsed = lineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return `'${issue?.path.join(".") ?? ""}' is not right (${issue?.message ?? "unknown"})`;
}

function take(line: CassetteLine, content: CassetteContent, at: { file: string; number: number }): void {
  if (line.kind === "text") content.texts.set(line.hash, line.text);
  else if (line.kind === "cassette") takeHeader(line, content, at);
  else if (content.header === null) throw unusable(at.file, "does not begin with a cassette's header", at.number);
  else content.calls.push(line);
}

/** Two programs that began one file at the same time have each written a header. */
function takeHeader(line: CassetteHeader, content: CassetteContent, at: { file: string; number: number }): void {
  const { header } = content;
  if (header !== null && header.model.name !== line.model.name) {
    const models = `'${header.model.name}' and '${line.model.name}'`;
    throw unusable(at.file, `is of two models, ${models}, by line ${at.number}`, at.number);
  }
  content.header ??= line;
}

function unusable(file: string, problem: string, line?: number): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Cassette '${file}' ${problem}.`, {
    hint: line === undefined ? "Name another file, or record it anew." : `Correct or remove line ${line}.`,
  });
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown as NodeJS.ErrnoException).code === "ENOENT";
}

export interface CassetteWriter {
  /**
   * Appends lines in one write and makes them durable; `lines` is called when it is their turn. Throws what the file
   * system throws; what a failed write left behind is cut off before the next one.
   */
  append(lines: () => readonly CassetteLine[]): Promise<void>;
}

/** Writes one after the other; the file is open only meanwhile, so that nothing has to be closed. */
export function createCassetteWriter(place: CassettePlace, tail: CassetteContent["tail"]): CassetteWriter {
  let last: Promise<void> = Promise.resolve();
  let mend = tail;
  const write = async (lines: () => readonly CassetteLine[]): Promise<void> => {
    if (mend.keepBytes !== null) await place.fileSystem.truncate(place.file, mend.keepBytes);
    const { needsLineEnd } = mend;
    mend = { keepBytes: await lengthOf(place), needsLineEnd };
    const text = lines().map((line) => `${JSON.stringify(line)}\n`);
    await appendText(place, `${needsLineEnd ? "\n" : ""}${text.join("")}`);
    mend = { keepBytes: null, needsLineEnd: false };
  };
  return {
    append(lines) {
      const done = last.then(() => write(lines));
      last = done.catch(() => undefined); // Whoever appended was told; the next one tries for itself.
      return done;
    },
  };
}

/** Null where there is no file yet. */
async function lengthOf({ file, fileSystem }: CassettePlace): Promise<number | null> {
  try {
    return (await fileSystem.stat(file)).bytes;
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    throw thrown;
  }
}

async function appendText({ file, fileSystem }: CassettePlace, text: string): Promise<void> {
  const folder = dirname(file);
  await fileSystem.makeDirectory(folder);
  const handle = await fileSystem.open(file, { create: "if-missing" });
  try {
    await handle.append(Buffer.from(text));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await fileSystem.syncDirectory(folder);
}
