/** No word that a request or a journal holds makes the server read a file, or send its key to somebody else. */
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { Model } from "../../src/model/model.ts";
import { checkModelWord, openAskedModel } from "../../src/server/model-words.ts";
import { requestOf as modelRequest } from "../model/model-worlds.ts";
import { createServerWorld } from "./server-world.ts";

const OWN = "compatible:a@http://10.0.0.1/v1";
const ELSEWHERE = "compatible:a@http://192.0.2.1/v1";
const DOCUMENT = { name: "news.md", text: "Maria Lindqvist opened the new pier in Bremen." };

describe("a word", () => {
  test.each([
    "offline",
    "anthropic:x",
    "openai:x",
    OWN,
    "compatible:b@http://10.0.0.1/x",
    "compatible:a@http://127.0.0.1:9/v1",
    "\tcompatible:a@http://127.0.0.1:9/v1 ",
  ])("%j is taken", (word) => expect(() => checkModelWord(word, OWN)).not.toThrow());

  test.each([
    "cassette:../../x",
    " cassette:../../x",
    "\u00a0cassette:../../x\n",
    "compatible:a@http://10.0.0.2/v1",
    " compatible:a@http://10.0.0.2/v1",
    "\tcompatible:a@http://10.0.0.2/v1",
    "\ufeffcompatible:a@http://10.0.0.2/v1",
    "compatible:a@http://10.0.0.1:8080/v1",
    "compatible:a@https://10.0.0.1/v1",
    "compatible:a@http://127.0.0.1.evil.example/v1",
    "compatible:a@http://127.0.0.1@http://evil.example/v1",
  ])("%j is FORBIDDEN", (word) =>
    expect(() => checkModelWord(word, OWN)).toThrow(expect.objectContaining({ code: "FORBIDDEN" })),
  );

  test.each(["", " ", "nonsense", "Compatible:a@http://10.0.0.1/v1", "compatible:a@file:///x", "compatible:a@http://"])(
    "%j is no model, and nothing is opened for it",
    async (word) => {
      await expect(openAskedModel(word, { env: {}, configured: OWN })).rejects.toMatchObject({
        code: "CONFIG_INVALID",
      });
    },
  );

  test("of the server's own cassette is taken, whatever blanks are around it", () => {
    expect(() => checkModelWord(" cassette:./a.jsonl", "cassette:./a.jsonl")).not.toThrow();
    expect(() => checkModelWord("cassette:./b.jsonl", "cassette:./a.jsonl")).toThrow("can choose that model");
  });

  test.each([
    [OWN, OWN, "Bearer the-key"],
    ["compatible:other@http://10.0.0.1/x", OWN, "Bearer the-key"],
    ["compatible:a@http://127.0.0.1:9/v1", OWN, null],
    ["compatible:a@http://127.0.0.1:9/v1", null, null],
    ["compatible:a@http://127.0.0.1:9/v1", "compatible:a@http://127.0.0.1:8/v1", null],
  ])(
    "%s beside the server's %s goes out with the key only to the server's own origin",
    async (word, configured, sent) => {
      const seen: (string | null)[] = [];
      const fetch: typeof globalThis.fetch = async (_, init) => {
        seen.push(new Headers(init?.headers).get("authorization"));
        return new Response("{}", { status: 400 });
      };
      const model = await openAskedModel(word, { env: { PLANWRIGHT_API_KEY: "the-key" }, configured, fetch });
      await model.generate(modelRequest(), { signal: new AbortController().signal }).catch(() => null);
      expect(seen).toEqual([sent]);
    },
  );
});

describe("a journal that names a model elsewhere, or a file", () => {
  test.each([ELSEWHERE, "cassette:/etc/hostname", "compatible:nothing"])(
    "%s gets no fork, and its run goes on no further",
    async (word) => {
      const store = createMemoryStore();
      const gate = Promise.withResolvers<never>();
      const hanging = { name: "test:hanging", price: null, generate: () => gate.promise } as unknown as Model;
      const first = createRuntime({ store, openModel: async () => hanging });
      const request = { goal: "List the people in it", documents: [DOCUMENT], model: word };
      const plan = { kind: "plan", rationale: "r", steps: [], then: "finish" };
      const ended = await first.run({ ...request, plan });
      const open = await first.start(request);
      await first.close();

      const world = createServerWorld({ store });
      const forked = await world.ask("POST", `/v1/runs/${ended.id}/fork`, { body: { atDecision: 1 } });
      const refused = word === "compatible:nothing" ? [400, "CONFIG_INVALID"] : [403, "FORBIDDEN"];
      expect([forked.status, forked.json().code]).toEqual(refused);
      expect((await world.runtime.runs.list()).items).toHaveLength(2);
      await world.ask("POST", `/v1/runs/${open.id}/resume`);
      await vi.waitFor(async () => expect((await world.runtime.runs.get(open.id)).status).toBe("interrupted"));
      expect(world.faults).toEqual([]);
    },
  );

  test("a fork that can be planned as its source was is told who plans it", async () => {
    const answer = { name: "test:other", price: null, generate: () => Promise.reject(new Error("not asked")) };
    const runtime = createRuntime({ store: createMemoryStore(), openModel: async () => answer as unknown as Model });
    onTestFinished(() => runtime.close());
    const source = await runtime.run({ goal: "x", model: "test:other", documents: [DOCUMENT] });
    const fork = await runtime.fork(source.id, { atDecision: 1 });
    expect(await runtime.runs.get(fork.id)).toMatchObject({ planner: "model", model: "test:other" });
  });
});
