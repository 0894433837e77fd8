/**
 * Golden journals on disk: `<scenario>.v<format>.jsonl` holds the lines of all epochs, `….snapshot.json` what they fold
 * to, `….blobs.json` the large values by name (only where there are any). Owns: reading and folding them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import type { JournalEntry } from "../../src/journal/entries.ts";
import { type EpochFile, verifyJournal } from "../../src/journal/verify-journal.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import type { JsonObject } from "../../src/shared/json.ts";

export const GOLDEN_FOLDER = fileURLToPath(new URL("./", import.meta.url));

export interface GoldenJournal {
  /** Lines with their newlines, in order. */
  lines: string[];
  /** Texts by blob name. */
  blobs: Record<string, string>;
}

export interface GoldenFile extends GoldenJournal {
  /** `<scenario>.v<format>` */
  name: string;
  snapshot: JsonObject;
}

/** Every golden journal that is there, by name. */
export function readGoldenFiles(): GoldenFile[] {
  const all = readdirSync(GOLDEN_FOLDER);
  const read = (file: string): string => readFileSync(new URL(file, import.meta.url), "utf8");
  const names = all.filter((file) => /\.v\d+\.jsonl$/.test(file)).map((file) => file.slice(0, -".jsonl".length));
  return names.sort().map((name) => ({
    name,
    lines: read(`${name}.jsonl`)
      .split(/(?<=\n)/)
      .filter((line) => line !== ""),
    blobs: all.includes(`${name}.blobs.json`) ? (JSON.parse(read(`${name}.blobs.json`)) as Record<string, string>) : {},
    snapshot: JSON.parse(read(`${name}.snapshot.json`)) as JsonObject,
  }));
}

/** Verifies and folds a journal. Throws where it is damaged. */
export async function foldGolden({
  lines,
  blobs,
}: GoldenJournal): Promise<{ entries: JournalEntry[]; snapshot: JsonObject }> {
  const first = JSON.parse(lines[0] ?? "{}") as JournalEntry;
  const { entries, cutBytes } = verifyJournal(first.run, epochFiles(lines));
  if (cutBytes > 0) throw new Error(`${cutBytes} bytes of the golden journal do not count`);
  const cache = await loadBlobs(entries, {
    async get(blob) {
      const text = blobs[blob];
      if (text === undefined) throw new Error(`the golden journal lacks blob ${blob}`);
      return text;
    },
  });
  return { entries, snapshot: JSON.parse(foldJournal(entries, cache.read).snapshot()) as JsonObject };
}

function epochFiles(lines: readonly string[]): EpochFile[] {
  const byEpoch = new Map<number, string>();
  for (const line of lines) {
    const { epoch } = JSON.parse(line) as JournalEntry;
    byEpoch.set(epoch, (byEpoch.get(epoch) ?? "") + line);
  }
  return [...byEpoch].map(([epoch, text]) => ({ epoch, bytes: Buffer.from(text) }));
}
