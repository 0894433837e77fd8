/** Runs leave a store, come into another and are removed: proven on the way in, in one piece on the way out. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createRuntime, type Runtime } from "../../src/create-runtime.ts";
import { createFileStore } from "../../src/journal/file-store.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { hashForPeople, sha256Short } from "../../src/shared/hash.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { failCall } from "../../src/testing/file-faults.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { call } from "../cli/fake-terminal.ts";
import { createWorld } from "../run/run-world.ts";

const LARGE = "words ".repeat(20_000);
const PLAN = {
  kind: "plan",
  rationale: "test",
  steps: [{ id: "n", tool: "compute", input: { op: "sum", values: [1, 2] } }],
} as unknown as JsonValue;
const REQUEST = { goal: "add", plan: PLAN, documents: [{ name: "large.md", text: `# Large\n\n${LARGE}` }] };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "planwright-keep-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

async function exported(runtime: Runtime, id: string): Promise<string[]> {
  const lines: string[] = [];
  for await (const line of runtime.runs.export(id)) lines.push(line);
  return lines;
}

async function oneRun() {
  const runtime = createRuntime({ store: createMemoryStore() });
  const result = await runtime.run(REQUEST);
  return { runtime, result, lines: await exported(runtime, result.id) };
}

/** The export with another first entry, whose chain is right all the same. */
function rehashed(lines: readonly string[], change: (accepted: string) => string): string[] {
  return rehashedAt(lines, "run.accepted", change);
}

/** The same for the entries of another kind. */
function rehashedAt(lines: readonly string[], kind: string, change: (entry: string) => string): string[] {
  const [head = "", ...rest] = lines;
  let prev: string | null = null;
  const out = rest.map((line) => {
    if (line.startsWith('{"blob"')) return line;
    const tail = line.lastIndexOf(',"hash":"');
    const isMeant = line.includes(`"kind":"${kind}"`);
    const written = isMeant ? change(line.slice(0, tail)) : line.slice(0, tail);
    const body: string = prev === null ? written : written.replace(/"prev":"[^"]*"$/, `"prev":"${prev}"`);
    prev = sha256Short(body);
    return `${body},"hash":"${prev}"}\n`;
  });
  const journalHead = hashForPeople(prev ?? "");
  return [`${JSON.stringify({ ...(JSON.parse(head) as object), journalHead })}\n`, ...out];
}

