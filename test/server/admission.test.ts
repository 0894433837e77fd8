/** Caps, the queue, idempotent starts, and what goes on after a restart (SAFETY R1, R6, R12, R13). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { RuntimeOptions } from "../../src/create-runtime.ts";
import { createFileStore } from "../../src/journal/file-store.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createServerWorld, type ServerWorld } from "./server-world.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "planwright-admission-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

/** A tool whose calls wait until the gate is opened. */
function createGate() {
  const gate = Promise.withResolvers<object>();
  const tool = createFakeTool({ name: "gate", output: () => gate.promise });
  return { tool, open: () => gate.resolve({ open: true }) };
}

const GATED = {
  goal: "Wait at the gate",
  plan: { kind: "plan", rationale: "test", steps: [{ id: "a", tool: "gate", input: {} }], output: "through" },
};

async function start(world: ServerWorld, body: object = GATED): Promise<{ id: string; status: string }> {
  const answer = await world.ask("POST", "/v1/runs", { body });
  expect(answer.status).toBe(202);
  return answer.json();
}

async function statuses(world: ServerWorld): Promise<string[]> {
  const answer = await world.ask("GET", "/v1/runs?limit=1000");
  return answer
    .json<{ items: { status: string }[] }>()
    .items.map(({ status }) => status)
    .reverse();
}

describe.each<[string, () => RuntimeOptions]>([
  ["memory", () => ({})],
  ["files", () => ({ store: folder() })],
])("with %s, three runs for one place", (_, options) => {
  test("two are queued, and each gets its turn in order", async () => {
    const { tool, open } = createGate();
    const world = createServerWorld({ ...options(), tools: [tool], limits: { activeRuns: 1 } });
    const ids = [await start(world), await start(world), await start(world)].map(({ id }) => id);
    expect(await statuses(world)).toEqual(
      ["running", "queued", "queued"].map((s) => expect.stringMatching(s === "queued" ? s : /running|planning/)),
    );
    expect((await world.ask("GET", `/v1/runs/${ids[2]}`)).json()).toMatchObject({ status: "queued", steps: [] });
    expect(tool.calls.length).toBeLessThanOrEqual(1);
    open();
    const results = await Promise.all(ids.map((id) => world.runtime.runs.settled(id)));
    expect(results.map(({ status }) => status)).toEqual(["completed", "completed", "completed"]);
    const ends = results.map(({ endedAt }) => endedAt ?? "");
    expect([...ends].sort()).toEqual(ends);
  });

  test("a queued one can be cancelled at once, and is never started", async () => {
    const { tool, open } = createGate();
    const world = createServerWorld({ ...options(), tools: [tool], limits: { activeRuns: 1 } });
    const [, second, third] = [await start(world), await start(world), await start(world)];
    expect((await world.ask("POST", `/v1/runs/${second?.id}/resume`)).json()).toMatchObject({ status: "queued" });
    expect((await world.ask("POST", `/v1/runs/${second?.id}/cancel`)).status).toBe(202);
    expect(await world.runtime.runs.settled(second?.id ?? "")).toMatchObject({ status: "cancelled" });
    open();
    expect(await world.runtime.runs.settled(third?.id ?? "")).toMatchObject({ status: "completed" });
    expect(tool.calls).toHaveLength(2);
  });

  test("the events of a queued one begin at once and go on when it has a place", async () => {
    const { tool, open } = createGate();
    const world = createServerWorld({ ...options(), tools: [tool], limits: { activeRuns: 1 } });
    await start(world);
    const { id } = await start(world);
    const response = await world.open("GET", `/v1/runs/${id}/events`);
    const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("event: run.accepted")) text += (await reader.read()).value ?? "";
    expect(text).not.toContain("run.started");
    open();
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    const seqs = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    expect(seqs).toEqual(seqs.map((_, place) => place));
    expect(text).toMatch(/event: run\.ended[\s\S]*: end\n\n$/);
  });
});

