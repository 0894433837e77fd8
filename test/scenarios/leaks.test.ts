/** What is left of runs that are over (SAFETY R13). Each probe is a process of its own; at length: test/deep/leaks.deep.ts. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import {
  concurrentSchema,
  forgottenSchema,
  handlesSchema,
  manySchema,
  perTimeSchema,
  runLeakProbe,
} from "./run-leak-probe.ts";

/** Buffered events of a reader that has stopped, which it may still ask for. */
const READER = "a reader that stops reading";

describe("after runs have ended", () => {
  test("nothing of them can be reached, whatever tools, planners and callers hold on to, also once late results come", async () => {
    const { watched, alive, afterLateResults } = await runLeakProbe(["forgotten"], forgottenSchema);
    const names = Object.keys(watched);
    expect(names.length).toBeGreaterThan(10);
    for (const name of names) expect(watched[name], name).toMatchObject({ journals: 1, ledgers: 1 });
    const outputs = (name: string) => (name === READER ? expect.any(Number) : 0);
    const nothing = Object.fromEntries(
      names.map((name) => [name, { journals: 0, ledgers: 0, outputs: outputs(name) }]),
    );
    expect(alive).toEqual(nothing);
    expect(afterLateResults).toEqual(nothing);
  });

  test("files, timers, handles and listeners are back to where they were", async () => {
    const { before, during, after } = await runLeakProbe(["handles"], handlesSchema);
    expect(Object.values(during.resources).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(1);
    expect(after).toEqual(before);
  });

  test("calls that never settle do not keep the process alive, also where nobody closes the runtime", async () => {
    expect(await runLeakProbe(["exit"], z.unknown())).toEqual([
      ["failed", "TOOL_TIMEOUT"],
      ["failed", "MODEL_TIMEOUT"],
    ]);
  });

  test("1,000 small runs keep memory flat", async () => {
    const { samples } = await runLeakProbe(["many", 1_000], manySchema);
    const [, middle, end] = samples;
    expect((end?.bytes ?? 0) / (middle?.bytes ?? 1)).toBeLessThan(1.1);
  });

  test("200 runs at once cost little more than 45 KB each, and leave nothing", async () => {
    const { kilobytesPerRun, kilobytesKeptPerRun } = await runLeakProbe(["concurrent", 200], concurrentSchema);
    expect(kilobytesPerRun).toBeGreaterThan(1);
    expect(kilobytesPerRun).toBeLessThan(70);
    expect(kilobytesKeptPerRun).toBeLessThan(15);
  });

  test("a waiting run may be asked and told wrong things for ever", async () => {
    const { bytesPerTime } = await runLeakProbe(["pestered", 2_000], perTimeSchema);
    expect(bytesPerTime).toBeLessThan(150);
  });
});
