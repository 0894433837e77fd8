/**
 * JSON Lines that only ever grow, so that whatever was paid for is kept. Owns: reading (a torn last line is let go, a
 * damaged one is not) and appending. Must not: know what the lines hold.
 */
import { dirname } from "node:path";
import type { z } from "zod";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { FileSystem } from "../../shared/file-system.ts";

export interface LinesPlace {
  file: string;
  fileSystem: FileSystem;
}

export interface WholeLines {
  /** Each is parsed when it is asked for, since there may be many. Throws CONFIG_INVALID that names the damaged line. */
  parse<T>(schema: z.ZodType<T>, range?: { from: number; to?: number }): Generator<T>;
  /** Length up to the last whole line. */
  wholeBytes: number;
}

const NEW_LINE = 10;
const MOST_BYTES = 1024 * 2 ** 20;

/** Null where there is no such file, or no whole line in it. Throws CONFIG_INVALID. */
export async function readWholeLines(place: LinesPlace): Promise<WholeLines | null> {
  const bytes = await readIfThere(place);
  const wholeBytes = bytes === null ? 0 : bytes.lastIndexOf(NEW_LINE) + 1;
  if (bytes === null || wholeBytes === 0) return null;
  return {
    wholeBytes,
    *parse(schema, { from, to = Number.POSITIVE_INFINITY } = { from: 1 }) {
      let line = 0;
      for (const text of linesOf(bytes.subarray(0, wholeBytes))) {
        line += 1;
        if (line > to) return;
        if (line >= from) yield parseLine(text, schema, { file: place.file, line });
      }
    },
  };
}

async function readIfThere({ file, fileSystem }: LinesPlace): Promise<Uint8Array | null> {
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
  return new PlanwrightError("CONFIG_INVALID", `Journal '${file}' ${problem}.`, {
    hint: "Run the suite again without --resume; it starts a new journal.",
  });
}

export interface LineWriter {
  /** Resolves once the line is durable. */
  append(line: unknown): Promise<void>;
  close(): Promise<void>;
}

/** Goes on after `keepBytes` of the file that is there; 0 starts anew. */
export async function createLineWriter(
  { file, fileSystem }: LinesPlace,
  { keepBytes }: { keepBytes: number },
): Promise<LineWriter> {
  await fileSystem.makeDirectory(dirname(file));
  const handle = await fileSystem.open(file, { create: "if-missing" });
  await fileSystem.truncate(file, keepBytes);
  const encoder = new TextEncoder();
  let last: Promise<void> = Promise.resolve();
  return {
    append(line) {
      last = last.then(async () => {
        await handle.append(encoder.encode(`${JSON.stringify(line)}\n`));
        await handle.sync();
      });
      return last;
    },
    async close() {
      await last.catch(() => undefined); // Whoever appended was told.
      await handle.close();
    },
  };
}
