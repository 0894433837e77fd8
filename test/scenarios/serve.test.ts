/** `planwright serve` as a process of its own: killed, told to end, and started again over the same store. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createClient } from "../../src/client/create-client.ts";
import { createFileStore } from "../../src/index.ts";
import type { LoggedCall } from "./children/logging-tools.ts";
import { eventually } from "./workers.ts";

const root = join(import.meta.dirname, "../..");
const TOKEN = "a-token-for-scenarios";
const RUNS = 90;
const STEPS = 4;
let folder: string;
let servers: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "planwright-serve-"));
  writeFileSync(join(folder, "calls.jsonl"), "");
});
afterEach(async () => {
  for (const server of servers) await killed(server);
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

interface Server {
  process: ChildProcess;
  url: string;
  port: number;
}

async function serve(port: number): Promise<Server> {
  const args = ["src/cli/main.ts", "serve", "--json", "--port", String(port), "--store", join(folder, "store")];
  const child = spawn(process.execPath, [...args, "--tools", "test/scenarios/children/serve-tools.ts"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      PLANWRIGHT_TOKEN: TOKEN,
      PLANWRIGHT_MODEL: "offline",
      CALLS_LOG: join(folder, "calls.jsonl"),
      CALLS_GATE: join(folder, "gate"),
    },
  });
  servers.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
  const { url } = JSON.parse(line) as { url: string };
  return { process: child, url, port: Number(new URL(url).port) };
}

function killed(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill(signal);
  });
}

function calls(): LoggedCall[] {
  const lines = readFileSync(join(folder, "calls.jsonl"), "utf8").split("\n");
  return lines.filter(Boolean).map((line) => JSON.parse(line) as LoggedCall);
}

const chain = (ms: number) => ({
  kind: "plan",
  rationale: "test",
  steps: Array.from({ length: STEPS }, (_, n) => ({
    ...{ id: `s${n}`, tool: n % 2 === 0 ? "work_pure" : "work_key", input: { ms } },
    ...(n === 0 ? {} : { after: [`s${n - 1}`] }),
  })),
  output: "done",
});

/** Steps whose completion is on disk. */
async function completedSteps(ids: readonly string[]): Promise<Set<string>> {
  const store = createFileStore({ root: join(folder, "store") });
  const found = new Set<string>();
  for (const run of ids) {
    for (const { kind, step } of (await store.read(run)).entries) {
      if (kind !== "step.completed") continue;
      expect(found.has(`${run} ${step}`), `${run} ${step} is completed twice`).toBe(false);
      found.add(`${run} ${step}`);
    }
  }
  return found;
}

describe("a server that is killed in the middle", () => {
  test("loses no accepted run, repeats no finished step, and its streams go on without gap or repeat", async () => {
    const first = await serve(0);
    const client = createClient({ url: first.url, token: TOKEN });
    const request = { goal: "Work.", plan: chain(60) };
    const started = await Promise.all(
      Array.from({ length: RUNS }, (_, n) => client.start(request, { idempotencyKey: `run ${n}` })),
    );
    const ids = started.map(({ id }) => id);
    expect(new Set(ids).size).toBe(RUNS);
    const streams = ids
      .slice(0, 8)
      .concat(ids.slice(-8))
      .map(async (id) => {
        const seqs: number[] = [];
        for await (const { seq } of client.events(id)) seqs.push(seq);
        return seqs;
      });
    await eventually(async () => expect(calls().length).toBeGreaterThan(20), { pauseMs: 20 });
    await killed(first.process);
    const known = await completedSteps(ids);
    const before = calls().length;
    await serve(first.port);
    const again = await client.start(request, { idempotencyKey: "run 0" });
    expect(again.id).toBe(ids[0]);
    for (const id of ids) expect(await client.wait(id)).toMatchObject({ status: "completed", output: "done" });
    for (const { run, step } of calls().slice(before)) {
      expect(known.has(`${run} ${step}`), `${run} ${step} ran again`).toBe(false);
    }
    expect((await completedSteps(ids)).size).toBe(RUNS * STEPS);
    for (const seqs of await Promise.all(streams)) expect(seqs).toEqual(seqs.map((_, place) => place));
    expect((await client.list({ limit: 1_000 })).items).toHaveLength(RUNS);
  });
});

describe("a server that is told to end", () => {
  test("takes nothing new, exits with 0, and goes on with what was unfinished when it is started again", async () => {
    const first = await serve(0);
    const client = createClient({ url: first.url, token: TOKEN });
    const gated = { kind: "plan", rationale: "test", steps: [{ id: "g", tool: "gate", input: {} }], output: "through" };
    const ids = await Promise.all(
      Array.from({ length: 70 }, async () => (await client.start({ goal: "Wait.", plan: gated })).id),
    );
    const statuses = (await client.list({ limit: 100 })).items.map(({ status }) => status);
    expect(statuses.filter((status) => status === "queued")).toHaveLength(6);
    await eventually(async () => expect(calls().length).toBe(64));
    expect(await killed(first.process, "SIGTERM")).toBe(0);
    await expect(client.list()).rejects.toMatchObject({ code: "UNREACHABLE" });
    writeFileSync(join(folder, "gate"), "");
    await serve(first.port);
    for (const id of ids) expect(await client.wait(id)).toMatchObject({ status: "completed", output: "through" });
  });
});

test("a run whose tool never settles fails, and 63 others beside it complete", async () => {
  const { url } = await serve(0);
  const client = createClient({ url, token: TOKEN });
  const bad = { kind: "plan", rationale: "test", steps: [{ id: "b", tool: "misbehave", input: {} }], output: 1 };
  const badRun = client.run({ goal: "Misbehave.", plan: bad });
  const good = await Promise.all(Array.from({ length: 63 }, () => client.run({ goal: "Work.", plan: chain(5) })));
  expect(good.every(({ status }) => status === "completed")).toBe(true);
  expect(await badRun).toMatchObject({ status: "failed", error: { code: "TOOL_TIMEOUT" } });
});
