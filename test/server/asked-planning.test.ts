/** A request names its model and prompts; whoever takes the run up plans with the same words. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import type { Model } from "../../src/model/model.ts";
import { startDemoServer } from "../../src/testing/demo-model/demo-server.ts";
import { createServerWorld } from "./server-world.ts";

const DOCUMENT = { name: "news.md", text: "Maria Lindqvist opened the new pier in Bremen." };
const GOAL = "List the people in it";

async function demoWord(): Promise<string> {
  const demo = await startDemoServer({ port: 0 });
  onTestFinished(() => demo.close());
  return `compatible:demo@${demo.url}`;
}

test("a run is planned by the model of its request, the next one by the server's own rules", async () => {
  const world = createServerWorld();
  const model = await demoWord();
  const body = { goal: GOAL, document: DOCUMENT, model, prompt: "planning@1", budget: { maxCostUsd: 1 } };
  const answer = await world.ask("POST", "/v1/runs?wait=true", { body });
  expect(answer.json()).toMatchObject({ status: "completed", planner: "model", model: "compatible:demo" });
  const { id } = answer.json<{ id: string }>();
  const [decision] = (await world.ask("GET", `/v1/runs/${id}/decisions`)).json<{ prompt: object; model: string }[]>();
  expect(decision).toMatchObject({ model: "compatible:demo", prompt: { name: "planning", version: 1 } });
  const own = await world.ask("POST", "/v1/runs?wait=true", { body: { goal: GOAL, document: DOCUMENT } });
  expect(own.json()).toMatchObject({ status: "completed", planner: "rule", model: null });
});

test("the word offline plans by rules where the server has a model", async () => {
  const world = createServerWorld({ model: await demoWord() });
  const body = { goal: GOAL, document: DOCUMENT };
  const dry = async (more: object) => (await world.ask("POST", "/v1/plans", { body: { ...body, ...more } })).json();
  expect(await dry({})).toMatchObject({ planner: "model" });
  expect(await dry({ model: "offline" })).toMatchObject({ planner: "rule", model: null });
});

test.each([
  [{ model: "anthropic:some-model" }, 400, "CONFIG_INVALID"],
  [{ model: "nonsense" }, 400, "CONFIG_INVALID"],
  [{ model: "compatible:a@http://192.0.2.1/v1" }, 403, "FORBIDDEN"],
  [{ model: " compatible:a@http://192.0.2.1/v1" }, 403, "FORBIDDEN"],
  [{ model: "cassette:/etc/passwd" }, 403, "FORBIDDEN"],
  [{ model: "\tcassette:/etc/passwd" }, 403, "FORBIDDEN"],
  [{ prompt: "planning@999" }, 404, "PROMPT_NOT_FOUND"],
  [{ prompt: ["nothing@1"] }, 404, "PROMPT_NOT_FOUND"],
  [{ prompt: "planning" }, 400, "VALIDATION"],
])("%j is refused before a run is made", async (asked, status, code) => {
  const world = createServerWorld();
  for (const path of ["/v1/runs", "/v1/plans"]) {
    const answer = await world.ask("POST", path, { body: { goal: GOAL, document: DOCUMENT, ...asked } });
    expect([path, answer.status, answer.json().code]).toEqual([path, status, code]);
  }
  expect((await world.runtime.runs.list()).items).toEqual([]);
});

test("a run that another process takes up opens the same model by the same words, and another key is another request", async () => {
  const store = mkdtempSync(join(tmpdir(), "planwright-asked-"));
  onTestFinished(() => rmSync(store, { recursive: true, force: true }));
  const opened: string[] = [];
  const gate = Promise.withResolvers<never>();
  const hanging = { name: "test:hanging", price: null, generate: () => gate.promise } as unknown as Model;
  const first = createRuntime({ store, openModel: async () => hanging });
  const request = { goal: GOAL, documents: [DOCUMENT], model: "test:a", prompt: ["planning@1"], idempotencyKey: "k" };
  const { id } = await first.start(request);
  await expect(first.start({ ...request, model: "test:b" })).rejects.toMatchObject({ code: "IDEMPOTENCY_CONFLICT" });
  await first.close();
  const word = await demoWord();
  const second = createRuntime({
    store,
    openModel: async (asked) => {
      opened.push(asked);
      return (await import("../../src/model/open-model.ts")).openProviderModel(word, { env: {} });
    },
  });
  onTestFinished(() => second.close());
  const handle = await second.resume(id);
  expect(await handle.result()).toMatchObject({ status: "completed", planner: "model" });
  expect(opened).toEqual(["test:a"]);
});