describe("a full queue", () => {
  test("is QUEUE_FULL with a time to come back, however many come at once, and takes runs again later", async () => {
    const { tool, open } = createGate();
    const world = createServerWorld({ tools: [tool], limits: { activeRuns: 2, queuedRuns: 3 } });
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask("POST", "/v1/runs", { body: GATED })));
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(5);
    expect(refused).toHaveLength(15);
    for (const { headers, json } of refused) {
      expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      expect(json()).toMatchObject({ code: "QUEUE_FULL", retryable: true });
    }
    open();
    const { items } = await world.runtime.runs.list();
    expect(items).toHaveLength(5);
    for (const { id } of items) expect((await world.runtime.runs.settled(id)).status).toBe("completed");
    expect((await start(world)).status).not.toBe("queued");
  });

  test("keeps no place for requests that are refused", async () => {
    const world = createServerWorld({ limits: { activeRuns: 1, queuedRuns: 1 } });
    for (let times = 0; times < 5; times++) {
      const bad = { goal: "x", document: { name: "a.txt", text: " " } };
      expect((await world.ask("POST", "/v1/runs", { body: bad })).json()).toMatchObject({ code: "DOCUMENT_EMPTY" });
    }
    const plan = { ...GATED.plan, steps: [] };
    const answer = await world.ask("POST", "/v1/runs?wait=true", { body: { goal: "x", plan } });
    expect(answer.json()).toMatchObject({ status: "completed" });
  });
});

describe("an idempotent start", () => {
  const headers = { "idempotency-key": "order 66" };
  const body = { goal: "Once", document: { name: "a.md", text: "# A" }, plan: { ...GATED.plan, steps: [] } };

  test("100 at once with one key make one run; the same after a restart; another body is a conflict", async () => {
    const store = folder();
    const first = createServerWorld({ store, limits: { activeRuns: 2 } });
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => first.ask("POST", "/v1/runs", { body, headers })),
    );
    const ids = new Set(answers.map(({ json }) => json().id));
    expect(ids.size).toBe(1);
    expect(answers.every(({ status }) => status === 202)).toBe(true);
    expect(answers.filter(({ headers: its }) => its.get("idempotent-replayed") === null)).toHaveLength(1);
    await first.runtime.close();
    const second = createServerWorld({ store });
    const again = await second.ask("POST", "/v1/runs", { body, headers });
    expect(again.json()).toMatchObject({ id: [...ids][0] });
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    const other = await second.ask("POST", "/v1/runs", { body: { ...body, goal: "Twice" }, headers });
    expect([other.status, other.json().code]).toEqual([409, "IDEMPOTENCY_CONFLICT"]);
    expect((await second.runtime.runs.list()).items).toHaveLength(1);
  }, 60_000);

  test.each(["", "é", "x".repeat(257), "a, b"])("with the key %j is refused", async (key) => {
    const world = createServerWorld();
    const asked = { body, headers: { "idempotency-key": key } };
    expect((await world.ask("POST", "/v1/runs", asked)).json()).toMatchObject({ code: "VALIDATION" });
  });
});

describe("a restart", () => {
  test("parks what runs, keeps what is queued, and both go on at the next start", async () => {
    const root = folder();
    const first = createGate();
    const before = createServerWorld({
      store: createFileStore({ root }),
      tools: [first.tool],
      limits: { activeRuns: 1 },
    });
    const ids = [await start(before), await start(before)].map(({ id }) => id);
    before.closing.abort();
    const late = await before.ask("POST", "/v1/runs", { body: GATED });
    expect([late.status, late.json().code, late.headers.get("retry-after")]).toEqual([503, "SHUTTING_DOWN", "1"]);
    expect((await before.ask("GET", "/readyz", { token: null })).status).toBe(503);
    expect((await before.ask("GET", "/healthz", { token: null })).status).toBe(200);
    await before.runtime.close();
    // One that was on its way already, and came to the runtime after it was closed.
    const open = createServerWorld({ store: createFileStore({ root }) });
    await open.runtime.close();
    const inFlight = await open.ask("POST", "/v1/runs", { body: { goal: "Summarise this" } });
    expect(inFlight.json()).toMatchObject({ code: "SHUTTING_DOWN", hint: late.json().hint });
    const second = createGate();
    second.open();
    const after = createServerWorld({ store: createFileStore({ root }), tools: [second.tool] });
    expect(await statuses(after)).toEqual(["interrupted", "interrupted"]);
    expect(await after.runtime.resumeUnfinished()).toBe(2);
    for (const id of ids) expect(await after.runtime.runs.settled(id)).toMatchObject({ status: "completed" });
    expect(await after.runtime.resumeUnfinished()).toBe(0);
  });
});
