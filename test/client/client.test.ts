/** The client's paths and bodies are those of the OpenAPI document, and a broken stream goes on without gap or repeat. */
import { join } from "node:path";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../../src/shared/json.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { createScriptedPlanner } from "../../src/testing/scripted-planner.ts";
import { createClientWorld } from "./client-world.ts";

const plan = (steps: object[], more: object = {}): JsonValue =>
  ({ kind: "plan", rationale: "test", steps, ...more }) as unknown as JsonValue;
const send = () =>
  createFakeTool({ name: "send", effect: "irreversible", idempotency: "none", output: { sent: true } });
const SENDING = plan([{ id: "a", tool: "send", input: { to: "x" } }], { output: { ref: "a.sent" } });

describe("the client", () => {
  test("starts, waits, approves and reads what came of it", async () => {
    const { client } = await createClientWorld({ tools: [send()] });
    const waiting = await client.run({ goal: "Send it", plan: SENDING });
    expect(waiting).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
    const [approval] = waiting.waiting?.approvals ?? [];
    await client.approve(waiting.id, { approval: approval?.id ?? "", hash: approval?.hash ?? "" });
    expect(await client.wait(waiting.id)).toMatchObject({ status: "completed", output: true });
    expect((await client.list({ status: "completed", limit: 5 })).items).toHaveLength(1);
    expect(await client.decisions(waiting.id)).toHaveLength(1);
  });

  test("rejects, answers, cancels, and tells the server's code where a word is out of place", async () => {
    const planner = createScriptedPlanner([
      { kind: "ask", rationale: "test", question: "Which?" },
      { kind: "finish", rationale: "test", output: { ref: "goal" } },
    ]);
    const { client } = await createClientWorld({ planner, tools: [send()] });
    const asked = await client.run({ goal: "Ask me" });
    expect(asked.waiting).toMatchObject({ reason: "answer", question: "Which?" });
    await client.answer(asked.id, "this one");
    expect(await client.wait(asked.id)).toMatchObject({ status: "completed" });
    await expect(client.cancel(asked.id)).rejects.toMatchObject({ code: "RUN_ENDED", problem: { status: 409 } });
    const sending = await client.run({ goal: "Send it", plan: SENDING });
    await client.reject(sending.id, { reason: "no" });
    expect(await client.wait(sending.id)).toMatchObject({ status: "failed" });
    const other = await client.run({ goal: "Send it", plan: SENDING });
    await expect(client.resume(other.id)).rejects.toMatchObject({ code: "RUN_NOT_WAITING" });
    await client.cancel(other.id);
    expect(await client.get(other.id)).toMatchObject({ status: "cancelled" });
    await expect(client.get("run_nothere")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("forks a run: what was settled stays, the decision is a person's plan, and wrong ones are refused", async () => {
    const planner = createScriptedPlanner([{ kind: "finish", rationale: "test", output: { ref: "goal" } }]);
    const { client } = await createClientWorld({ planner, tools: [send()] });
    const source = await client.run({ goal: "Say it" });
    const other = plan([], { output: { said: { ref: "goal" } } });
    const fork = await client.fork(source.id, { atDecision: 1, goal: "Say more", plan: other });
    const result = await client.wait(fork.id);
    expect(result).toMatchObject({ status: "completed", forkedFrom: `${source.id}@1`, output: { said: "Say more" } });
    const sending = await client.fork(source.id, { atDecision: 1, plan: SENDING, approve: [{ tool: "send" }] });
    expect(await client.wait(sending.id)).toMatchObject({ status: "completed", output: true });
    const late = client.fork(source.id, { atDecision: 9 });
    await expect(late).rejects.toMatchObject({ code: "VALIDATION", problem: { status: 400 } });
    const wrong = client.fork(source.id, { atDecision: 1, plan: plan([{ id: "a", tool: "nosuch", input: {} }]) });
    await expect(wrong).rejects.toMatchObject({ code: "PLAN_UNKNOWN_TOOL", problem: { status: 422 } });
  });

  test("sends texts as JSON and bytes as files, in their order", async () => {
    const { client, called } = await createClientWorld();
    const output = [{ ref: "documents[0].name" }, { ref: "documents[1].title" }, { ref: "documents[2].text" }];
    const result = await client.run({
      goal: "Names",
      documents: [
        { name: "a.md", text: "# A" },
        { name: "b.md", bytes: new TextEncoder().encode("# B") },
        { name: "c.txt", base64: btoa("see") },
      ],
      plan: plan([], { output }),
    });
    expect(result.output).toEqual(["a.md", "B", "see"]);
    expect(await client.plan({ goal: "x", plan: plan([], { output: 1 }) })).toMatchObject({ valid: true });
    expect(called).toContain("POST /v1/plans");
  });

  test("gives the same run for the same key", async () => {
    const { client, world } = await createClientWorld();
    const request = { goal: "Once", plan: plan([], { output: 1 }) };
    const first = await client.start(request, { idempotencyKey: "k" });
    expect(await client.start(request, { idempotencyKey: "k" })).toMatchObject({ id: first.id });
    const other = client.start({ ...request, goal: "Twice" }, { idempotencyKey: "k" });
    await expect(other).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
    expect((await world.runtime.runs.list()).items).toHaveLength(1);
  });

  test("follows events once each, in order, although the connection breaks after every few bytes", async () => {
    const steps = Array.from({ length: 12 }, (_, n) => ({ id: `s${n}`, tool: "work", input: {} }));
    const { client, intercept } = await createClientWorld({ tools: [createFakeTool({ name: "work" })] });
    let breaks = 0;
    intercept((response, path) => {
      if (!path.endsWith("/events") || response.body === null) return response;
      breaks += 1;
      return new Response(cutAfter(response.body, 300 + 150 * (breaks % 7)), response);
    });
    const { id } = await client.start({ goal: "Work", plan: plan(steps) });
    const seen: number[] = [];
    let last = "";
    for await (const { seq, kind } of client.events(id)) {
      seen.push(seq);
      last = kind;
    }
    expect(breaks).toBeGreaterThan(5);
    expect(seen).toEqual(seen.map((_, place) => place));
    expect(last).toBe("run.ended");
    intercept((response) => response);
    for await (const _ of client.events(id, { after: seen.length - 1 }))
      expect.unreachable("nothing comes after the last");
    expect(await client.wait(id)).toMatchObject({ status: "completed" });
  });

  test("gives up on a server that does not answer, and at once on one that refuses", async () => {
    const { client, intercept } = await createClientWorld();
    let calls = 0;
    intercept(() => {
      calls += 1;
      throw new TypeError("fetch failed");
    });
    const follow = async (id: string): Promise<void> => {
      for await (const _ of client.events(id)) expect.unreachable("no event can come");
    };
    await expect(follow("run_aaaaaaaaa")).rejects.toMatchObject({ code: "UNREACHABLE" });
    expect(calls).toBe(11);
    intercept(() => new Response("<html>", { status: 403 }));
    await expect(follow("run_aaaaaaaaa")).rejects.toMatchObject({ code: "BAD_ANSWER", problem: { status: 403 } });
  });

  test("ends a loop over events where it is aborted", async () => {
    const { client } = await createClientWorld({ tools: [send()] });
    const { id } = await client.run({ goal: "Send it", plan: SENDING });
    const abort = new AbortController();
    const kinds: string[] = [];
    for await (const { kind } of client.events(id, { signal: abort.signal })) {
      kinds.push(kind);
      if (kind === "run.waiting") abort.abort();
    }
    expect(kinds.at(-1)).toBe("run.waiting");
  });
});

/** Ends a stream after so many bytes, in the middle of whatever comes then. */
function cutAfter(body: ReadableStream<Uint8Array>, bytes: number): ReadableStream<Uint8Array> {
  let left = bytes;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) controller.terminate();
      },
    }),
  );
}

test("the client's bundle imports nothing, neither of Node nor of packages", async () => {
  const input = join(import.meta.dirname, "../../src/client/index.ts");
  const bundle = await rolldown({ input, platform: "browser", external: () => false, logLevel: "silent" });
  const { output } = await bundle.generate({ format: "esm" });
  expect(output.map((chunk) => (chunk.type === "chunk" ? [...chunk.imports, ...chunk.dynamicImports] : []))).toEqual([
    [],
  ]);
  const code = output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("");
  expect(code).not.toMatch(/node:|require\(|process\.|Buffer/);
  expect(code.length).toBeLessThan(20_000);
});
