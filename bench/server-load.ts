/**
 * The HTTP interface under load: `node bench/server-load.ts [active queued clients silent]` (64 2000 200 5). Starts a server of
 * its own with a file store, fills its places and its queue, follows runs with clients of which some read nothing, and
 * prints how long `POST /v1/runs` took, the server's memory, and what was lost. Exits with 1 where anything was.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Client, createClient } from "../src/client/create-client.ts";

const TOKEN = "a-token-for-the-load-test";
const [ACTIVE = 64, QUEUED = 2_000, CLIENTS = 200, SILENT = 5] = process.argv.slice(2).map(Number);
const root = join(import.meta.dirname, "..");

interface LoadedServer {
  process: ChildProcess;
  url: string;
}

async function serve(store: string): Promise<LoadedServer> {
  const args = ["src/cli/main.ts", "serve", "--json", "--port", "0", "--store", store, "--model", "offline"];
  const child = spawn(process.execPath, [...args, "--tools", "bench/load-tools.ts"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, PLANWRIGHT_TOKEN: TOKEN, LOAD_GATE: join(store, "..", "gate") },
  });
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  return { process: child, url: (JSON.parse(line) as { url: string }).url };
}

const PLAN = {
  kind: "plan",
  rationale: "load",
  steps: ["a", "b", "c"].map((id, place) => ({
    ...{ id, tool: "wait", input: { ms: 20 } },
    ...(place === 0 ? {} : { after: [String.fromCharCode("a".charCodeAt(0) + place - 1)] }),
  })),
  output: "done",
};

/** For the first runs, which keep their places until the queue is full. */
const HELD = { ...PLAN, steps: [{ id: "h", tool: "hold", input: {} }, ...PLAN.steps] };

/** Starts runs, a few at a time, as several callers would; resolves with their ids and the milliseconds each took. */
async function startAll(client: Client, count: number): Promise<{ ids: string[]; times: number[] }> {
  const ids: string[] = [];
  const times: number[] = [];
  const caller = async (): Promise<void> => {
    while (ids.length + waiting < count) {
      const plan = ids.length + waiting < ACTIVE ? HELD : PLAN;
      waiting += 1;
      const before = performance.now();
      const { id } = await client.start({ goal: "Wait three times.", plan });
      times.push(performance.now() - before);
      waiting -= 1;
      ids.push(id);
    }
  };
  let waiting = 0;
  await Promise.all(Array.from({ length: 8 }, caller));
  return { ids, times };
}

/** Asks for a run's events and never reads an answer. */
function silentClient(url: string, id: string): Socket {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.pause();
  socket.write(`GET /v1/runs/${id}/events HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${TOKEN}\r\n\r\n`);
  return socket;
}

async function follow(client: Client, id: string): Promise<boolean> {
  let next = 0;
  let last = "";
  for await (const { seq, kind } of client.events(id)) {
    if (seq !== next) return false;
    next += 1;
    last = kind;
  }
  return last === "run.ended";
}

function memoryOf(pid: number): { rss: number; peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const read = (field: string): number => Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1_024;
  return { rss: read("VmRSS"), peak: read("VmHWM") };
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}

const folder = mkdtempSync(join(tmpdir(), "planwright-load-"));
const server = await serve(join(folder, "store"));
const client = createClient({ url: server.url, token: TOKEN });
try {
  const began = performance.now();
  const { ids, times } = await startAll(client, ACTIVE + QUEUED);
  const accepted = performance.now();
  const silent = ids.slice(-SILENT).map((id) => silentClient(server.url, id));
  const step = Math.max(1, Math.floor(ids.length / (CLIENTS - SILENT)));
  const followed = ids.filter((_, place) => place % step === 0).slice(0, CLIENTS - SILENT);
  const following = Promise.all(followed.map((id) => follow(client, id)));
  const queued = (await client.list({ status: "queued", limit: 1_000 })).items.length;
  const full = memoryOf(server.process.pid ?? 0);
  writeFileSync(join(folder, "gate"), "");
  const opened = performance.now();
  const streams = await following;
  let unfinished = ids.length;
  while (unfinished > 0) {
    unfinished = 0;
    for (const status of ["queued", "planning", "running", "waiting", "interrupted"] as const) {
      unfinished += (await client.list({ status, limit: 1_000 })).items.length;
    }
  }
  const ended = performance.now();
  const completed = new Set<string>();
  let cursor: string | null = null;
  do {
    const page = await client.list({ status: "completed", limit: 1_000, ...(cursor === null ? {} : { cursor }) });
    for (const { id } of page.items) completed.add(id);
    cursor = page.next;
  } while (cursor !== null);
  const lost = ids.filter((id) => !completed.has(id)).length;
  const broken = streams.filter((isWhole) => !isWhole).length;
  const { rss, peak } = memoryOf(server.process.pid ?? 0);
  for (const socket of silent) socket.destroy();
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  console.log(
    `runs ${ids.length} (places 64, queued at the first look ${queued === 1_000 ? "1000 or more" : queued}), clients ${followed.length} reading, ${silent.length} silent`,
  );
  console.log(
    `POST /v1/runs p50 ${percentile(times, 0.5).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`,
  );
  console.log(
    `accepted in ${seconds(accepted - began)}; once they might go on, all ended within ${seconds(ended - opened)}`,
  );
  console.log(
    `server memory ${full.rss.toFixed(0)} MiB with a full queue, ${rss.toFixed(0)} MiB at the end, ${peak.toFixed(0)} MiB at most`,
  );
  console.log(`lost ${lost}, streams with a gap or a repeat ${broken}`);
  process.exitCode = lost + broken === 0 ? 0 : 1;
} finally {
  server.process.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
