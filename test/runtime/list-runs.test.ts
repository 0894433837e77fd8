/** Runs that cannot be read are listed with the reason and hide no other run. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createRuntime, type Runtime } from "../../src/create-runtime.ts";
import { createFileStore } from "../../src/journal/file-store.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { createFileRunCache } from "../../src/journal/run-cache.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { call } from "../cli/fake-terminal.ts";
import { createWorld } from "../run/run-world.ts";

const PLAN = { kind: "plan", rationale: "test", steps: [], output: 1 } as unknown as JsonValue;
const SENDING = { effect: "irreversible", idempotency: "none" } as const;
let root: string;
let journal: string;
let ids: { good: string; bad: string };

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "planwright-list-"));
  const runtime = createRuntime({ store: root });
  const good = await runtime.run({ goal: "good", plan: PLAN });
  const bad = await runtime.run({ goal: "bad", plan: PLAN });
  ids = { good: good.id, bad: bad.id };
  journal = join(root, "runs", bad.id, "journal.0.jsonl");
  await runtime.close();
  rmSync(join(root, "index"), { recursive: true, force: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function listed(runtime: Runtime): Promise<unknown[]> {
  const { items } = await runtime.runs.list();
  await runtime.close();
  return items.map(({ id, status, error }) => [id, status, error?.code ?? null]);
}

const DAMAGES: [what: string, code: string, damage: () => void][] = [
  ["a folder in the place of a journal (EISDIR)", "STORE_IO", () => mkdirSync(journal)],
  ["a journal that links to itself (ELOOP)", "STORE_IO", () => symlinkSync(journal, journal)],
  ["a journal of no bytes, though its owner had synced entries", "JOURNAL_CORRUPT", () => writeFileSync(journal, "")],
];
test.each(DAMAGES)("%s is listed as %s", async (_, code, damage) => {
  rmSync(journal);
  damage();
  expect(await listed(createRuntime({ store: root }))).toEqual([
    [ids.bad, "failed", code],
    [ids.good, "completed", null],
  ]);
});

test("the command line tells the code of a run that cannot be read", async () => {
  truncateSync(journal, 0);
  const { out, code } = await call(["runs", "list", "--store", root]);
  expect(code).toBe(0);
  expect(out).toMatch(new RegExp(`${ids.bad} +failed \\(JOURNAL_CORRUPT\\)`));
  expect(out).toMatch(new RegExp(`${ids.good} +completed +`));
});

test("a large output is left out of lists, which then need no journal, and is in the run's result", async () => {
  const outputs: Record<string, string> = {
    short: "x".repeat(900),
    middle: "x".repeat(16_000),
    large: "x".repeat(17_000),
  };
  const ids: Record<string, string> = {};
  const first = createRuntime({ store: root });
  for (const [goal, output] of Object.entries({ ...outputs, huge: "x".repeat(200_000) })) {
    const plan = { kind: "plan", rationale: "test", steps: [], output: { ref: "params.text" } };
    ids[goal] = (await first.run({ goal, plan, params: { text: output } })).id;
  }
  const shown = async (runtime: Runtime) => {
    const { items } = await runtime.runs.list({ limit: 4 });
    return items.map(({ goal, output, outputOmitted }) => [goal, output, outputOmitted]);
  };
  const expected = [
    ["huge", null, true],
    ["large", null, true],
    ["middle", outputs["middle"], false],
    ["short", outputs["short"], false],
  ];
  expect(await shown(first)).toEqual(expected);
  expect(await first.runs.get(ids["large"]!)).toMatchObject({ output: outputs["large"] });
  expect(Object.keys(await first.runs.get(ids["large"]!))).not.toContain("outputOmitted");
  await first.close();
  const store = createFileStore({ root });
  const read: string[] = [];
  const second = createRuntime({
    cache: () => createFileRunCache({ root }),
    store: {
      ...store,
      read(run, options) {
        read.push(run);
        return store.read(run, options);
      },
    },
  });
  expect(await shown(second)).toEqual(expected);
  await second.close();
  expect(read).toEqual([ids["middle"]]);
});

test("a run over which the reader stumbles (RangeError) is listed as INTERNAL", async () => {
  const store = createMemoryStore();
  const runtime = createRuntime({ store });
  const { id } = await runtime.run({ goal: "good", plan: PLAN });
  await runtime.close();
  const list = async () => [
    { run: ids.bad, isOwned: false },
    { run: id, isOwned: false },
  ];
  const read: typeof store.read = async (run, options) => {
    if (run === ids.bad) throw new RangeError("Maximum call stack size exceeded");
    return store.read(run, options);
  };
  expect(await listed(createRuntime({ store: { ...store, list, read } }))).toEqual([
    [ids.bad, "failed", "INTERNAL"],
    [id, "completed", null],
  ]);
});

test("a run with no epoch left for another owner says so instead of waiting for ever", async () => {
  const last = join(root, "runs", ids.bad, "journal.999999999.jsonl");
  writeFileSync(last, "");
  utimesSync(last, 1, 1);
  await expect(createFileStore({ root }).acquire(ids.bad)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
});

test("a word to an owner that never obeys ends after 15 s with STORE_LOCKED and a hint", async () => {
  const clock = createManualClock();
  const store = createMemoryStore({ clock });
  const first = createWorld({ clock, store, behaviours: { send: () => ({}) }, definitions: { send: SENDING } });
  const { id, status } = await first.apply([{ id: "a", tool: "send", input: {} }]);
  expect(status).toBe("waiting");
  const read: typeof store.read = async (run, options) => ({ ...(await store.read(run, options)), isOwned: true });
  const other = createWorld({ clock, store: { ...store, read, signal: async () => undefined } });
  const before = clock.monotonic();
  await expect(other.until(other.runtime.runs.approve(id))).rejects.toMatchObject({
    code: "STORE_LOCKED",
    hint: expect.stringContaining("next owner"),
  });
  expect(clock.monotonic() - before).toBeLessThan(16_000);
});