describe("an exported run", () => {
  test("comes into another store as it is, once; its export is the same, byte for byte", async () => {
    const { result, lines } = await oneRun();
    const other = createRuntime({ store: root });
    expect(await other.runs.import(lines)).toEqual({ run: result.id, isNew: true });
    expect(await other.runs.import(lines)).toEqual({ run: result.id, isNew: false });
    expect(await other.runs.get(result.id)).toEqual(result);
    expect(await exported(other, result.id)).toEqual(lines);
    expect((await other.stats()).runs.ended).toBe(1);
    await other.close();
  });

  test("is refused where its first entry holds what no request may, however well it is hashed", async () => {
    const { lines } = await oneRun();
    const texts: [what: string, change: (accepted: string) => string, told: string][] = [
      ["nothing", (text) => text, "imported"],
      ["__proto__", (text) => text.replace('"params":{', '"params":{"__proto__":{"x":1}'), "'__proto__'"],
      ["constructor", (text) => text.replace('"params":{', '"params":{"a":{"constructor":1}'), "'constructor'"],
      ["a long goal", (text) => text.replace(/"goal":"/, `"goal":"${"a".repeat(10_001)}`), "goal"],
    ];
    for (const [what, change, told] of texts) {
      const runtime = createRuntime({ store: createMemoryStore() });
      const imported = runtime.runs.import(rehashed(lines, change)).then(
        () => "imported",
        ({ code, message }) => `${code} ${message}`,
      );
      expect([what, await imported]).toEqual([what, expect.stringContaining(told)]);
      expect((await runtime.runs.list()).items).toHaveLength(told === "imported" ? 1 : 0);
      await runtime.close();
    }
  });

  test.each([
    ["a time that is none", "yesterday"],
    ["a time far off", "-271821-04-20T00:00:00.000Z"],
  ])("is refused with %s, however well it is hashed", async (_, at) => {
    const { lines, runtime } = await oneRun();
    const other = createRuntime({ store: createMemoryStore() });
    const strange = rehashed(lines, (text) => text.replace(/"at":"[^"]*"/, `"at":"${at}"`));
    await expect(other.runs.import(strange)).rejects.toMatchObject({ code: "JOURNAL_VERSION" });
    await Promise.all([other.close(), runtime.close()]);
  });

  test("is refused where it tells of what no run can have come to, with the word for damage", async () => {
    const { lines, runtime } = await oneRun();
    const other = createRuntime({ store: createMemoryStore() });
    const strange = rehashedAt(lines, "step.completed", (text) => text.replace('"step":"n"', '"step":"zzz"'));
    await expect(other.runs.import(strange)).rejects.toMatchObject({ code: "JOURNAL_CORRUPT" });
    const spent = '"data":{"usage":{"inputTokens":-5,"outputTokens":1,"modelCalls":1},';
    const negative = rehashedAt(lines, "step.completed", (text) => text.replace('"data":{', spent));
    await expect(other.runs.import(negative)).rejects.toMatchObject({ code: "JOURNAL_VERSION" });
    await Promise.all([other.close(), runtime.close()]);
  });

  test("is sound whatever people and tools call a blob", async () => {
    const input = { blob: "ab".repeat(32), bytes: 1 };
    const rules = { recovery: [{ step: "n", on: "*", do: "fallback" as const, tool: "echo", input }] };
    const world = createWorld();
    const { id } = await world.run({
      goal: "g",
      plan: { ...(PLAN as object), steps: [{ id: "n", tool: "echo", input: {} }] } as JsonValue,
      rules,
      params: { given: input },
    });
    expect(await world.runtime.runs.verify(id)).toMatchObject({ isSound: true, blobs: 0 });
    expect((await exported(world.runtime, id)).length).toBeGreaterThan(2);
  });

  test("is refused with any character changed, any line left out, doubled or cut off, and nothing comes of it", async () => {
    const { result, lines } = await oneRun();
    const store = createMemoryStore();
    const runtime = createRuntime({ store });
    const damages: string[][] = lines.flatMap((line, at) => [
      lines.toSpliced(at, 1),
      lines.toSpliced(at, 0, line),
      lines.toSpliced(at, 1, line.replace(/[a-z]/, "#")),
      lines.toSpliced(at, 1, `${line.slice(0, -9)}\n`),
      lines.slice(0, at),
    ]);
    for (const damaged of damages) {
      await expect(runtime.runs.import(damaged), JSON.stringify(damaged).slice(0, 200)).rejects.toMatchObject({
        code: expect.stringMatching(/^(VALIDATION|JOURNAL_CORRUPT|JOURNAL_VERSION)$/),
      });
    }
    expect(damages.length).toBeGreaterThan(40);
    expect(await store.list()).toEqual([]);
    await expect(runtime.runs.get(result.id)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("is refused where another run has its id", async () => {
    const { lines, result } = await oneRun();
    const store = createMemoryStore();
    const made = await store.create({ run: result.id });
    if ("existing" in made) throw new Error("a new run was expected");
    made.journal.append({ kind: "run.started", data: {} });
    await made.journal.release();
    const runtime = createRuntime({ store });
    await expect(runtime.runs.import(lines)).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    expect((await store.read(result.id)).entries).toHaveLength(1);
  });

  test("that has not ended comes in only where that is allowed, and goes on there", async () => {
    const sending = {
      behaviours: { send: () => "sent" },
      definitions: { send: { effect: "irreversible", idempotency: "none" } as const },
    };
    const world = createWorld(sending);
    const { id } = await world.apply([{ id: "mail", tool: "send", input: {} }]);
    const lines = await exported(world.runtime, id);
    const other = createWorld(sending);
    await expect(other.runtime.runs.import(lines)).rejects.toMatchObject({ code: "VALIDATION" });
    await other.runtime.runs.import(lines, { isUnfinishedAllowed: true });
    await other.until(other.runtime.runs.approve(id));
    const settled = await other.until(other.runtime.runs.settled(id));
    expect(settled).toMatchObject({ output: { mail: "sent" } });
  });
});

describe("a removed run", () => {
  test("is in no folder, listing or statistics, in this process and in the next; live ones stay", async () => {
    const runtime = createRuntime({ store: root });
    const [one, two] = [await runtime.run(REQUEST), await runtime.run(REQUEST)];
    expect((await runtime.runs.list()).items).toHaveLength(2);
    const { removed, kept } = await runtime.runs.remove([one.id, "run_000000000000000000"]);
    expect([removed, kept.map(({ error }) => error.code)]).toEqual([[one.id], ["NOT_FOUND"]]);
    expect(existsSync(join(root, "runs", one.id))).toBe(false);
    expect(readdirSync(join(root, "runs"))).toEqual([two.id]);
    const rest = async (from: Runtime): Promise<unknown> => [
      (await from.runs.list()).items.map(({ id }) => id),
      (await from.stats()).runs.ended,
    ];
    expect(await rest(runtime)).toEqual([[two.id], 1]);
    await runtime.close();
    const next = createRuntime({ store: root });
    expect(await rest(next)).toEqual([[two.id], 1]);
    await next.close();
  });

  test("that waits is kept while this runtime drives it, without waiting for it", async () => {
    const sending = {
      behaviours: { send: () => ({}) },
      definitions: { send: { effect: "irreversible", idempotency: "none" } as const },
    };
    const world = createWorld(sending);
    const { id } = await world.apply([{ id: "mail", tool: "send", input: {} }]);
    const { removed, kept } = await world.runtime.runs.remove([id], { isUnfinishedAllowed: true });
    expect([removed, kept[0]?.error.code]).toEqual([[], "STORE_LOCKED"]);
  });
});

describe("whichever call of the file system fails", () => {
  type Work = (runtime: Runtime, exported: { id: string; lines: string[] }) => Promise<boolean>;
  const comes: Work = async (runtime, { lines }) => (await runtime.runs.import(lines)).isNew;
  const goes: Work = async (runtime, { id }) => (await runtime.runs.remove([id])).kept.length === 0;

  /** What a later process finds after the nth call has failed in the midst of the work. */
  async function failNth(nth: number, work: Work, exported: { id: string; lines: string[] }) {
    const clock = createManualClock();
    const fileSystem = createMemoryFileSystem({ clock });
    const open = (): Runtime => createRuntime({ store: createFileStore({ root: "/data", fileSystem, clock }) });
    if (work === goes) await comes(open(), exported);
    fileSystem.onCall = failCall(nth, "EIO");
    const isDone = await work(open(), exported).catch(() => false);
    fileSystem.onCall = null;
    const later = open();
    const found = await later.runs.verify(exported.id).catch((thrown: { code: string }) => thrown.code);
    return { isDone, found, listed: (await later.runs.list()).items.length };
  }

  test.each([
    ["comes", comes],
    ["goes", goes],
  ])("while a run %s, it is there whole or not at all", async (_, work) => {
    const { lines, result } = await oneRun();
    const whole = { isSound: true, entries: lines.length - 2, blobs: 1 };
    const outcomes: boolean[] = [];
    for (let nth = 1; nth <= 60; nth++) {
      const { isDone, found, listed } = await failNth(nth, work, { id: result.id, lines });
      outcomes.push(isDone);
      if (found === "NOT_FOUND") expect(listed).toBe(0);
      else expect([found, listed]).toEqual([expect.objectContaining(whole), 1]);
    }
    // The early calls matter, and the late ones are never made.
    expect([outcomes.includes(false), outcomes.at(-1)]).toEqual([true, true]);
  });
});

describe("planwright runs", () => {
  async function storeWithRun(): Promise<string> {
    const runtime = createRuntime({ store: root });
    const { id } = await runtime.run(REQUEST);
    await runtime.close();
    return id;
  }

  test("export, rm and import bring a run back as it was; a file is never overwritten", async () => {
    const id = await storeWithRun();
    const file = join(root, "run.jsonl");
    const before = await call(["runs", "show", id, "--json", "--store", root]);
    expect((await call(["runs", "export", id, "-o", file, "--store", root])).code).toBe(0);
    expect((await call(["runs", "export", id, "--store", root])).out).toBe(readFileSync(file, "utf8"));
    expect((await call(["runs", "export", id, "-o", file, "--store", root])).code).toBe(2);
    expect((await call(["runs", "rm", id, "--store", root])).code).toBe(0);
    expect((await call(["runs", "show", id, "--store", root])).code).toBe(2);
    const taken = await call(["runs", "import", file, "--json", "--store", root]);
    expect([taken.code, JSON.parse(taken.out)]).toEqual([0, { run: id, isNew: true }]);
    expect((await call(["runs", "show", id, "--json", "--store", root])).out).toBe(before.out);
  });

  test("verify tells what is sound, and ends with 1 where a blob was changed", async () => {
    const id = await storeWithRun();
    expect(await call(["runs", "verify", id, "--store", root])).toMatchObject({
      code: 0,
      out: expect.stringContaining("sound"),
    });
    const blobs = join(root, "runs", id, "blobs");
    const [name = ""] = readdirSync(blobs);
    writeFileSync(join(blobs, name), readFileSync(join(blobs, name), "utf8").replace("words", "sword"));
    const { code, out } = await call(["runs", "verify", "--all", "--json", "--store", root]);
    expect([code, JSON.parse(out).runs]).toMatchObject([
      1,
      [{ run: id, isSound: false, error: { code: "JOURNAL_CORRUPT" } }],
    ]);
  });

  test("rm takes runs by age and by how they ended, and none without being told which", async () => {
    const id = await storeWithRun();
    expect((await call(["runs", "rm", "--store", root])).code).toBe(2);
    expect((await call(["runs", "rm", "--older-than", "1d", "--store", root])).code).toBe(0);
    expect((await call(["runs", "rm", "--status", "failed", "--store", root])).code).toBe(0);
    expect(existsSync(join(root, "runs", id))).toBe(true);
    const { out } = await call(["runs", "rm", "--status", "completed", "--json", "--store", root]);
    expect(JSON.parse(out)).toEqual({ removed: [id], kept: [] });
    expect(existsSync(join(root, "runs", id))).toBe(false);
  });
});
