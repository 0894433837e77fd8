import { describe, expect, test } from "vitest";
import { JOURNAL_FORMAT } from "../../src/journal/entries.ts";
import { foldGolden, readGoldenFiles } from "./golden-files.ts";
import { GOLDEN_SCENARIOS } from "./golden-scenarios.ts";

const FILES = readGoldenFiles();

describe("golden journals (R8)", () => {
  test("there is one of the current format for every scenario", () => {
    const names = FILES.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(GOLDEN_SCENARIOS.map(({ name }) => `${name}.v${JOURNAL_FORMAT}`)));
  });

  test.each(FILES.map((file) => [file.name, file] as const))("%s still folds to its snapshot", async (_, file) => {
    const { entries, snapshot } = await foldGolden(file);
    expect(entries).toHaveLength(file.lines.length);
    expect(snapshot).toEqual(file.snapshot);
  });

  test("the takeover has two epochs, the blob its large values beside it", () => {
    const of = (name: string) => FILES.find((file) => file.name === `${name}.v1`);
    const epochs = of("takeover")?.lines.map((line) => (JSON.parse(line) as { epoch: number }).epoch);
    expect([...new Set(epochs)]).toEqual([0, 1]);
    expect(Object.keys(of("blob")?.blobs ?? {}).length).toBeGreaterThan(1);
  });

  test("a changed byte in a golden journal is found", async () => {
    const file = FILES.find(({ name }) => name === "diamond.v1");
    const lines = [...(file?.lines ?? [])];
    lines[3] = lines[3]?.replace(/"at":"2026/, '"at":"2025') ?? "";
    await expect(foldGolden({ lines, blobs: {} })).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
  });
});

describe("the scenarios behind them", () => {
  test.each(GOLDEN_SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    "%s plays the same twice",
    async (_, scenario) => {
      const lines = async (): Promise<string[]> =>
        [...(await scenario.play()).runs.values()].flatMap(({ files }) => files.flat());
      expect(await lines()).toEqual(await lines());
    },
  );
});
