import { describe, expect, test } from "vitest";
import { createTrialWriter, readTrialJournal } from "../../../src/eval/run/trial-journal.ts";
import type { ExperimentHeader, TrialRecord } from "../../../src/eval/trial-record.ts";
import { createMemoryFileSystem } from "../../../src/testing/memory-file-system.ts";

const HEADER: ExperimentHeader = {
  ...{ v: 1, kind: "experiment", experiment: "exp_1", suite: "letters", askedHash: "sha256:1", level: "plan" },
  variants: [{ id: "rule", hash: "sha256:2", facts: {} }],
};

function trial(number: number): TrialRecord {
  return {
    ...{ v: 1, kind: "trial", case: "c1", variant: "rule", trial: number, run: `run_${number}`, decisions: [] },
    ...{ result: null, state: null, answeredBy: [], error: null },
    measures: { tokens: 0, costUsd: 0, modelCalls: 0, latencyMs: null, replans: 0 },
  };
}

async function journalWith(...numbers: number[]) {
  const place = { file: "/evals/exp_1/trials.jsonl", fileSystem: createMemoryFileSystem() };
  const writer = await createTrialWriter(place, { header: HEADER, keepBytes: null });
  for (const number of numbers) await writer.append(trial(number));
  await writer.close();
  return place;
}

async function append(place: Awaited<ReturnType<typeof journalWith>>, text: string): Promise<void> {
  const file = await place.fileSystem.open(place.file, { create: "never" });
  await file.append(new TextEncoder().encode(text));
  await file.close();
}

describe("a trial journal", () => {
  test("gives back what was appended, in that order", async () => {
    const journal = await readTrialJournal(await journalWith(2, 1));
    expect(journal?.header).toEqual(HEADER);
    expect([...(journal?.trials() ?? [])]).toEqual([trial(2), trial(1)]);
  });

  test("lets a torn last line go, and goes on after the last whole one", async () => {
    const place = await journalWith(1);
    await append(place, JSON.stringify(trial(2)).slice(0, 40));
    const torn = await readTrialJournal(place);
    expect([...(torn?.trials() ?? [])]).toEqual([trial(1)]);
    const writer = await createTrialWriter(place, { header: HEADER, keepBytes: torn?.wholeBytes ?? null });
    await writer.append(trial(3));
    await writer.close();
    const journal = await readTrialJournal(place);
    expect([...(journal?.trials() ?? [])].map((one) => one.trial)).toEqual([1, 3]);
  });

  test("is refused, with the line, where a whole line is damaged", async () => {
    const place = await journalWith(1);
    await append(place, "{}\n");
    const journal = await readTrialJournal(place);
    expect(() => [...(journal?.trials() ?? [])]).toThrow(/damaged in line 3/);
  });

  test("is null where there is none, or nothing whole in it", async () => {
    const place = await journalWith();
    expect(await readTrialJournal({ ...place, file: "/evals/other.jsonl" })).toBeNull();
    await place.fileSystem.truncate(place.file, 10);
    expect(await readTrialJournal(place)).toBeNull();
  });
});
